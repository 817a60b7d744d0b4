"""When a clock warns, turns red and is silent about it: sentences of law and policy (decision 0011)."""

from __future__ import annotations

from datetime import timedelta

from libs.testkit.neighbours import moment
from services.deadline.clock.starting import case_of, clock_of, kind_of, node_of_case
from services.deadline.events import (
    ClockEnded,
    ClockKind,
    ClockStarted,
    Event,
    SilenceNoticed,
)
from services.deadline.tests.stories import CASE, cancel, end, extend, given, kinds, said, start, stop, tick, until


def test_a_clock_says_when_it_is_due_and_when_it_speaks_next() -> None:
    (started,) = given().when(start(10)).events
    assert isinstance(started, ClockStarted)
    assert started.due_at == moment("2007-03-20T00:00")
    assert started.next_at == moment("2007-03-16T00:00")
    assert not started.provisional
    assert started.calendar


def test_starting_what_runs_already_changes_nothing() -> None:
    given().when(start(), start()).then()
    given().when(start(), end("2007-03-08"), start()).then()


def test_beyond_the_last_notice_the_day_is_provisional() -> None:
    (started,) = given().when(start(10, on="2027-03-01")).events
    assert isinstance(started, ClockStarted)
    assert started.provisional


def test_the_day_before_the_yellow_one_reminds_the_last_day_is_yellow_and_midnight_is_red() -> None:
    happened = given().when(start(10), tick("2007-03-20", "00:00"))
    assert said(happened.events) == [
        ("reminder", 0, 0, moment("2007-03-16T00:00")),
        ("yellow", 0, 0, moment("2007-03-19T00:00")),
        ("red", 0, 0, moment("2007-03-20T00:00")),
    ]


def test_until_24_hours_of_the_last_day_it_is_in_time() -> None:
    (*_, ended) = given().when(start(10), end("2007-03-19", "23:59")).events
    assert isinstance(ended, ClockEnded)
    assert not ended.late
    (*rungs, ended) = given().when(start(10), end("2007-03-20", "00:00")).events
    assert isinstance(ended, ClockEnded)
    assert ended.late
    assert said(rungs)[-1] == ("red", 0, 0, moment("2007-03-20T00:00"))


def test_what_was_said_is_not_said_again() -> None:
    story = given().when(start(10), tick("2007-03-19")).history()
    given(story).when(tick("2007-03-19", "18:00")).then()
    assert said(given(story).when(tick("2007-03-20")).events) == [("red", 0, 0, moment("2007-03-20T00:00"))]


def test_every_five_working_days_overdue_it_is_red_again() -> None:
    """19 March was the last day; 5 working days on is the end of the 26th, then of 2 April."""
    happened = given().when(start(10), tick("2007-03-20"), tick("2007-04-03"))
    assert said(happened.events) == [("red", 0, 1, moment("2007-03-27T00:00")), ("red", 0, 2, moment("2007-04-03T00:00"))]


def test_one_day_is_yellow_at_once_and_reminds_of_nothing() -> None:
    assert [name for name, *_ in said(given().when(start(1), tick("2007-03-06")).events)] == ["yellow"]


def test_done_before_anything_was_due_says_only_that_it_ended() -> None:
    happened = given().when(start(10), end("2007-03-08"))
    assert kinds(happened.events) == ["ClockEnded"]
    given(happened.history()).when(tick("2007-06-01")).then()
    given(happened.history()).when(end("2007-06-01")).then()


def test_what_the_ticker_missed_is_said_when_the_clock_ends() -> None:
    happened = given().when(start(10), end("2007-03-28"))
    assert [name for name, *_ in said(happened.events)] == ["reminder", "yellow", "red", "red"]
    assert kinds(happened.events)[-1] == "ClockEnded"


def test_withdrawn_the_clock_is_cancelled_and_says_nothing_more() -> None:
    happened = given().when(start(10), cancel("2007-03-08"))
    assert kinds(happened.events) == ["ClockCancelled"]
    given(happened.history()).when(tick("2007-06-01")).then()


# --- Art. 32(1)(4): silence -------------------------------------------------------------------------------------------------------


def test_five_working_days_of_silence_are_noticed_at_the_due_instant_with_effect_from_the_receipt() -> None:
    happened = given().when(start(5, kind=ClockKind.CORRECTION), tick("2007-03-13"))
    assert said(happened.events)[-2:] == [("red", 0, 0, moment("2007-03-13T00:00")), ("silence", 0, 0, moment("2007-03-13T00:00"))]
    silence = happened.events[-1]
    assert isinstance(silence, SilenceNoticed)
    assert silence.effective == moment("2007-03-05")
    given(happened.history()).when(tick("2007-06-01")).then()


def test_told_within_five_working_days_there_is_no_silence() -> None:
    happened = given().when(start(5, kind=ClockKind.CORRECTION), end("2007-03-12", "23:59"))
    assert "SilenceNoticed" not in kinds(happened.events)


# --- instants of an imported log --------------------------------------------------------------------------------------------------


def imported(planned: str = "2011-03-11") -> list[Event]:
    return list(given().when(start(until(moment(planned)), on="2011-03-01", timeline="receipt")).events)


def test_an_instant_is_inclusive_done_at_it_is_in_time() -> None:
    (yellow, ended) = given(imported()).when(end("2011-03-11")).events
    assert isinstance(ended, ClockEnded)
    assert not ended.late
    assert yellow.at == moment("2011-03-10")
    (*_, red, ended) = given(imported()).when(end("2011-03-11", "10:01")).events
    assert isinstance(ended, ClockEnded)
    assert ended.late
    assert red.at == moment("2011-03-11")


def test_an_open_case_whose_instant_is_the_last_of_its_time_is_red_once() -> None:
    happened = given(imported()).when(tick("2011-03-11"))
    assert [name for name, *_ in said(happened.events)] == ["yellow", "red"]
    given(happened.history()).when(tick("2012-03-11")).then()


def test_done_exactly_at_nine_tenths_is_before_the_warning() -> None:
    assert kinds(given(imported()).when(end("2011-03-10")).events) == ["ClockEnded"]


def test_a_record_that_ends_before_it_starts_is_kept_as_given() -> None:
    (ended,) = given(imported()).when(end("2011-02-01")).events
    assert isinstance(ended, ClockEnded)
    assert not ended.late


def test_nothing_stops_or_moves_an_instant() -> None:
    given(imported()).when(stop("2011-03-03")).then()
    given(imported()).when(extend(10, "2011-03-03")).then()


def test_every_event_names_the_next_instant_at_which_the_clock_speaks() -> None:
    events = given().when(start(10), tick("2007-03-20")).events
    instants = [event.at for event in events]
    assert [getattr(event, "next_at", None) for event in events] == [*instants[1:], moment("2007-03-27T00:00")]
    assert instants[1] - instants[0] == timedelta(days=3)


def test_the_name_of_a_clock_says_its_case_its_node_and_its_kind() -> None:
    clock = clock_of(CASE, "step:3")
    assert (clock, case_of(clock), node_of_case(case_of(clock)), kind_of("step:3")) == (
        f"clock:{CASE}:step:3",
        CASE,
        "511525",
        ClockKind.STEP,
    )
