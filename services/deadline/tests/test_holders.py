"""Who answers for a clock: whoever holds the step at the instant of a rung, and before that the post it fell due to (P-step-limit)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from libs.testkit import neighbours
from libs.testkit.neighbours import moment
from services.deadline.clock.holding import Holding, holding_at
from services.deadline.clock.rungs import TickClock
from services.deadline.events import ClockKind, ClockRed, ClockReminded, ClockStarted, ClockYellow
from services.deadline.inbox import READER
from services.deadline.inbox.remembered import from_kept, kept
from services.deadline.tests.stories import CASE, DEPARTMENT, LIMITS, end, given, start, taken_up
from services.deadline.tests.telling import Telling


async def accepted(**first: Any) -> Telling:
    """Filed by the window and accepted on Monday 5 March 2007, promised by the end of 19 March; three days for examining."""
    case = Telling()
    await case.told("CaseFiled", "2007-03-05", officer="C0117")
    await case.told("CaseAccepted", "2007-03-05T11:00", by="decision", officer="C0117")
    await case.told("StepFellDue", "2007-03-05T11:00", **{"number": 1, "name": "审查", "post": "审查岗", "limit_days": 3, **first})
    return case


def named(case: Telling, clock: str) -> list[tuple[str, str, str]]:
    """The rungs that a clock has said: which, and whom they name."""
    rungs = [event for event in case.clock(clock) if isinstance(event, ClockReminded | ClockYellow | ClockRed)]
    assert {(rung.department, rung.department_uscc) for rung in rungs} <= {(DEPARTMENT.name, DEPARTMENT.uscc)}
    return [(type(rung).__name__.removeprefix("Clock").lower(), rung.post, rung.officer) for rung in rungs]


async def test_a_step_left_lying_is_late_and_names_its_post_and_nobody() -> None:
    case = await accepted()
    case.tick(moment("2007-03-09T00:00"))
    assert named(case, "step:1") == [("reminded", "审查岗", ""), ("yellow", "审查岗", ""), ("red", "审查岗", "")]


async def test_each_rung_names_who_held_the_step_at_its_own_instant_however_late_it_is_said() -> None:
    case = await accepted()
    await case.told("StepStarted", "2007-03-07T09:00", number=1, officer="E0201")
    await case.told("StepHandedOver", "2007-03-08T09:00", number=1, officer="E0201", to="E0202")
    case.tick(moment("2007-03-20T09:00"))
    assert named(case, "step:1")[:3] == [("reminded", "审查岗", ""), ("yellow", "审查岗", "E0201"), ("red", "审查岗", "E0202")]
    assert named(case, "promised")[-1] == ("red", "审查岗", "E0202")


async def test_when_a_step_is_done_the_next_one_s_post_answers() -> None:
    case = await accepted()
    await case.told("StepStarted", "2007-03-06", number=1, officer="E0201")
    await case.told("StepDone", "2007-03-07", number=1, officer="E0201")
    await case.told("StepFellDue", "2007-03-07", number=2, name="核准", post="核准岗", limit_days=1)
    case.tick(moment("2007-03-20T09:00"))
    assert named(case, "step:2")[-1] == named(case, "promised")[-1] == ("red", "核准岗", "")


async def test_a_case_that_is_sent_back_is_with_the_examining_post_again() -> None:
    case = await accepted(number=2, name="核准", post="核准岗", limit_days=1)
    await case.told("StepStarted", "2007-03-05T14:00", number=2, officer="A0301")
    sent = await case.told("StepSentBack", "2007-03-06T09:00", number=2, officer="A0301")
    await case.told("StepFellDue", "2007-03-06T09:00", number=3, name="审查", post="审查岗", limit_days=3)
    assert [type(event).__name__ for event in sent][-1] == "ClockCancelled"
    case.tick(moment("2007-03-10T09:00"))
    assert named(case, "step:3")[-1] == ("red", "审查岗", "")


async def test_what_came_before_the_first_step_fell_due_is_its_post_s() -> None:
    """Silence accepts on 13 March as of 5 March: with two days promised, all was over before anybody could hold the step."""
    case = Telling()
    await case.told("CaseFiled", "2007-03-05", **{"pinned.promised_days": 2})
    await case.told("CaseAccepted", "2007-03-13T00:00", by="silence", effective=moment("2007-03-05"), officer="system:intake")
    await case.told("StepFellDue", "2007-03-13T00:00", number=1, post="审查岗", officer="system:intake")
    await case.told("StepStarted", "2007-03-13T09:00", number=1, officer="E0201")
    case.tick(moment("2007-03-13T09:30"))
    assert {(post, officer) for _, post, officer in named(case, "promised")} == {("审查岗", "")}


@pytest.mark.parametrize("fact", ["StepFellDue", "StepStarted", "StepHandedOver", "StepDone", "StepSentBack"])
async def test_an_imported_record_puts_a_step_in_nobody_s_hands(fact: str) -> None:
    case = Telling()
    await case.told("CaseFiled", "2007-03-05", imported=True)
    await case.told(fact, "2007-03-05", imported=True)
    assert case.known is not None
    assert case.known.holdings == ()


async def test_the_clocks_of_an_imported_case_name_its_department_alone() -> None:
    case, instants = Telling(), {"timeline": "receipt", "promised": moment("2011-03-11"), "statutory": None}
    await case.told("CaseFiled", "2011-03-01", imported=True, instants=instants, officer="R0021")
    await case.told("StepStarted", "2011-03-02", imported=True, officer="R0021")
    case.tick(moment("2011-03-12"))
    assert named(case, "promised") == [("yellow", "", ""), ("red", "", "")]


async def test_the_clock_of_corrections_names_who_filed_and_then_who_took_the_return() -> None:
    case = Telling()
    await case.told("CaseFiled", "2007-03-05", officer="C0117")
    await case.told("CorrectionsRequested", "2007-03-06", officer="C0117")
    await case.told("CorrectionsReturned", "2007-03-07", officer="C0118")
    case.tick(moment("2007-03-15T00:00"))
    first, again = case.clock("correction")[0], case.clock("correction:2")[0]
    assert isinstance(first, ClockStarted)
    assert isinstance(again, ClockStarted)
    assert [(started.post, started.officer) for started in (first, again)] == [("", "C0117"), ("", "C0118")]
    assert named(case, "correction:2")[-1] == ("red", "", "C0118")


async def test_for_the_delivery_the_department_answers() -> None:
    case = await accepted()
    await case.told("StepStarted", "2007-03-06", number=1, officer="E0201")
    await case.told("CaseDecided", "2007-03-07", officer="A0301")
    case.tick(moment("2007-03-22T00:00"))
    assert named(case, "delivery")[-1] == ("red", "", "")


async def test_a_step_without_limit_has_no_clock_and_is_held_all_the_same() -> None:
    case = await accepted(limit_days=None)
    case.tick(moment("2007-03-20T00:00"))
    assert case.clock("step:1") == []
    assert named(case, "promised")[-1] == ("red", "审查岗", "")


def test_who_takes_a_step_up_at_the_very_instant_of_a_rung_is_named() -> None:
    held = (taken_up("2007-03-05", officer=""), replace(taken_up("2007-03-20"), at=moment("2007-03-20T00:00")))
    (*_, red) = given().when(start(), TickClock(now=moment("2007-03-20T00:00"), holdings=held)).events
    assert isinstance(red, ClockRed)
    assert (red.at, red.officer) == (moment("2007-03-20T00:00"), "E0201")


def test_what_an_end_brings_to_light_names_who_held_the_step_then() -> None:
    held = (taken_up("2007-03-05"), taken_up("2007-03-20", officer="E0202"))
    (*_, red, _) = given().when(start(kind=ClockKind.STEP), replace(end("2007-03-21"), holdings=held)).events
    assert isinstance(red, ClockRed)
    assert (red.officer, red.post) == ("E0201", "审查岗")


instants = st.integers(0, 1000).map(lambda hours: datetime.fromtimestamp(1_173_000_000 + 3600 * hours, tz=moment("2007-03-05").tzinfo))
held_ever = st.lists(st.tuples(instants, st.sampled_from(["审查岗", "核准岗"]), st.sampled_from(["", "E0201", "E0202"])), max_size=8)


@whatever(held_ever, instants, instants)
def test_the_holding_at_an_instant_does_not_change_with_what_comes_after_it(
    held: list[tuple[datetime, str, str]], at: datetime, later: datetime
) -> None:
    whole = tuple(Holding(at=when, post=post, officer=officer) for when, post, officer in sorted(held, key=lambda one: one[0]))
    so_far = tuple(holding for holding in whole if holding.at <= at)
    if so_far:
        assert holding_at(whole, at) == holding_at(so_far, at) == so_far[-1]
    found = holding_at(whole, min(at, later))
    assert (found is None) is (whole == ())
    assert from_kept(kept(whole)) == whole


HANDS = ("StepFellDue", "StepStarted", "StepHandedOver", "StepDone", "StepSentBack")
work = st.lists(st.tuples(st.integers(1, 60), st.sampled_from(HANDS), st.sampled_from(["E0201", "E0202"])), min_size=1, max_size=12)


def worked(acts: list[tuple[int, str, str]], every: int) -> dict[str, list[tuple[str, str, str]]]:
    """Whom the clocks of a case have named three months after its acceptance: each act comes hours after the one before it, and all clocks
    are ticked every so many hours.
    """
    case, now, number = Telling(), moment("2007-03-05T09:00"), 0

    def happens(fact: str, **said: Any) -> None:
        case.hear(neighbours.heard(READER, "intake", fact, now, CASE, **said))

    happens("CaseFiled", pinned={**LIMITS, "department": DEPARTMENT})
    happens("CaseAccepted", effective=now, by="decision")
    ticks = iter([now + timedelta(hours=n, minutes=30) for n in range(0, 24 * 90, every)])
    tick = next(ticks)
    for hours, fact, officer in acts:
        now += timedelta(hours=hours)
        number += fact == "StepFellDue"
        while tick < now:
            case.tick(tick)
            tick = next(ticks)
        happens(fact, number=number, officer=officer, **({"to": officer} if fact == "StepHandedOver" else {}))
    case.tick(moment("2007-06-05"))
    return {clock: named(case, clock.split(":", 2)[2]) for clock in case.clocks}


@settings(max_examples=50)
@whatever(work, st.sampled_from([1, 7, 24, 24 * 7]))
def test_whom_the_rungs_name_does_not_depend_on_how_often_the_clocks_are_ticked(acts: list[tuple[int, str, str]], every: int) -> None:
    assert worked(acts, every) == worked(acts, 24 * 80)
