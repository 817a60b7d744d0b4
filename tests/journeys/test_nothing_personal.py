"""Personal data stands in the vault and nowhere else: whole journeys with marked people, and a search of everything that two sites have written.

The search must be able to fail: a mark of another kind is put where it may not be, and is found there.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest

from libs.codes import resident_number
from services.onebox import Door, OneBox, publish, settle, throw_away
from services.onebox.sites import SiteOfBox
from tests.journeys.marks import Collector, Places, found, lines, logs, written

pytestmark = [pytest.mark.server]
COUNTY: Final = "511525"
ITEM: Final = "LD-511A-0001"
LI: Final = {
    "kind": "person",
    "name": "欧阳标记𠮷",
    "resident_id": resident_number("51152519800307611"),
    "phone": "13990971234",
    "address": "标记镇㛃桥村七组",
    "email": "biaoji-li@example.invalid",
}
AGENT: Final = {
    "kind": "agent",
    "name": "司马标记代",
    "resident_id": resident_number("51152519751231612"),
    "phone": "13990975678",
    "document": "标记字授权委托书第九十七号",
}
FIRM: Final = {
    "kind": "organisation",
    "name": "高县自来水有限责任公司",
    "uscc": "11511525008690122K",
    "contact_name": "诸葛标记联",
    "contact_phone": "13990979012",
}
TEXT: Final = {"kind": "text", "text": "标记家门前的路㛃什么时候修，请回话"}
WRONG: Final = resident_number("51152519800307613")[:-1] + "?"
FILE: Final = "标记身份证正面.pdf"
INSIDE: Final = "标记文件里的内容"
NUMBERS: Final = (LI["resident_id"], AGENT["resident_id"])
MARKS: Final = {
    **{text: text in NUMBERS for form in (LI, AGENT, TEXT) for name, text in form.items() if name != "kind"},
    FIRM["contact_name"]: False,
    FIRM["contact_phone"]: False,
    WRONG: False,
    FILE: False,
    INSIDE: False,
}
PLANTED: Final = {"种下的标记㛃": False, resident_number("51152519800307614"): True}


@dataclass
class Visit:
    """What somebody asks of a site, and every answer that must not have a mark in it."""

    site: SiteOfBox
    answers: list[tuple[str, bytes]] = field(default_factory=list)

    def ask(
        self, who: str, method: str, path: str, status: int, body: Any = None, *, key: str = "", open_: bool = False, **more: Any
    ) -> Any:
        """Asks as one of the staff, nobody for ""; the answer is remembered, unless it is there to show what was opened."""
        headers = {"Idempotency-Key": key or str(uuid4()), **({"Authorization": f"Bearer {self.site.tokens[who]}"} if who else {})}
        if body is not None:
            more["content"] = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        with httpx2.Client(base_url=self.site.address, timeout=60) as client:
            answer = client.request(method, path, headers=headers | more.pop("headers", {}), **more)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        if not open_:
            self.answers.append((f"answer {method} {path}", answer.content + repr(answer.headers.raw).encode()))
        kind = answer.headers.get("content-type", "")
        return answer.json() if "json" in kind else answer.text

    def keep(self, form: dict[str, str], status: int = 201, key: str = "") -> Any:
        return self.ask("clerk", "POST", f"/vault/nodes/{COUNTY}/subjects", status, form, key=key)

    @property
    def places(self) -> Places:
        return {f"{place} #{n}": said for n, (place, said) in enumerate(self.answers)}


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector().running() as taking:
        yield taking


@pytest.fixture(scope="module")
def watched(collector: Collector) -> Iterator[OneBox]:
    """A city and a county of their own, whose traces and figures are taken."""
    with throw_away(otlp=collector.address) as made:
        yield made


def wrong_ways(visit: Visit) -> None:
    """What is refused, and says nothing of what was sent."""
    visit.keep({**LI, "resident_id": WRONG}, 422)
    visit.keep({**LI, "kind": LI["name"]}, 422)
    visit.keep({**LI, LI["phone"]: LI["name"]}, 422)
    visit.keep({**LI, "address": LI["address"] * 200}, 422)
    visit.keep({**TEXT, "text": TEXT["text"] * 100_000}, 413)
    visit.keep(AGENT | {"acts_for": LI["name"]}, 422)
    visit.keep(AGENT | {"acts_for": f"subj-{uuid4()}"}, 409)
    visit.ask("", "POST", f"/vault/nodes/{COUNTY}/subjects", 401, LI)
    visit.ask("clerk", "POST", f"/vault/nodes/{COUNTY}/subjects", 400, LI, headers={"Idempotency-Key": LI["phone"] * 30})
    visit.ask("clerk", "POST", f"/vault/nodes/{COUNTY}/subjects", 415, json.dumps(LI).encode())
    visit.ask("clerk", "POST", f"/vault/nodes/{COUNTY}/subjects", 422, {"kind": "person", "name": [LI["name"]]})
    cases = f"/intake/nodes/{COUNTY}/cases"
    visit.ask("clerk", "POST", cases, 422, {"item": ITEM, "channel": "counter", "applicants": [{"subject": LI["resident_id"]}]})
    visit.ask("clerk", "POST", cases, 422, {"item": ITEM, "channel": "counter", "applicant": LI["name"]})
    visit.ask("clerk", "POST", cases, 409, {"item": ITEM, "channel": "counter", "materials": [f"证号{LI['resident_id']}"]})


def upload(visit: Visit, subject: str) -> None:
    data = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n% " + INSIDE.encode() + b"\ntrailer <</Root 1 0 R>>\n%%EOF\n"
    form = {"name": FILE, "type": "application/pdf", "size": len(data)}
    begun = visit.ask("clerk", "POST", f"/vault/subjects/{subject}/uploads", 201, form)["upload"]
    visit.ask("clerk", "PUT", f"/vault/uploads/{begun}/pieces/0", 200, data)
    visit.ask("clerk", "POST", f"/vault/uploads/{begun}/finish", 201, {"sha256": sha256(data).hexdigest()})


def journey(visit: Visit) -> str:
    """From the first word of a person to the end of the case, and everything on the way that has to do with people: the case."""
    li = visit.keep(LI, key=LI["resident_id"])["subject"]
    assert visit.keep(LI, key=LI["resident_id"])["subject"] == li
    visit.keep({**LI, "phone": AGENT["phone"]}, 422, key=LI["resident_id"])
    agent = visit.keep(AGENT | {"acts_for": li})["subject"]
    firm = visit.keep(FIRM)["subject"]
    text = visit.keep(TEXT | {"author": li})["subject"]
    upload(visit, li)
    cases, form = f"/intake/nodes/{COUNTY}/cases", {"item": ITEM, "channel": "counter", "materials": ["申请书"]}
    both = [{"subject": li}, {"subject": firm}, {"subject": agent, "part": "agent", "of": li}]
    filed = visit.ask("clerk", "POST", cases, 201, form | {"applicants": both})
    again = [{"subject": visit.keep(LI)["subject"]}]
    shown = visit.ask("clerk", "POST", cases, 409, form | {"applicants": again})
    assert shown["cases"] == [filed["case"]]
    case, answered = filed["case"], {"cases": shown["cases"], "reason": "另一处场所"}
    visit.ask("clerk", "POST", cases, 201, form | {"applicants": again, "duplicates": answered})
    visit.ask("clerk", "POST", f"/intake/cases/{case}/acceptance", 200, {})
    settled_at_vault(visit, li, case)
    opened = visit.ask("examiner", "GET", f"/vault/subjects/{li}", 200, open_=True, params={"act": "intake.finish-step", "case": case})
    assert opened["fields"]["name"] == LI["name"], "the vault has it"
    visit.ask("examiner", "GET", f"/vault/subjects/{text}", 409, params={"act": "intake.finish-step", "case": case})
    visit.ask("clerk", "POST", f"/vault/subjects/{li}/erasure", 409)
    visit.ask("clerk", "GET", f"/vault/subjects/{li}/openings", 200)
    followed = visit.ask("", "POST", "/intake/follow", 200, {"case": case, "code": filed["follow_code"]}, open_=True)
    assert followed["case"] == case
    visit.ask("", "POST", "/intake/follow", 409, {"case": case, "code": "0000-0000-0000"})
    visit.ask("clerk", "POST", f"/intake/cases/{case}/withdrawal", 200, {})
    return str(case)


def settled_at_vault(visit: Visit, subject: str, case: str) -> None:
    """Waits until the vault has heard of the case: its subject is opened for no other."""
    end = 200
    while end:
        end -= 1
        with httpx2.Client(base_url=visit.site.address, headers={"Authorization": f"Bearer {visit.site.tokens['clerk']}"}) as client:
            if client.post(f"/vault/subjects/{subject}/erasure").json().get("code") == "still-held":
                return
    raise AssertionError(f"{case} is not heard of")


def shown(visit: Visit, case: str) -> None:
    """What pages, lists, status and exports show of it."""
    for who, path in (
        ("clerk", f"/intake/cases/{case}"),
        ("clerk", f"/intake/nodes/{COUNTY}/cases"),
        ("clerk", f"/intake/nodes/{COUNTY}/counts"),
        ("clerk", f"/deadline/cases/{case}/clocks"),
        ("operator", "/site/status"),
        ("operator", "/site/parked"),
    ):
        visit.ask(who, "GET", path, 200)
    visit.ask("", "GET", "/health/ready", 200)


def shown_at_city(visit: Visit, case: str) -> None:
    for path in (f"/hub/cases/{case}", "/hub/city", "/hub/feeds", f"/cases/{case}", "/city"):
        visit.ask("leader", "GET", path, 200)
    visit.ask("operator", "GET", "/site/status", 200)


def test_marked_people_stand_in_the_vault_of_one_site_and_nowhere_else(watched: OneBox, collector: Collector) -> None:
    county, city = Visit(watched.site(COUNTY)), Visit(watched.city)
    with Door(county.site, "marks") as door:
        publish(door, COUNTY)
        door.file(COUNTY, "known", {"item": ITEM, "channel": "counter", "materials": ["申请书"]})
    wrong_ways(county)
    case = journey(county)
    settle(watched)
    shown(county, case)
    shown_at_city(city, case)
    elsewhere = written(watched, vault_of=county.site)
    assert any(case.encode() in said for place, said in elsewhere.items() if place.startswith("topic"))
    assert any(case.encode() in said for place, said in elsewhere.items() if place.startswith(f"table {city.site.code} hub"))
    assert found(MARKS, {**elsewhere, **county.places, **city.places}) == []
    planted(watched, county)
    watched.stop()  # what is not exported yet is, at the end of a process
    assert found(MARKS, {**logs(watched), **collector.places}) == []
    assert set(collector.places) == {"otlp /v1/traces", "otlp /v1/metrics"}
    assert "otlp /v1/traces" in lines(found({case: False}, collector.places)), "the traces of these very journeys"


def planted(box: OneBox, visit: Visit) -> None:
    """A mark that is put where it may not be is found: in events, topics, databases of both sites, an answer, a log."""
    name, number = PLANTED
    with Door(visit.site, "planted") as door:
        case = door.file(COUNTY, "planted", {"item": ITEM, "channel": "counter", "materials": [name]})["case"]
    digest = sha256(number.encode()).hexdigest()
    with Door(visit.site, "digest") as door:
        door.file(COUNTY, "digest", {"item": ITEM, "channel": "counter", "materials": [digest]})
    visit.ask("clerk", "GET", f"/nowhere/{name}", 404)
    settle(box)
    said = lines(found(PLANTED, {**written(box, vault_of=visit.site), **visit.places}))
    assert case != ""
    for place in ("table 511525 intake.event", "table 511500 hub.archive"):
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
