"""What stops a clock and what makes it longer: sentences of Art. 45 and 42 (docs/clocks.md)."""

from __future__ import annotations

from dataclasses import replace

from libs.testkit.neighbours import moment
from services.deadline.events import ClockEnded, ClockExtended, ClockResumed, ClockStopped
from services.deadline.tests.stories import call_off, end, extend, given, resume, said, start, stop, tick

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
    given().when(start(10), stop("2007-03-08"), resume("2007-03-09"), stop("2007-03-12")).then()
    given().when(start(10), resume("2007-03-09")).then()
    given().when(start(10), stop("2007-03-08"), resume("2007-03-09", number=2)).then()
    given().when(stop("2007-03-08")).then()


def test_the_days_of_several_procedures_are_united() -> None:
    """From the 8th to the 13th and from the 12th to the 15th of March: six working days; due on the 27th instead of the 19th."""
    stops = (stop("2007-03-08"), stop("2007-03-12", number=2))
    (standing,) = given().when(start(10), *stops, resume("2007-03-13")).events
    assert isinstance(standing, ClockResumed)
    assert standing.due_at is None
    (resumed,) = given().when(start(10), *stops, resume("2007-03-13"), resume("2007-03-15", number=2)).events
    assert isinstance(resumed, ClockResumed)
    assert resumed.due_at == moment("2007-03-28T00:00")
    other = given().when(start(10), *stops, resume("2007-03-15", number=2), resume("2007-03-13", heard="2007-03-16")).events
    assert isinstance(other[-1], ClockResumed)
    assert other[-1].due_at == moment("2007-03-28T00:00")


def test_a_procedure_that_is_said_to_have_ended_before_it_began_leaves_out_no_day() -> None:
    """Only another system's record says so."""
    (resumed,) = given().when(start(10), stop("2007-03-08"), resume("2007-03-07", heard="2007-03-09")).events
    assert isinstance(resumed, ClockResumed)
    assert resumed.due_at == moment("2007-03-20T00:00")


def test_no_procedure_revives_a_limit_that_has_passed() -> None:
    """The 19th of March was the last day; heard of on the 28th, with a first day that lies before."""
    given().when(start(10), stop("2007-03-08", heard="2007-03-28")).then()


def test_one_that_was_announced_and_called_off_leaves_everything_as_it_was() -> None:
    """An inspection from the 19th on, the last day, announced on the 12th; the reminder of the 16th was said; called off that day."""
    story = given().when(start(10), stop("2007-03-19", heard="2007-03-12"), tick("2007-03-16", "09:00"), call_off("2007-03-16")).history()
    resumed = story[-1]
    assert isinstance(resumed, ClockResumed)
    assert (resumed.last, resumed.due_at, resumed.next_at) == (None, moment("2007-03-20T00:00"), moment("2007-03-19T00:00"))
    assert said(given(story).when(tick("2007-03-20", "00:00")).events) == [
        ("yellow", 1, 0, moment("2007-03-19T00:00")),
        ("red", 1, 0, moment("2007-03-20T00:00")),
    ]


def test_what_one_procedure_hid_comes_to_light_though_another_ended_before() -> None:
    """The first ended on the 9th, but nobody said so until April; the second began on the 26th, when the limit had passed on the 21st."""
    stops = (stop("2007-03-08"), stop("2007-03-26", number=2), resume("2007-03-28", number=2))
    story = given().when(start(10), *stops, resume("2007-03-09", heard="2007-04-02")).history()
    assert [(rung, at) for rung, _, _, at in said(given(story).when(tick("2007-04-02", "18:00")).events)] == [
        ("reminder", moment("2007-03-20T00:00")),
        ("yellow", moment("2007-03-21T00:00")),
        ("red", moment("2007-03-22T00:00")),
    ]


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


def test_what_a_stop_hid_comes_to_light_though_the_limit_was_extended_meanwhile() -> None:
    """Twenty days and two of the stop: the last is 3 April; nobody said until May that the test had ended."""
    story = given().when(start(10), stop("2007-03-08"), extend(10, "2007-04-20"), resume("2007-03-09", heard="2007-05-08")).history()
    assert said(given(story).when(tick("2007-05-08", "18:00")).events)[2] == ("red", 2, 0, moment("2007-04-05T00:00"))


def test_what_a_record_tells_late_moves_no_limit_whose_red_was_said() -> None:
    """An imported stop and an imported extension of the 12th of March, heard of when the red card is out."""
    red = given().when(start(10), tick("2007-03-20")).history()
    given(red).when(replace(stop("2007-03-12"), imported=True)).then()
    given(red).when(replace(extend(10, "2007-03-12"), imported=True)).then()
    (stopped,) = given(red).when(stop("2007-03-12")).events
    assert isinstance(stopped, ClockStopped)
