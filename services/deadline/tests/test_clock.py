"""When a clock warns, turns red and is silent about it: sentences of law and policy (decision 0011)."""

from __future__ import annotations

from datetime import timedelta

from libs.testkit.neighbours import moment
from services.deadline.events import (
    ClockEnded,
    ClockExtended,
    ClockKind,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Event,
    SilenceNoticed,
)
from services.deadline.tests.stories import cancel, end, extend, given, kinds, resume, said, start, stop, tick, until


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


# --- Art. 45: what is not counted -------------------------------------------------------------------------------------------------


def test_the_days_of_an_art_45_procedure_are_not_counted() -> None:
    """Stopped from the 8th to the 13th of March (4 working days): due on 23 March instead of the 19th."""
    happened = given().when(start(10), stop("2007-03-08"), resume("2007-03-13"))
    (resumed,) = happened.events
    assert isinstance(resumed, ClockResumed)
    assert resumed.due_at == moment("2007-03-24T00:00")
    assert resumed.generation == 1


def test_a_stopped_clock_does_not_tick() -> None:
    stopped = given().when(start(10), stop("2007-03-08")).history()
    assert isinstance(stopped[-1], ClockStopped)
    assert stopped[-1].due_at is None
    assert stopped[-1].next_at is None
    given(stopped).when(tick("2008-01-01")).then()
    (ended,) = given(stopped).when(end("2008-01-01")).events
    assert isinstance(ended, ClockEnded)
    assert not ended.late


def test_a_stop_that_begins_later_lets_the_clock_run_until_then() -> None:
    """Told on the 12th that the test begins on the 21st; the limit passes on the 19th."""
    story = given().when(start(10), stop("2007-03-21", heard="2007-03-12")).history()
    assert isinstance(story[-1], ClockStopped)
    assert story[-1].due_at == moment("2007-03-20T00:00")
    assert [name for name, *_ in said(given(story).when(tick("2007-06-01")).events)] == ["reminder", "yellow", "red"]


def test_warnings_before_a_later_stop_are_given_with_the_day_that_was_told() -> None:
    """Stopped from the 19th, the last day: the reminder of the 16th comes, the yellow one waits."""
    story = given().when(start(10), stop("2007-03-19", heard="2007-03-12")).history()
    assert [name for name, *_ in said(given(story).when(tick("2007-06-01")).events)] == ["reminder"]


def test_after_a_stop_the_rungs_come_anew_in_a_new_generation() -> None:
    """Yellow was said on the 19th; after a test from the 19th on, the last day and its yellow card come again."""
    story = given().when(start(10), tick("2007-03-19"), stop("2007-03-19"), resume("2007-03-21")).history()
    assert said(given(story).when(tick("2007-03-23")).events) == [
        ("yellow", 1, 0, moment("2007-03-22T00:00")),
        ("red", 1, 0, moment("2007-03-23T00:00")),
    ]


def test_days_that_passed_unnoticed_after_a_stop_count_all_the_same() -> None:
    """Ended on the 9th, but nobody said so until April: the limit was broken meanwhile."""
    story = given().when(start(10), stop("2007-03-08"), resume("2007-03-09", heard="2007-04-02")).history()
    assert said(given(story).when(tick("2007-04-02")).events) == [
        ("reminder", 1, 0, moment("2007-03-20T00:00")),
        ("yellow", 1, 0, moment("2007-03-21T00:00")),
        ("red", 1, 0, moment("2007-03-22T00:00")),
        ("red", 1, 1, moment("2007-03-29T00:00")),
    ]


def test_a_stop_taken_back_before_it_began_leaves_everything_as_it_was() -> None:
    story = given().when(start(10), stop("2007-03-15", heard="2007-03-08"), resume("2007-03-15", heard="2007-03-09")).history()
    assert [name for name, *_ in said(given(story).when(tick("2007-03-21", "00:00")).events)] == ["reminder", "yellow", "red"]


def test_nothing_is_stopped_twice_and_nothing_resumed_that_runs() -> None:
    given().when(start(10), stop("2007-03-08"), stop("2007-03-09")).then()
    given().when(start(10), resume("2007-03-09")).then()
    given().when(stop("2007-03-08")).then()


def test_the_days_of_several_procedures_are_united() -> None:
    """From the 8th to the 13th and from the 12th to the 15th of March: six working days; due on the 27th instead of the 19th."""
    stops = (stop("2007-03-08"), stop("2007-03-12"))
    (resumed,) = given().when(start(10), *stops, resume("2007-03-13"), resume("2007-03-15")).events
    assert isinstance(resumed, ClockResumed)
    assert resumed.due_at == moment("2007-03-28T00:00")


def test_a_procedure_that_is_said_to_have_ended_before_it_began_leaves_out_no_day() -> None:
    """Only another system's record says so."""
    (resumed,) = given().when(start(10), stop("2007-03-08"), resume("2007-03-07", heard="2007-03-09")).events
    assert isinstance(resumed, ClockResumed)
    assert resumed.due_at == moment("2007-03-20T00:00")


def test_no_procedure_revives_a_limit_that_has_passed() -> None:
    """The 19th of March was the last day; heard of on the 28th, with a first day that lies before."""
    given().when(start(10), stop("2007-03-08", heard="2007-03-28")).then()


# --- Art. 42: extension -----------------------------------------------------------------------------------------------------------


def test_an_extension_adds_to_the_budget_and_the_rungs_come_anew() -> None:
    happened = given().when(start(10), tick("2007-03-19"), extend(10, "2007-03-19"))
    (extended,) = happened.events
    assert isinstance(extended, ClockExtended)
    assert extended.due_at == moment("2007-04-03T00:00")
    assert extended.generation == 1
    rungs = said(given(happened.history()).when(tick("2007-04-03")).events)
    assert [(name, generation) for name, generation, *_ in rungs] == [("reminder", 1), ("yellow", 1), ("red", 1)]


def test_an_extension_during_a_stop_waits_with_its_day() -> None:
    (extended,) = given().when(start(10), stop("2007-03-08"), extend(10, "2007-03-09")).events
    assert isinstance(extended, ClockExtended)
    assert extended.due_at is None


def test_an_extension_moves_no_limit_that_has_passed() -> None:
    """Red on the 20th of March, extended on the 28th: a broken promise stays broken."""
    given().when(start(10), extend(10, "2007-03-28")).then()
    story = given().when(start(10), extend(10, "2007-03-28"), end("2007-03-29")).history()
    assert isinstance(story[-1], ClockEnded)
    assert story[-1].late


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
