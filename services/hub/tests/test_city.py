"""What the city says of a case, on real PostgreSQL: the same as its county, however the facts were batched; finished is counted once."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from libs.contracts import phases
from libs.testkit.house import COUNTY
from libs.wire import chain_hash
from services.hub.tests.county import AT, CODES, City, Told, carried, feed, filed, of, word
from services.hub.views import city as city_views

pytestmark = pytest.mark.server
CASE = "511525-20261123-000001-7"


async def tell(city: City, *facts: Told, together: bool = False, days: int = 0) -> None:
    """The county's whole word on the case, a batch for each fact or one for all; with `days` every fact a day later than the one before."""
    events = await feed(filed(CASE), *facts)
    for n in range(1, len(events)) if days else ():
        changed = msgspec.structs.replace(events[n], time=AT + n * timedelta(days=days), prevhash=events[n - 1].hash)
        events[n] = msgspec.structs.replace(changed, hash=chain_hash(changed))
    if together:
        await city.take(*map(carried, events), word(1, events[-1]))
    else:
        for n, event in enumerate(events, 1):
            await city.take(carried(event), word(n, event))
    assert await city.evidence() == []


async def shown(city: City) -> dict[str, Any]:
    found = await city_views.case(city.inside, CASE)
    assert found is not None
    case: dict[str, Any] = found["case"]
    return case


async def says(city: City) -> tuple[str, bool]:
    """Phase and mark, as shown."""
    case = await shown(city)
    return case["phase"], case["suspended"]


async def county(city: City, now: datetime = AT) -> dict[str, Any]:
    (node,) = [node for node in await city_views.nodes(city.inside, CODES, now) if node["code"] == COUNTY]
    return node


@pytest.mark.parametrize("together", [True, False])
async def test_after_examination_suspension_and_resumption_the_city_says_examined_too(city: City, together: bool) -> None:
    await tell(city, *of(CASE, "CaseAccepted", "CaseExamined", "ClocksSuspended", "ClocksResumed"), together=together)
    assert await says(city) == ("examined", False)


@pytest.mark.parametrize("together", [True, False])
async def test_suspended_is_a_mark_beside_the_phase(city: City, together: bool) -> None:
    await tell(city, *of(CASE, "CaseAccepted", "CaseExamined", "ClocksSuspended"), together=together)
    assert await says(city) == ("examined", True)
    (recent,) = (await city_views.city(city.inside, CODES, AT))["recent"]
    assert (recent["phase"], recent["suspended"]) == ("examined", True)


@pytest.mark.parametrize("together", [True, False])
async def test_the_mark_is_shown_only_while_the_case_is_not_ended(city: City, together: bool) -> None:
    await tell(city, *of(CASE, "CaseAccepted", "ClocksSuspended", "CaseWithdrawn"), together=together)
    assert await says(city) == ("withdrawn", False)
    assert await city.inside.fetchval("select suspensions from city_case") == "+1"


@pytest.mark.parametrize("together", [True, False])
async def test_after_an_incomplete_return_the_city_says_what_the_county_says(city: City, together: bool) -> None:
    await tell(city, *of(CASE, "CorrectionsRequested", "CorrectionsReturned"), together=together)
    assert await says(city) == ("incomplete", False)
    assert phases().words["incomplete"] == "补正待核"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("end", ["CaseNotAccepted", "CaseWithdrawn", "CaseClosed"])
async def test_a_case_counts_as_finished_once_at_its_first_end(city: City, end: str, together: bool) -> None:
    await tell(city, *of(CASE, end, "CaseClosed"), together=together, days=1)
    first, second = await county(city, AT + timedelta(days=1)), await county(city, AT + timedelta(days=2))
    assert (first["open"], first["finished"], first["finished_today"], second["finished_today"]) == (0, 1, 1, 0)
    case = await shown(city)
    assert case["finished_at"] == AT + timedelta(days=1)
    assert case["closed_at"] is not None


@pytest.mark.parametrize("together", [True, False])
async def test_once_closed_it_stays_closed_and_finished(city: City, together: bool) -> None:
    await tell(city, *of(CASE, "CaseClosed", "CaseExamined", "CaseWithdrawn"), together=together)
    assert await says(city) == ("closed", False)
    assert ((await county(city))["finished"], (await county(city))["open"]) == (1, 0)


async def test_an_open_case_is_not_finished(city: City) -> None:
    await tell(city, *of(CASE, "CaseAccepted", "CaseDecided", "ResultDelivered"))
    found = await county(city)
    assert (found["open"], found["finished"], found["filed"]) == (1, 0, 1)
    assert await says(city) == ("delivered", False)


async def test_finished_cases_stand_under_their_item_and_day(city: City) -> None:
    events = await feed(filed("c1", item="511A"), filed("c2", item="511B"), filed("c3", item="511B"), *of("c2", "CaseWithdrawn"))
    closed = await feed(
        filed("c1", item="511A"), filed("c2", item="511B"), filed("c3", item="511B"), *of("c2", "CaseWithdrawn"), *of("c3", "CaseClosed")
    )
    await city.take(*map(carried, events), word(1, events[-1]))
    await city.take(carried(closed[-1]), word(2, closed[-1]))
    rows = await city.inside.fetch("select item, day::text, n from city_day where kind = 'finished'")
    assert [tuple(row) for row in rows] == [("511B", "2026-11-23", 1)]


async def test_an_end_before_its_case_is_known_waits_for_it(city: City) -> None:
    """As when a feed's beginning was set aside: the number stands under its item as soon as that is known."""
    events = await feed(*of(CASE, "CaseClosed"), filed(CASE, item="511B"))
    await city.take(carried(events[0]), word(1, events[0]))
    assert (await county(city))["finished"] == 0
    await city.take(carried(events[1]), word(2, events[1]))
    rows = await city.inside.fetch("select item, kind, n from city_day order by kind")
    assert [tuple(row) for row in rows] == [("511B", "filed", 1), ("511B", "finished", 1)]
    assert await says(city) == ("closed", False)


async def test_a_clock_that_stops_is_due_at_no_moment_until_it_runs_again(city: City) -> None:
    due = datetime(2026, 11, 30, 16, tzinfo=UTC)
    facts = (*of(CASE, "ClockStarted", due_at=due, label="法定"), *of(CASE, "ClockStopped"), *of(CASE, "ClockYellow"))
    events = await feed(*facts, *of(CASE, "ClockResumed", due_at=due + timedelta(days=3)), service="deadline")
    cases = await feed(filed(CASE))
    dues = []
    for n, event in enumerate(events, 1):
        await city.take(*map(carried, [*cases, event]), word(n, event, *cases))
        found = await city_views.case(city.inside, CASE)
        assert found is not None
        dues.append((found["clocks"][0]["due_at"], found["clocks"][0]["label"], found["clocks"][0]["yellow"]))
    assert dues == [(due, "法定", False), (None, "法定", False), (None, "法定", True), (due + timedelta(days=3), "法定", True)]


HISTORY = (
    "CorrectionsRequested",
    "CorrectionsReturned",
    "CaseAccepted",
    "ClocksSuspended",
    "CaseExamined",
    "StepSentBack",
    "ClocksResumed",
    "CaseApproved",
)
AFTER = ("CaseDecided", "ClocksSuspended", "CaseWithdrawn", "ResultDelivered", "ClocksResumed", "CaseClosed", "CaseExamined")


@pytest.mark.parametrize("seed", range(4))
async def test_however_the_facts_were_batched_the_city_says_the_same(city: City, seed: int) -> None:
    """After every batch: the phase and the mark of the contract, folded fact by fact."""
    chance = random.Random(seed)
    facts = chance.sample(HISTORY, len(HISTORY)) + chance.sample(AFTER, len(AFTER))
    events = await feed(filed(CASE), *of(CASE, *facts))
    phase, told, finished, done = "", "", 0, 0
    while done < len(events):
        batch = events[done : done + chance.randint(1, 4)]
        for event in batch:
            fact = event.type.split(".")[2]
            phase, told = phases().after(phase, fact), phases().suspensions(told, fact, 1)
            finished = finished or int(phases().ended(phase))
        done += len(batch)
        await city.take(*map(carried, batch), word(done, batch[-1]))
        assert await says(city) == (phase, phases().suspended(told, phase)), facts[:done]
        assert (await county(city))["finished"] == finished, facts[:done]
    assert (phase, finished) == ("closed", 1)
