"""Marks that are typed where they do not belong: into fields, keys, addresses, headers, the sign-in page, a list of items. Each is refused."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from tests.journeys.marked import AGENT, COUNTY, FILE, ITEM, LI, TEXT, WRONG, Visit

CASES: Final = f"/intake/nodes/{COUNTY}/cases"
SUBJECTS: Final = f"/vault/nodes/{COUNTY}/subjects"
TYPED: Final = (LI["name"], LI["resident_id"], LI["phone"])
NUMBERS: Final = TYPED[1:]
SOME_ITEM: Final = {"item": "511X", "name": "某事项", "type_code": "01", "department": "某局"}
PAGE: Final = {"Accept": "text/html"}


def everywhere(visit: Visit, form: dict[str, Any]) -> None:
    """All of them, at a site; `form` files a case."""
    into_fields(visit)
    into_keys(visit, form)
    into_addresses(visit)
    into_headers(visit)
    to_sign_in(visit)
    into_a_list(visit)


def into_fields(visit: Visit) -> None:
    visit.keep({**LI, "resident_id": WRONG}, 422)
    visit.keep({**LI, "kind": LI["name"]}, 422)
    visit.keep({**LI, LI["phone"]: LI["name"]}, 422)
    visit.keep({**LI, "address": LI["address"] * 200}, 422)
    visit.keep({**TEXT, "text": TEXT["text"] * 100_000}, 413)
    visit.keep(AGENT | {"acts_for": LI["name"]}, 422)
    visit.keep(AGENT | {"acts_for": f"subj-{uuid4()}"}, 409)
    visit.ask("", "POST", SUBJECTS, 401, LI)
    visit.ask("clerk", "POST", SUBJECTS, 415, json.dumps(LI).encode())
    visit.ask("clerk", "POST", SUBJECTS, 422, {"kind": "person", "name": [LI["name"]]})
    visit.ask("clerk", "POST", CASES, 422, {"item": ITEM, "channel": "counter", "applicants": [{"subject": LI["resident_id"]}]})
    visit.ask("clerk", "POST", CASES, 422, {"item": ITEM, "channel": "counter", "applicant": LI["name"]})
    visit.ask("clerk", "POST", CASES, 409, {"item": ITEM, "channel": "counter", "materials": [f"证号{LI['resident_id']}"]})
    visit.ask("clerk", "POST", CASES, 409, {"item": LI["resident_id"], "channel": "counter"})
    log = {"ref": "case-1", "item": ITEM, "channel": "internal", "filed": {"at": "2011-10-11T13:42:22+08:00", "officer": "R1"}}
    for name in NUMBERS:
        visit.ask("operator", "POST", f"/intake/nodes/{COUNTY}/imports", 409, {"log": name, "timeline": "t", "cases": [log]})


def into_keys(visit: Visit, form: dict[str, Any]) -> None:
    """Keys of commands, which every log keeps; and one that is used again for something else."""
    for key in (*NUMBERS, f"file:{LI['resident_id']}:1", LI["phone"] * 30):
        visit.ask("clerk", "POST", CASES, 400, form, key=key)
        visit.ask("clerk", "POST", SUBJECTS, 400, LI, key=key)
        visit.ask("editor", "POST", f"/catalogue/nodes/{COUNTY}/items", 400, SOME_ITEM, key=key)
        visit.ask("clerk", "POST", CASES, 400, form, headers={"If-Match": f'{key}"'})
    visit.ask("clerk", "POST", CASES, 201, form, key="once")
    visit.ask("clerk", "POST", CASES, 422, form | {"materials": ["申请书", "身份证明"]}, key="once")


def into_addresses(visit: Visit) -> None:
    for mark in TYPED:
        typed = quote(mark)
        for who, path, status in (
            ("clerk", f"/intake/cases/{typed}", 422),
            ("clerk", f"/intake/nodes/{typed}/cases", 422),
            ("clerk", f"/deadline/cases/{typed}/clocks", 422),
            ("examiner", f"/vault/subjects/{typed}", 422),
            ("examiner", f"/vault/documents/{typed}?act=intake.examine", 422),
            ("examiner", f"/vault/subjects/subj-{uuid4()}?act={typed}", 422),
            ("operator", f"/feed/{COUNTY}/{typed}/1", 422),
            ("operator", f"/vault/nodes/{COUNTY}/reads?reader={typed}", 200),
            ("clerk", f"/catalogue/nodes/{COUNTY}/items?q={typed}", 200),
            ("clerk", f"/catalogue/nodes/{COUNTY}/items/{typed}", 404),
            ("clerk", f"/nowhere/{typed}", 404),
            ("leader", f"/cases/{typed}", 404),
        ):
            visit.ask(who, "GET", path, status)
            visit.ask(who, "GET", path, status, headers=PAGE)
        visit.ask("clerk", "POST", f"/intake/cases/{typed}/acceptance", 422, {})
        visit.ask("clerk", "PUT", f"/vault/uploads/{typed}/pieces/{typed}", 422, b"x")
        visit.ask("clerk", "DELETE", f"/vault/uploads/{typed}", 422)
        visit.ask("clerk", "HEAD", f"/vault/uploads/{typed}", 422)
    for number in NUMBERS:
        visit.ask("leader", "GET", f"/find?number={number}", 200, headers=PAGE)
        visit.ask("", "GET", f"/find?number={number}", 303, headers=PAGE)
        visit.ask("", "GET", f"/cases/{number}", 303, headers=PAGE)
        visit.ask("", "GET", f"/choose?print=large&next=/cases/{number}", 303, headers=PAGE)


def into_headers(visit: Visit) -> None:
    number = LI["resident_id"]
    typed = {
        "tracestate": f"who={number}",
        "baggage": f"who={number}",
        "User-Agent": number,
        "Referer": f"/{number}",
        "Cookie": f"a={number}",
    }
    visit.ask("clerk", "GET", CASES, 200, headers=typed)
    visit.ask("clerk", "POST", SUBJECTS, 422, {"kind": "person"}, headers=typed)


def to_sign_in(visit: Visit) -> None:
    for number in NUMBERS:
        for secret in ("", LI["name"]):
            visit.ask("", "POST", "/sign-in", 401, headers=PAGE, data={"staff": f" {number}", "password": secret, "next": f"/{number}"})
        visit.ask("", "GET", f"/sign-in?staff={number}&next=/cases/{number}", 200, headers=PAGE)


def into_a_list(visit: Visit) -> None:
    """A list of items, and the name of its file."""
    path, head = f"/catalogue/nodes/{COUNTY}/imports", "department,name,task_type_code,base_code,area_code,agency_code,full_item_code\n"
    visit.ask("editor", "POST", path, 409, head.encode(), params={"name": FILE})
    wrong = [f"某局,{LI['resident_id']},1,B1,511525,,511M1\n", f"某局,某事项,{LI['phone']},B1,511525,,511M2\n"]
    wrong += [f"某局,某事项,1,B1,511525,{LI['resident_id']},511M3\n", f"某局,某事项,1,B1,511525,,{LI['phone']}\n"]
    found = visit.ask("editor", "POST", path, 200, (head + "".join(wrong)).encode(), params={"name": "清单.csv"})
    assert (found["rows"], found["landed"]) == (4, 0)
