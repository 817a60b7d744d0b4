"""导入结转: a clock that began elsewhere says nothing of the time before its case came here, and everything of the time behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from libs.testkit.neighbours import moment
from libs.workdays import Calendars
from services.deadline.clock.proof import proof
from services.deadline.clock.rungs import TickClock
from services.deadline.events import ClockCarriedOver, ClockEnded, ClockKind, ClockStarted
from services.deadline.tests.stories import CALENDAR, CASE, came, end, extend, given, kinds, resume, said, start, stop, tick, until
from services.deadline.tests.telling import Telling

CALENDARS = Calendars(CALENDAR)
CARRIED = came(start(10), "2007-03-15T09:00")
"""Ten working days from Monday 5 March 2007, due on the 19th; it came here on Thursday the 15th, its eighth day."""


def test_one_fact_says_how_far_the_clock_had_run_when_its_case_came() -> None:
    began, carried = given().when(CARRIED).events
    assert isinstance(began, ClockStarted)
    assert carried == ClockCarriedOver(
        clock=f"clock:{CASE}:promised",
        case=CASE,
        kind=ClockKind.PROMISED,
        ran=8,
        due_at=moment("2007-03-20T00:00"),
        at=moment("2007-03-15T09:00"),
        imported=True,
        next_at=moment("2007-03-16T00:00"),
    )


@pytest.mark.parametrize("day", ["2007-03-05", "2007-03-04"])
def test_a_clock_that_began_when_its_case_was_here_is_not_carried_over(day: str) -> None:
    assert kinds(given().when(came(start(10), day)).events) == ["ClockStarted"]


def test_an_instant_that_the_record_gives_is_not_carried_over() -> None:
    begun = came(start(until(moment("2007-03-19")), timeline="receipt"), "2013-03-04")
    assert kinds(given().when(begun).events) == ["ClockStarted"]


def test_no_warning_and_no_red_is_said_up_to_the_instant_it_came_not_even_at_it() -> None:
    for instant in ("2007-03-16T00:00", "2007-03-19T00:00", "2007-03-20T00:00"):
        rungs = said(given().when(came(start(10), instant), tick("2007-03-21")).events)
        assert [at for *_, at in rungs] == [at for at in map(moment, ("2007-03-19T00:00", "2007-03-20T00:00")) if at > moment(instant)]


def test_a_limit_long_past_is_red_again_once_a_week_from_then_on() -> None:
    """From 2004: two years and eight months of reds are not said; those behind are, at their own instants, under their own number."""
    begun = came(start(10, on="2004-07-05"), "2007-03-05T09:00")
    rungs = said(given().when(begun, tick("2007-03-20")).events)
    assert [(rung, at) for rung, _, _, at in rungs] == [("red", moment(f"2007-03-{day:02}T00:00")) for day in (8, 15)]
    assert [overdue for _, _, overdue, _ in rungs] == [132, 133]


def test_an_end_says_whether_it_was_late_and_nothing_of_the_time_before() -> None:
    (ended,) = given().when(came(start(10, on="2004-07-05"), "2007-03-05T09:00"), end("2007-03-05", "11:00")).events
    assert isinstance(ended, ClockEnded)
    assert ended.late


def test_what_the_record_stops_and_extends_before_it_came_is_counted_and_says_nothing() -> None:
    begun = came(start(10, on="2004-07-05"), "2007-03-05T09:00")
    worked = (stop("2004-07-08"), resume("2004-07-13"), extend(10, "2004-07-14"))
    events = given().when(begun, *worked, tick("2007-03-05")).history()
    assert kinds(events) == ["ClockStarted", "ClockCarriedOver", "ClockStopped", "ClockResumed", "ClockExtended"]


async def test_an_acceptance_that_another_record_says_starts_its_limits_and_cards_nobody_either() -> None:
    case = Telling()
    await case.told("CaseFiled", "2004-07-05", imported=True, came=moment("2007-03-05T09:00"))
    accepted = await case.told("CaseAccepted", "2004-07-06", imported=True, effective=moment("2004-07-06"), by="decision")
    assert kinds(accepted) == ["ClockStarted", "ClockCarriedOver"] * 2
    assert said(case.tick(moment("2007-03-05T12:00"))) == []


async def test_what_begins_here_in_a_case_that_came_runs_as_in_any_other() -> None:
    case = Telling()
    await case.told("CaseFiled", "2004-07-05", imported=True, came=moment("2007-03-05T09:00"))
    assert kinds(await case.told("CorrectionsReturned", "2007-03-06")) == ["ClockStarted"]
    assert [name for name, *_ in said(case.tick(moment("2007-03-14T00:00")))] == ["reminder", "yellow", "red", "silence"]


async def test_a_procedure_announced_here_on_the_very_day_a_case_came_is_not_carried_over() -> None:
    """Its first day begins at midnight, before the case came; it was begun here all the same."""
    case = Telling()
    await case.told("CaseFiled", "2007-03-01", imported=True, came=moment("2007-03-05T09:00"))
    await case.told("ClocksSuspended", "2007-03-05T15:00", number=1, reason="testing", first="2007-03-05", expected_days=5)
    assert kinds(case.clock("suspension:1")) == ["ClockStarted"]


def test_the_proof_says_how_far_it_had_run() -> None:
    found = proof(given().when(CARRIED).history(), CALENDARS, moment("2007-03-15"))
    assert found is not None
    assert found[1].carried is not None
    assert (found[1].carried.text, found[1].carried.at) == ("导入时已经过 8 个工作日，此前不发牌", moment("2007-03-15T09:00"))


def test_the_proof_counts_with_the_stops_that_were_heard_of_since() -> None:
    found = proof(
        given().when(CARRIED, stop("2007-03-08"), resume("2007-03-13", heard="2007-03-16")).history(), CALENDARS, moment("2007-03-16")
    )
    assert found is not None
    assert found[1].carried is not None
    assert found[1].carried.ran == 4


def test_the_proof_of_a_clock_that_began_here_says_nothing_of_it() -> None:
    found = proof(given().when(start(10)).history(), CALENDARS, moment("2007-03-15"))
    assert found is not None
    assert found[1].carried is None


@drawn(st.integers(1, 45), st.integers(1, 24 * 500), st.integers(0, 24 * 40), st.integers(-30, 30), st.integers(0, 15))
def test_a_clock_that_came_says_what_one_that_was_always_here_says_from_then_on(
    n: int, age: int, later: int, shift: int, length: int
) -> None:
    arrived = moment("2007-03-05T00:00")
    here = start(n, on=(arrived - timedelta(hours=age)).isoformat())
    first = (here.start + timedelta(days=abs(shift))).date()
    halt = (stop(first.isoformat()), resume((first + timedelta(days=length)).isoformat())) if shift > 0 else ()
    now = TickClock(now=arrived + timedelta(hours=later))
    always = said(given().when(here, *halt, now).history())
    carried = said(given().when(came(here, arrived.isoformat()), *halt, now).history())
    assert carried == [rung for rung in always if rung[-1] > arrived]
