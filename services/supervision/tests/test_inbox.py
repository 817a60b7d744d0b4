"""What supervision makes of what it hears, with real rows, cursors and views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from libs.testkit.data import Rows, permit_log
from libs.testkit.house import COUNTY, TOWN, House
from libs.testkit.neighbours import Neighbour
from libs.wire import Recorded
from services.supervision.events import CardIssued, Detector, FindingRaised
from services.supervision.tests.stories import CASE, LOG

pytestmark = pytest.mark.server


async def told(house: House, *facts: Recorded) -> None:
    """Heard as from the bus, and shown."""
    await house.hear(*facts)
    await house.shown()


async def ask(house: House, path: str, *, by: str = "supervisor", status: int = 200, **params: Any) -> Any:
    return await house.get(f"/supervision{path}", by=by, status=status, **params)


async def test_yellow_and_red_rungs_are_cards_a_reminder_is_none(house: House, deadline: Neighbour) -> None:
    await told(
        house,
        await deadline.says("ClockReminded", "2007-03-16", CASE),
        await deadline.says("ClockYellow", "2007-03-19", CASE, generation=0),
        await deadline.says("ClockRed", "2007-03-20", CASE, generation=0, overdue=0),
        await deadline.says("ClockRed", "2007-03-27", CASE, generation=0, overdue=1),
        await deadline.says("ClockYellow", "2007-03-28", CASE, generation=1),
    )
    cards = (await ask(house, f"/cases/{CASE}"))["cards"]
    assert [(card["colour"], card["generation"], card["overdue"]) for card in cards] == [
        ("yellow", 0, 0),
        ("red", 0, 0),
        ("red", 0, 1),
        ("yellow", 1, 0),
    ]
    assert cards[0]["evidence"] == f"urn:liandong:{COUNTY}:deadline#1#2"
    assert len((await ask(house, f"/nodes/{COUNTY}/cards"))["cards"]) == 4


async def test_what_comes_again_gives_no_second_card(house: House, deadline: Neighbour) -> None:
    red = await deadline.says("ClockRed", "2007-03-20", CASE)
    await house.hear(red)
    await told(house, red)
    assert (await house.one(CardIssued)).case == CASE
    assert len((await ask(house, f"/cases/{CASE}"))["cards"]) == 1


async def test_steps_and_examinations_count_alike_for_the_two_person_rule(house: House, intake: Neighbour) -> None:
    await told(
        house,
        await intake.says("StepDone", "2007-03-12", CASE, officer="B", role="work", number=1, name="核查"),
        await intake.says("CaseExamined", "2007-03-13", CASE, officer="B", recommends="granted"),
        await intake.says("StepDone", "2007-03-14", CASE, officer="B", role="approve", number=2, name="核准"),
    )
    (finding,) = (await ask(house, f"/cases/{CASE}"))["findings"]
    assert (finding["detector"], finding["officers"]) == ("same-officer", ["B"])
    assert finding["evidence"] == [f"urn:liandong:{COUNTY}:intake#1#2", f"urn:liandong:{COUNTY}:intake#1#3"]


@pytest.mark.parametrize("together", [True, False])
async def test_seconds_and_hand_overs_are_remembered_from_batch_to_batch(house: House, intake: Neighbour, together: bool) -> None:
    facts = [
        await intake.says("StepHandedOver", "2007-03-12", CASE, officer="A", to="B", role="examine"),
        await intake.says("StepDone", "2007-03-13", CASE, officer="B", second_officer="C", role="examine"),
        await intake.says("StepDone", "2007-03-14", CASE, officer="D", second_officer="c ", role="approve"),
        await intake.says("CaseDecided", "2007-03-15", CASE, officer="b", outcome="granted"),
    ]
    for batch in [facts] if together else [[fact] for fact in facts]:
        await house.hear(*batch)
    await house.shown()
    (finding,) = (await ask(house, f"/cases/{CASE}"))["findings"]
    assert (finding["finding"], finding["rule_version"]) == (f"finding:same-officer:2:{CASE}", 2)
    assert finding["officers"] == ["C"]
    assert finding["evidence"] == [f"urn:liandong:{COUNTY}:intake#1#{n}" for n in (2, 3)]


@pytest.mark.parametrize("together", [True, False])
async def test_batches_of_any_size_make_the_same_findings(house: House, intake: Neighbour, together: bool) -> None:
    facts = [
        await intake.says("CaseFiled", "2011-03-01", CASE, imported=True, instants=LOG),
        await intake.says("StepDone", "2011-03-02", CASE, officer="B", role="examine", imported=True),
        await intake.says("StepDone", "2011-03-05", CASE, officer="B", role="approve", imported=True),
        await intake.says("CaseDecided", "2011-03-04", CASE, officer="R", imported=True),
        await intake.says("CaseClosed", "2011-03-04", CASE, officer="R", imported=True),
        await intake.says("StepDone", "2011-03-09", CASE, officer="C", role="work", imported=True),
    ]
    for batch in [facts] if together else [[fact] for fact in facts]:
        await house.hear(*batch)
    await house.shown()
    findings = {row["detector"]: row for row in (await ask(house, f"/cases/{CASE}"))["findings"]}
    assert findings["same-officer"]["evidence"] == [f"urn:liandong:{COUNTY}:intake#1#{n}" for n in (2, 3)]
    assert findings["after-the-end"]["evidence"] == [f"urn:liandong:{COUNTY}:intake#1#{n}" for n in (5, 3)]
    assert findings["after-the-end"]["imported"] is True
    assert {finding.detector for finding in await house.all(FindingRaised)} == set(Detector)
    assert len(await house.logs.of(COUNTY).feed()) == 2
    assert (await ask(house, "/replay", by="operator", log="receipt"))["findings"] == {"after-the-end": 1, "same-officer": 1}
    assert (await ask(house, "/replay", by="operator", log="another"))["findings"] == {}


async def test_cases_that_come_together_are_looked_through_apart_each_at_its_node(house: House, intake: Neighbour) -> None:
    other = f"{TOWN}-20070305-000002-8"
    await told(
        house,
        await intake.says("CaseExamined", "2007-03-12", CASE, officer="B"),
        await intake.says("CaseExamined", "2007-03-12", other, officer="C"),
        await intake.says("CaseApproved", "2007-03-13", CASE, officer="C"),
        await intake.says("CaseApproved", "2007-03-13", other, officer="C"),
    )
    assert (await ask(house, f"/cases/{CASE}"))["findings"] == []
    (finding,) = (await ask(house, f"/nodes/{TOWN}/findings"))["findings"]
    assert (finding["case"], finding["node"]) == (other, TOWN)
    assert finding["evidence"] == [f"urn:liandong:{TOWN}:intake#1#{n}" for n in (1, 2)]


async def test_a_gap_is_pulled_from_the_owner_before_anything_is_concluded(house: House, intake: Neighbour) -> None:
    facts = [
        await intake.says("CaseExamined", "2007-03-12", CASE, officer="B", imported=True),
        await intake.says("CaseApproved", "2007-03-13", CASE, officer="C", imported=True),
        await intake.says("CaseApproved", "2007-03-14", CASE, officer="B", imported=True),
    ]
    await house.hear(facts[0], facts[2])
    assert await house.all(FindingRaised) == []
    await house.inboxes[0].pull(facts[0].source)
    assert await house.all(FindingRaised) == []
    assert await house.inside.fetchval("select count(*) from known_act") == 3


async def test_cards_come_newest_first_page_by_page(house: House, deadline: Neighbour) -> None:
    await told(house, *[await deadline.says("ClockRed", f"2007-03-{day}", CASE, overdue=day) for day in (20, 21, 22)])
    first = (await ask(house, f"/nodes/{COUNTY}/cards", limit=2))["cards"]
    rest = (await ask(house, f"/nodes/{COUNTY}/cards", limit=2, before=first[-1]["at"]))["cards"]
    assert [card["overdue"] for card in (*first, *rest)] == [22, 21, 20]


async def test_a_filing_later_than_the_end_is_no_act(house: House, intake: Neighbour) -> None:
    await told(
        house,
        await intake.says("CaseFiled", "2011-03-05", CASE, imported=True),
        await intake.says("StepDone", "2011-03-02", CASE, role="work", imported=True),
        await intake.says("CaseClosed", "2011-03-04", CASE, imported=True),
    )
    assert (await ask(house, f"/cases/{CASE}"))["findings"] == []


async def test_what_cannot_be_read_waits_and_everything_else_flows(house: House, intake: Neighbour, deadline: Neighbour) -> None:
    rubbish = await intake.sends("liandong.intake.CaseClosed.v1", b"{}", "2007-03-20", subject=CASE, case=CASE)
    await told(house, rubbish, await deadline.says("ClockRed", "2007-03-20", CASE))
    assert await house.inside.fetchval("select count(*) from parked") == 1
    assert len((await ask(house, f"/cases/{CASE}"))["cards"]) == 1


async def test_who_may_ask(house: House) -> None:
    await ask(house, f"/cases/{CASE}", by="clerk", status=403)
    await ask(house, f"/cases/{CASE}", by="stranger", status=403)
    await ask(house, f"/nodes/{COUNTY}/cards", by="stranger", status=403)
    await ask(house, "/replay", by="supervisor", status=403, log="receipt")
    await ask(house, "/cases/999999-20070305-000001-0", status=403)
    await ask(house, "/cases/511525999-20070305-000001-0", status=404)
    await ask(house, f"/nodes/{COUNTY}/findings")


@pytest.mark.parametrize("before", ["1174356000", "2007-03-20T10:00:00", "2007-03-20", ""])
async def test_a_moment_is_a_string_with_its_offset(house: House, deadline: Neighbour, before: str) -> None:
    await told(house, await deadline.says("ClockRed", "2007-03-20", CASE))
    await ask(house, f"/nodes/{COUNTY}/cards", status=422, before=before)
    found = [(await ask(house, f"/nodes/{COUNTY}/cards", before=f"2007-03-2{day}T10:00:00+08:00"))["cards"] for day in (0, 1)]
    assert [len(cards) for cards in found] == [0, 1]


# --- the permit log ---------------------------------------------------------------------------------------------------------------


def seen_in(cases: Rows) -> dict[str, set[str]]:
    """Straight from the file."""
    found: dict[str, set[str]] = {"same-officer": set(), "after-the-end": set()}
    for name, rows in cases.items():
        first = {act: next((r["org:resource"] for r in rows if r["concept:name"].startswith(act)), None) for act in ("T02", "T04")}
        if first["T02"] is not None and first["T02"] == first["T04"]:
            found["same-officer"].add(name)
        end = rows[0]["case:enddate"]
        if end and any(datetime.fromisoformat(r["time:timestamp"]) > datetime.fromisoformat(end) for r in rows):
            found["after-the-end"].add(name)
    return found


async def as_facts(intake: Neighbour, case: str, rows: list[dict[str, str]]) -> list[Recorded]:
    """As intake publishes an import: filing, steps as given, decision and close."""

    async def fact(name: str, on: str, **more: Any) -> Recorded:
        return await intake.says(name, datetime.fromisoformat(on), case, imported=True, **more)

    roles = {"T02": "examine", "T04": "approve"}
    facts = [await fact("CaseFiled", rows[0]["case:startdate"], instants=LOG)]
    for row in rows:
        role = roles.get(row["concept:name"][:3], "work")
        facts.append(await fact("StepDone", row["time:timestamp"], officer=row["org:resource"], role=role))
    if end := rows[0]["case:enddate"]:
        facts += [await fact("CaseDecided", end), await fact("CaseClosed", end)]
    return facts


async def test_the_permit_log_gives_exactly_the_findings_that_stand_in_it(house: House, intake: Neighbour) -> None:
    cases = permit_log()
    numbers = {f"{COUNTY}-20110301-{n:06d}-0": name for n, name in enumerate(sorted(cases))}
    facts = [fact for number, name in numbers.items() for fact in await as_facts(intake, number, cases[name])]
    for start in range(0, len(facts), 500):
        await house.hear(*facts[start : start + 500])
    await house.shown()
    found: dict[str, set[str]] = {"same-officer": set(), "after-the-end": set()}
    for row in await house.inside.fetch('select detector, "case" from findings'):
        found[row["detector"]].add(numbers[row["case"]])
    assert found == seen_in(cases)
    assert len(cases) == 1434
