"""The city's face: who may ask, what is answered, and that nothing asked makes it fall."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from libs.testkit.house import COUNTY, TOWN
from libs.wire import chain_hash
from services.hub.tests.county import City, carried, feed, filed, of, word

pytestmark = pytest.mark.server
CASE, UNKNOWN = "511525-20261123-000001-7", "511525-20261123-000099-7"
SOURCE = f"urn:liandong:{COUNTY}:intake"


async def test_only_who_watches_over_the_city_may_ask(city: City) -> None:
    await city.get("/city", by="clerk", status=403)
    assert (await city.house.http.get("/hub/city")).status_code == 401


async def test_a_case_is_shown_to_those_who_work_for_its_node_or_above(city: City) -> None:
    """Known or not: whoever works elsewhere learns nothing of it."""
    events = await feed(filed(CASE))
    await city.take(*map(carried, events), word(1, events[0]))
    assert (await city.get(f"/cases/{CASE}"))["case"]["number"] == CASE
    known, unknown = [await city.get(f"/cases/{case}", by="stranger", status=403) for case in (CASE, UNKNOWN)]
    assert known == unknown


async def test_the_city_at_a_glance(city: City) -> None:
    card = {"case": "c1", "card": "k", "colour": "red", "clock_kind": "promised", "officer": "C1", "due_at": "2026-11-22T16:00:00Z"}
    events = await feed(filed("c1"), filed("c2"), *of("c2", "CaseNotAccepted", "CaseClosed"))
    cards = await feed(("CardIssued", card), service="supervision")
    await city.take(*map(carried, [*events, *cards]), word(1, events[-1], cards[-1]))
    found = await city.get("/city")
    nodes = {node["code"]: node for node in found["nodes"]}
    county = {
        name: nodes[COUNTY][name]
        for name in ("filed", "filed_today", "open", "finished", "finished_today", "red", "yellow", "state", "counter")
    }
    assert county == {
        "filed": 2,
        "filed_today": 2,
        "open": 1,
        "finished": 1,
        "finished_today": 1,
        "red": 1,
        "yellow": 0,
        "state": "live",
        "counter": 1,
    }
    assert nodes[TOWN]["state"] == "unknown"
    assert [(c["case"], c["colour"], c["node_name"]) for c in found["cards"]] == [("c1", "red", "高县")]


async def test_a_case_over_its_services_with_what_is_verified_of_it(city: City) -> None:
    due = datetime.fromisoformat("2026-11-22T16:00:00Z")
    clocks = await feed(*of(CASE, "ClockStarted", "ClockYellow", "ClockEnded", due_at=due), service="deadline")
    events = await feed(filed(CASE), *of(CASE, "CaseAccepted"))
    await city.take(*map(carried, [*events, *clocks]), word(1, events[0], clocks[0]))
    await city.take(word(2, events[0], clocks[1]))
    found = await city.get(f"/cases/{CASE}")
    seen = {(e["type"].split(".")[2], e["verified"]) for e in found["timeline"]}
    assert seen == {("CaseFiled", True), ("CaseAccepted", False), ("ClockStarted", True), ("ClockYellow", True), ("ClockEnded", False)}
    assert [(c["kind"], c["due_at"], c["yellow"], c["ended"]) for c in found["clocks"]] == [
        ("promised", "2026-11-22T16:00:00Z", True, False)
    ]
    assert (found["case"]["node_name"], found["address"]) == ("高县", "http://county")
    await city.get(f"/cases/{UNKNOWN}", status=404)


async def test_a_payload_that_is_no_json_does_not_break_its_cases_page(city: City) -> None:
    events = await feed(filed(CASE), *of(CASE, "StepDone"))
    odd = msgspec.structs.replace(events[1], data=b"\xff[")
    odd = msgspec.structs.replace(odd, hash=chain_hash(odd))
    await city.take(carried(events[0]), carried(odd), word(1, odd))
    found = await city.get(f"/cases/{CASE}")
    assert [e["data"].get("case", "") for e in found["timeline"]] == [CASE, ""]


async def test_the_archive_is_given_in_pages_byte_for_byte(city: City) -> None:
    events = await feed(*(filed(f"c{n}") for n in range(7)))
    await city.take(*map(carried, events), word(1, events[4]))
    first, rest = await city.archived(limit=4), await city.archived(after=4)
    assert [(e.sequence, e.hash, e.data) for e in first + rest] == [(e.sequence, e.hash, e.data) for e in events[:5]]
    (row,) = await city.get("/feeds")
    assert (row["source"], row["verified"], row["waiting"], row["state"]) == (SOURCE, 5, 2, "live")
    assert await city.get("/verify") == {"verified": True, "events": 5, "waiting": 2, "faults": []}


async def test_a_reader_waits_for_what_is_verified_not_for_what_is_archived(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    await city.take(*map(carried, events), word(1, events[0]))
    assert await city.reached(events[0])
    assert not await city.reached(events[1])


async def test_a_replayed_log_by_its_own_names(city: City) -> None:
    finding = {"case": "c2", "finding": "f", "detector": "same-officer", "rule_version": 1, "evidence": ["x#1#1"]}
    events = await feed(filed("c1", ref="log-1"), filed("c2", ref="log-2"), filed("c3"), *of("c2", "CaseClosed"))
    clocks = await feed(*of("c1", "ClockStarted", "ClockRed"), service="deadline")
    again = {**finding, "finding": "f2", "rule_version": 2}
    findings = await feed(("FindingRaised", finding), ("FindingRaised", again), service="supervision")
    await city.take(*map(carried, [*events, *clocks, *findings]), word(1, events[-1], clocks[-1], findings[-1]))
    found = await city.get("/replay", log="receipt")
    assert (found["cases"], found["closed"], found["red"], found["yellow"], found["statutory_red"]) == (2, 1, ["log-1"], ["log-1"], [])
    assert found["findings"] == {"same-officer": ["log-2"]}
    assert found["nodes"] == {COUNTY: {"cases": 2, "closed": 1, "red": 1}}
    assert found["feeds"][SOURCE] == 4


NONSENSE = [
    "/cases/%00",
    "/cases/" + "9" * 500,
    "/wait?source=%00&sequence=1",
    f"/wait?source={SOURCE}&sequence=99999999999999999999",
    f"/wait?source={SOURCE}&sequence=1&epoch=99999999999",
    f"/wait?source={SOURCE}&sequence=1&timeout=nan",
    "/feed/511525/intake/99999999999",
    f"/feed/511525/intake/1?after={2**63}",
    "/feed/%00/intake/1",
    "/replay?log=%00",
]


async def test_nonsense_is_refused_not_stumbled_over(city: City) -> None:
    headers = city.house.headers("leader")
    answers = {path: (await city.house.http.get(f"/hub{path}", headers=headers)).status_code for path in NONSENSE}
    assert {path: status for path, status in answers.items() if status not in (403, 404, 422)} == {}
