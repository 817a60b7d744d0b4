"""依法不计时 as acts, clocks and cards show it together (行政许可法 Art. 45)."""

from __future__ import annotations

import pytest

from libs.testkit.neighbours import moment
from tests.together.stories import (
    EXAMINER,
    accepted,
    approve,
    call_off,
    conclude_examining,
    decide,
    examine,
    extend,
    resume,
    suspend,
    take_up,
)


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


@pytest.mark.parametrize("first", ["2008-03-07", "2070-03-12"])
def test_while_one_stop_runs_none_is_announced_for_a_day_behind_the_limit_that_it_is_expected_to_leave(first: str) -> None:
    """An inspection runs since 7 March, expected to take five days: with it the limit would be due in April."""
    story = accepted()
    assert suspend(story, "2007-03-07T09:00", first="2007-03-07").refused is None
    assert suspend(story, "2007-03-08T09:00", first=first, reason="hearing").refused == "limit-passed"
    assert story.clock("statutory").shown.stops == "1:2007-03-07"


def test_another_stop_may_be_announced_while_one_runs_longer_than_expected() -> None:
    """Expected to take five days from 7 March on, the inspection still runs in May."""
    story = accepted()
    assert suspend(story, "2007-03-07T09:00", first="2007-03-07").refused is None
    assert suspend(story, "2007-05-10T09:00", first="2007-05-10", reason="testing").refused is None
    assert suspend(story, "2007-05-10T10:00", first="2007-05-28", reason="hearing").refused is None


def test_a_stop_may_begin_on_the_last_day_of_the_limit() -> None:
    story = accepted()
    assert suspend(story, "2007-04-02T09:00", first="2007-04-02").refused is None
    story.until("2007-04-03T09:00")
    assert story.clock("statutory").said("red") == []


def test_no_stop_begins_before_the_day_of_acceptance() -> None:
    story = accepted("2007-03-08T10:00")
    assert suspend(story, "2007-03-08T11:00", first="2007-03-06").refused == "not-yet-accepted"
    assert story.clock("promised").shown.due_at == moment("2007-03-23T00:00")


# --- what a stop blocks, and what becomes of it -----------------------------------------------------------------------------------------


def test_a_stop_announced_for_later_blocks_nothing_before_its_day() -> None:
    story = accepted()
    examine(story, "2007-03-06T09:00", "2007-03-07T11:00")
    assert suspend(story, "2007-03-07T14:00", first="2007-03-15").refused is None
    approve(story, "2007-03-08T09:00", "2007-03-08T10:00")
    assert decide(story, "2007-03-09T09:00").refused is None
    assert [story.clock(name).shown.late for name in ("promised", "statutory")] == [False, False]


def test_nothing_is_decided_from_the_first_day_of_a_stop_on() -> None:
    story = accepted()
    examine(story, "2007-03-06T09:00", "2007-03-07T11:00")
    suspend(story, "2007-03-07T14:00", first="2007-03-09")
    approve(story, "2007-03-08T09:00", "2007-03-08T10:00")
    assert decide(story, "2007-03-09T09:00").refused == "suspended"


@pytest.mark.parametrize("reason", ["hearing", "expert-review"])
def test_nobody_concludes_anything_while_a_hearing_or_an_expert_review_runs(reason: str) -> None:
    story = accepted()
    assert take_up(story, "审查", EXAMINER, "2007-03-06T09:00").refused is None
    assert suspend(story, "2007-03-07T09:00", first="2007-03-07", reason=reason).refused is None
    assert conclude_examining(story, "2007-03-08T09:00").refused == "suspended"
    assert story.phase == "accepted"


def test_an_inspection_does_not_keep_the_examiner_from_concluding() -> None:
    story = accepted()
    assert take_up(story, "审查", EXAMINER, "2007-03-06T09:00").refused is None
    assert suspend(story, "2007-03-07T09:00", first="2007-03-07", reason="inspection").refused is None
    assert conclude_examining(story, "2007-03-08T09:00").refused is None
    assert story.phase == "examined"


def test_no_stop_begins_when_the_case_is_approved() -> None:
    story = accepted()
    examine(story, "2007-03-06T09:00", "2007-03-07T11:00")
    approve(story, "2007-03-08T09:00", "2007-03-08T10:00")
    assert suspend(story, "2007-03-09T09:00", first="2007-03-09").refused == "already-approved"
    assert story.clock("promised").shown.state == "open"


def test_a_stop_that_nobody_ends_is_warned_of() -> None:
    """Five days were expected from 12 March on; meanwhile neither promise nor limit says anything."""
    story = accepted()
    assert suspend(story, "2007-03-12T09:00", first="2007-03-12", expected_days=5).refused is None
    story.until("2007-03-21T09:00")
    assert [card.colour.value for card in story.cards if card.clock_kind == "suspension"] == ["yellow", "red"]
    assert [card for card in story.cards if card.clock_kind in ("promised", "statutory")] == []


def test_two_stops_at_once_count_their_days_once() -> None:
    """From 8 to 14 March and from 12 to 16 March: of the ten days promised two lie before, eight behind, the last of them on 28 March."""
    story = accepted()
    assert suspend(story, "2007-03-08T09:00", first="2007-03-08", expected_days=10).refused is None
    assert suspend(story, "2007-03-12T09:00", first="2007-03-12", reason="testing").refused is None
    assert resume(story, "2007-03-15T09:00", last="2007-03-14", number=1).refused is None
    assert story.clock("promised").shown.state == "stopped"
    assert resume(story, "2007-03-19T09:00", last="2007-03-16", number=2).refused is None
    promised = story.clock("promised").shown
    assert (promised.state, promised.due_at) == ("open", moment("2007-03-29T00:00"))


def test_a_stop_called_off_before_its_day_leaves_limits_and_cards_as_they_were() -> None:
    """Announced on 7 March for 15 March, called off on 14 March; promised by 19 March."""
    story = accepted()
    assert suspend(story, "2007-03-07T09:00", first="2007-03-15").refused is None
    assert story.clock("promised").shown.due_at is None
    assert call_off(story, "2007-03-15T09:00").refused == "stop-begun"
    story = accepted()
    assert suspend(story, "2007-03-07T09:00", first="2007-03-15").refused is None
    assert call_off(story, "2007-03-14T09:00").refused is None
    assert (story.clock("promised").shown.state, story.clock("suspension:1").shown.state) == ("open", "cancelled")
    story.until("2007-03-20T09:00")
    assert story.clock("promised").rungs == (
        ("reminder", moment("2007-03-16T00:00")), ("yellow", moment("2007-03-19T00:00")), ("red", moment("2007-03-20T00:00"))
    )  # fmt: skip


def test_a_decision_before_the_day_of_a_stop_leaves_nothing_to_warn_of() -> None:
    story = accepted()
    examine(story, "2007-03-06T09:00", "2007-03-07T11:00")
    assert suspend(story, "2007-03-07T14:00", first="2007-03-15").refused is None
    approve(story, "2007-03-08T09:00", "2007-03-08T10:00")
    assert decide(story, "2007-03-09T09:00").refused is None
    assert story.clock("suspension:1").shown.state == "cancelled"
    story.until("2007-03-22T09:00")
    assert [card for card in story.cards if card.clock_kind == "suspension"] == []
