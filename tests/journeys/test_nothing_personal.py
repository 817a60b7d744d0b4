"""Personal data stands sealed in the vault and nowhere else: whole journeys with marked people, and a search of everything that two sites have
written.

The search must be able to fail: a mark of another kind is put where it may not be, and is found there.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import pytest

from libs.vault import made_up_person
from services.onebox import Door, OneBox, publish, settle, throw_away
from tests.journeys.marked import AGENT, COUNTY, FILE, FIRM, INSIDE, ITEM, LI, MARKS, PLANTED, TEXT, Visit
from tests.journeys.marks import Collector, found, lines, logs, written
from tests.journeys.mistyped import CASES, everywhere

pytestmark = [pytest.mark.server]
FORM: Final[dict[str, Any]] = {"item": ITEM, "channel": "counter", "materials": ["申请书"]}
PURPOSE: Final = "intake.finish-step"


class Journey(NamedTuple):
    """A case, and the codes with which it was followed."""

    case: str
    codes: tuple[str, ...]

    @property
    def secrets(self) -> dict[str, bool]:
        """The codes as marks, as they are shown and as they are compared."""
        return {text: True for code in self.codes for text in (code, code.replace("-", ""))}


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector().running() as taking:
        yield taking


@pytest.fixture(scope="module")
def watched(collector: Collector) -> Iterator[OneBox]:
    """A city and a county of their own, whose traces and figures are taken."""
    with throw_away(otlp=collector.address) as made:
        yield made


def upload(visit: Visit, subject: str) -> str:
    """Sends a document with a person in its name; one that is not taken, and one that is given up. The document."""
    data = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n% " + INSIDE.encode() + b"\ntrailer <</Root 1 0 R>>\n%%EOF\n"
    form, path = {"name": FILE, "type": "application/pdf", "size": len(data)}, f"/vault/subjects/{subject}/uploads"
    begun = visit.ask("clerk", "POST", path, 201, form)["upload"]
    visit.ask("clerk", "PUT", f"/vault/uploads/{begun}/pieces/5", 409, data[5:])
    visit.ask("clerk", "PUT", f"/vault/uploads/{begun}/pieces/0", 200, data)
    visit.ask("clerk", "POST", f"/vault/uploads/{begun}/finish", 422, {"sha256": LI["resident_id"]})
    kept = visit.ask("clerk", "POST", f"/vault/uploads/{begun}/finish", 201, {"sha256": sha256(data).hexdigest()})
    other = visit.ask("clerk", "POST", path, 201, form | {"type": "image/png"})["upload"]
    visit.ask("clerk", "PUT", f"/vault/uploads/{other}/pieces/0", 200, data)
    visit.ask("clerk", "POST", f"/vault/uploads/{other}/finish", 409, {"sha256": sha256(data).hexdigest()})
    left = visit.ask("clerk", "POST", path, 201, form)["upload"]
    visit.ask("clerk", "DELETE", f"/vault/uploads/{left}", 200)
    visit.ask("clerk", "POST", path, 422, form | {"type": FILE})
    visit.ask("clerk", "GET", f"/vault/subjects/{subject}/documents", 200)
    return str(kept["document"])


def journey(visit: Visit) -> Journey:
    """From the first word of a person to their erasure, and everything on the way that has to do with people."""
    li = visit.keep(LI, key="li")["subject"]
    assert visit.keep(LI, key="li")["subject"] == li
    visit.keep({**LI, "phone": AGENT["phone"]}, 422, key="li")
    agent = visit.keep(AGENT | {"acts_for": li})["subject"]
    firm = visit.keep(FIRM)["subject"]
    text = visit.keep(TEXT | {"author": li})["subject"]
    document = upload(visit, li)
    both = [{"subject": li}, {"subject": firm}, {"subject": agent, "part": "agent", "of": li}]
    filed = visit.ask("clerk", "POST", CASES, 201, FORM | {"applicants": both}, open_=True)
    case, first = filed["case"], filed["follow_code"]
    twice(visit, case)
    visit.ask("clerk", "POST", f"/intake/cases/{case}/acceptance", 200, {})
    settled_at_vault(visit, li, case)
    opened(visit, case, li, text, document)
    second = followed(visit, case, first)
    visit.ask("clerk", "POST", f"/vault/subjects/{li}/erasure", 409)
    visit.ask("clerk", "POST", f"/intake/cases/{case}/withdrawal", 200, {})
    erased(visit, li, case)
    return Journey(case, (first, second))


def twice(visit: Visit, case: str) -> None:
    """The same person asks for the same again: refused, and then answered."""
    again = [{"subject": visit.keep(LI)["subject"]}]
    shown = visit.ask("clerk", "POST", CASES, 409, FORM | {"applicants": again})
    assert shown["cases"] == [case]
    answered = {"cases": shown["cases"], "reason": "另一处场所"}
    visit.ask("clerk", "POST", CASES, 409, FORM | {"applicants": again, "duplicates": answered | {"reason": f"电话{LI['phone']}"}})
    visit.ask("clerk", "POST", CASES, 201, FORM | {"applicants": again, "duplicates": answered})


def opened(visit: Visit, case: str, li: str, text: str, document: str) -> None:
    """What is kept is shown to who works on the case, and to nobody else."""
    asked = {"act": PURPOSE, "case": case}
    assert visit.ask("examiner", "GET", f"/vault/subjects/{li}", 200, open_=True, params=asked)["fields"]["name"] == LI["name"]
    assert visit.ask("examiner", "GET", f"/vault/subjects/{text}", 200, open_=True, params=asked)["fields"]["text"] == TEXT["text"]
    assert INSIDE in visit.ask("examiner", "GET", f"/vault/documents/{document}", 200, open_=True, params=asked)
    for path in (f"/vault/subjects/{li}", f"/vault/documents/{document}"):
        visit.ask("leader", "GET", path, 403, params=asked)
        visit.ask("examiner", "GET", path, 403, params=asked | {"act": "vault.rewrap-keys"})
    visit.ask("clerk", "GET", f"/vault/subjects/{li}/openings", 200)


def followed(visit: Visit, case: str, first: str) -> str:
    """Follows the case, loses the code, is given another at the counter: that one."""
    form = {"case": case, "code": first}
    assert visit.ask("", "POST", "/intake/follow", 200, form)["case"] == case
    visit.ask("", "POST", "/intake/follow", 409, form | {"code": "0000-0000-0000"})
    visit.ask("", "POST", "/intake/follow", 422, form | {"case": LI["resident_id"]})
    visit.ask("", "POST", "/intake/follow", 409, form | {"code": LI["resident_id"]})
    second = visit.ask("clerk", "POST", f"/vault/cases/{case}/follow-code", 200, open_=True)["code"]
    visit.ask("", "POST", "/intake/follow", 409, form)
    assert visit.ask("", "POST", "/intake/follow", 200, form | {"code": second})["case"] == case
    return str(second)


def erased(visit: Visit, li: str, case: str) -> None:
    """When the case is over, the person goes."""
    visit.until("clerk", "POST", f"/vault/subjects/{li}/erasure", 200, 409)
    visit.ask("examiner", "GET", f"/vault/subjects/{li}", 409, params={"act": PURPOSE, "case": case})
    assert visit.ask("clerk", "GET", f"/vault/subjects/{li}/documents", 200) == {"documents": []}
    visit.ask("clerk", "POST", f"/vault/subjects/{li}/uploads", 409, {"name": FILE, "type": "application/pdf", "size": 10})


def settled_at_vault(visit: Visit, subject: str, case: str) -> None:
    """Waits until the vault has heard of the case: its subject is opened for no other."""
    end, other = time.monotonic() + 60, {"act": PURPOSE, "case": f"{COUNTY}-20070305-000001-0"}
    with visit.site.client("examiner") as client:
        while client.get(f"/vault/subjects/{subject}", params=other).status_code == 200:
            assert time.monotonic() < end, f"{case} is not heard of"


def shown(visit: Visit, case: str) -> None:
    """What pages, lists, status and exports show of it."""
    for who, path in (
        ("clerk", f"/intake/cases/{case}"),
        ("clerk", CASES),
        ("clerk", f"/intake/nodes/{COUNTY}/counts"),
        ("clerk", f"/deadline/cases/{case}/clocks"),
        ("leader", "/here"),
        ("leader", f"/cases/{case}"),
        ("auditor", f"/intake/cases/{case}"),
        ("supervisor", f"/supervision/nodes/{COUNTY}/cards"),
        ("operator", "/site/status"),
        ("operator", "/site/parked"),
        ("operator", "/site/verify"),
        ("operator", f"/vault/nodes/{COUNTY}/reads"),
        ("operator", "/intake/replay?log=marks"),
    ):
        visit.ask(who, "GET", path, 200)
    visit.ask("", "GET", "/health/ready", 200)
    for service in ("vault", "catalogue", "intake", "deadline", "supervision"):
        exported(visit, "operator", f"/feed/{COUNTY}/{service}/1")


def exported(visit: Visit, who: str, path: str) -> None:
    """Every page of a feed."""
    after = 0
    while page := visit.ask(who, "GET", path, 200, params={"after": after}):
        after += len(page)


def shown_at_city(visit: Visit, case: str) -> None:
    for path in (f"/hub/cases/{case}", "/hub/city", "/hub/feeds", f"/cases/{case}", "/city", "/network"):
        visit.ask("leader", "GET", path, 200)
    for path in ("/hub/evidence", "/hub/verify", "/hub/replay?log=marks", "/site/status"):
        visit.ask("operator", "GET", path, 200)
    visit.ask("operator", "GET", f"/hub/wait?source=urn:liandong:{COUNTY}:intake&sequence=1", 200)
    for service in ("vault", "catalogue", "intake", "deadline", "supervision"):
        exported(visit, "operator", f"/hub/feed/{COUNTY}/{service}/1")
    for typed in (LI["name"], LI["resident_id"]):
        for path, status in ((f"/hub/cases/{typed}", 422), (f"/cases/{typed}", 404), (f"/hub/feed/{typed}/intake/1", 422)):
            visit.ask("leader", "GET", path, status)


def test_marked_people_stand_in_the_vault_of_one_site_and_nowhere_else(watched: OneBox, collector: Collector) -> None:
    county, city = Visit(watched.site(COUNTY)), Visit(watched.city)
    with Door(county.site, "marks") as door:
        publish(door, COUNTY)
        door.file(COUNTY, "known", FORM)
    everywhere(county, FORM | {"applicants": [{"subject": county.keep(made_up_person("once"))["subject"]}]})
    went = journey(county)
    settle(watched)
    shown(county, went.case)
    shown_at_city(city, went.case)
    elsewhere = written(watched)
    assert any(went.case.encode() in said for place, said in elsewhere.items() if place.startswith("topic"))
    assert any(went.case.encode() in said for place, said in elsewhere.items() if place.startswith(f"table {city.site.code} hub"))
    assert found(MARKS, {**elsewhere, **county.places, **city.places}) == []
    assert found(went.secrets, {**elsewhere, **city.places, **county.places}) == []
    planted(watched, county)
    watched.stop()  # what is not exported yet is, at the end of a process
    assert found(MARKS | went.secrets, {**logs(watched), **collector.places}) == []
    assert set(collector.places) == {"otlp /v1/traces", "otlp /v1/metrics"}
    assert "otlp /v1/traces" in lines(found({went.case: False}, collector.places)), "the traces of these very journeys"


def planted(box: OneBox, visit: Visit) -> None:
    """A mark that is put where it may not be is found: in events, topics, databases of both sites, an answer, a log, the vault's own tables."""
    name, number = PLANTED
    with Door(visit.site, "planted") as door:
        case = door.file(COUNTY, "planted", FORM | {"materials": [name]})["case"]
    digest = sha256(number.encode()).hexdigest()
    with Door(visit.site, "digest") as door:
        door.file(COUNTY, "digest", FORM | {"materials": [digest]})
    visit.keep(FIRM | {"name": name})
    visit.ask("clerk", "GET", f"/intake/cases/{case}", 200)
    settle(box)
    with next(box.folder.rglob("site.log")).open("a", encoding="utf-8") as log:
        log.write(f"{name}\n")
    said = lines(found(PLANTED, {**written(box), **visit.places}))
    for place in ("table 511525 intake.event", "table 511525 vault.kept", "table 511500 hub.archive"):
        assert place in said, said
    for ahead in ("topic ", "log "):
        assert any(place.startswith(ahead) for place in said), said


def test_a_mark_is_found_in_whatever_form_it_is_written_down() -> None:
    name, number = "欧阳标记", LI["resident_id"]
    for ahead in (b"", b"x", b"xy"):
        assert found({name: False}, {"base64": base64.b64encode(ahead + name.encode() + b"z")}) == [f"{name} in base64"]
    for place in (name.encode("utf-16-le").hex(), quote(name), json.dumps({"a": name}), name.encode().hex().upper()):
        assert found({name: False}, {"here": place.encode()}) == [f"{name} in here"]
    assert found({number: True}, {"digest": sha256(number.encode()).digest(), "hex": sha256(number.encode()).hexdigest().encode()}) == [
        f"{number} in digest",
        f"{number} in hex",
    ]
    assert found({number: True, name: False}, {"nothing": b"subj-6f0a1c2e"}) == []
