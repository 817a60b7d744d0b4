"""依法不计时 as acts, clocks and cards show it together (行政许可法 Art. 45)."""

from __future__ import annotations

from libs.testkit.neighbours import moment
from tests.together.stories import accepted, approve, decide, examine, extend, resume, suspend


def test_a_passed_limit_is_not_revived_by_a_stop_that_lies_back() -> None:
    """Due by law at the end of 2 April; on 10 April comes a stop from 7 March on, then an extension, then the decision."""
    story = accepted()
    examine(story, "2007-03-06T09:00", "2007-03-07T11:00")
    stopped = suspend(story, "2007-04-10T09:00", first="2007-03-07")
    extended = extend(story, "2007-04-10T10:00")
    resume(story, "2007-04-10T11:00", last="2007-04-10")
    approve(story, "2007-04-11T09:00", "2007-04-11T10:00")
    assert decide(story, "2007-04-11T11:00").refused is None
    red = next(card for card in story.cards if (card.clock_kind, card.colour.value) == ("statutory", "red"))
    clock = story.clock("statutory").shown
    assert (red.at, clock.due_at, clock.late) == (moment("2007-04-03T00:00"), red.at, True)
    assert (stopped.refused, extended.refused) == ("stop-back-dated", "limit-passed")


def test_no_stop_begins_when_the_limit_has_passed() -> None:
    story = accepted()
    assert suspend(story, "2007-04-03T09:00", first="2007-04-03").refused == "limit-passed"
    assert story.clock("statutory").shown.state == "open"


def test_no_stop_is_announced_for_a_day_behind_the_limit() -> None:
    story = accepted()
    assert suspend(story, "2007-03-20T09:00", first="2007-04-03").refused == "limit-passed"
    story.until("2007-04-03T09:00")
    assert story.clock("statutory").said("red") == [moment("2007-04-03T00:00")]


def test_a_stop_may_begin_on_the_last_day_of_the_limit() -> None:
    story = accepted()
    assert suspend(story, "2007-04-02T09:00", first="2007-04-02").refused is None
    story.until("2007-04-03T09:00")
    assert story.clock("statutory").said("red") == []


def test_no_stop_begins_before_the_day_of_acceptance() -> None:
    story = accepted("2007-03-08T10:00")
    assert suspend(story, "2007-03-08T11:00", first="2007-03-06").refused == "not-yet-accepted"
    assert story.clock("promised").shown.due_at == moment("2007-03-23T00:00")
