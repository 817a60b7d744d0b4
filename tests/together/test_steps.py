"""环节 as acts, clocks and cards show them together: a step falls due to its post, and whoever holds it answers for it (P-step-limit)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from libs.testkit.neighbours import moment
from tests.together.stories import EXAMINER, accepted, examine, take_up
from tests.together.telling import Telling


def cards_of(story: Telling, clock: str) -> list[dict[str, Any]]:
    """The cards of a clock of the case, field by field."""
    return [asdict(card) for card in story.cards if card.clock == f"clock:{story.case}:{clock}"]


def test_a_step_left_lying_after_acceptance_goes_yellow_and_red() -> None:
    """Three days for examining, accepted on 5 March: nobody takes it up by the end of 8 March."""
    story = accepted()
    story.until("2007-03-09T09:00")
    cards = cards_of(story, "step:1")
    assert [(card["colour"].value, card["at"]) for card in cards] == [
        ("yellow", moment("2007-03-08T00:00")), ("red", moment("2007-03-09T00:00"))
    ]  # fmt: skip
    assert [(card["post"], card["officer"]) for card in cards] == [("审查岗", "")] * 2
    assert all(card["department"] for card in cards)


def test_the_next_step_falls_due_when_the_one_before_it_is_done() -> None:
    """One day for approving, examined on 6 March: nobody takes it up by the end of 7 March."""
    story = accepted()
    examine(story, "2007-03-06T09:00", "2007-03-06T11:00")
    story.until("2007-03-08T09:00")
    reds = [card for card in cards_of(story, "step:2") if card["colour"].value == "red"]
    assert [(card["at"], card["post"], card["officer"]) for card in reds] == [(moment("2007-03-08T00:00"), "核准岗", "")]


def test_who_takes_a_step_up_late_is_named_from_then_on() -> None:
    """Yellow on 8 March in nobody's hands, taken up that day, red at its end."""
    story = accepted()
    assert take_up(story, "审查", EXAMINER, "2007-03-08T15:00").refused is None
    story.until("2007-03-09T09:00")
    assert [(card["colour"].value, card["officer"]) for card in cards_of(story, "step:1")] == [("yellow", ""), ("red", EXAMINER)]


def test_a_broken_promise_is_told_to_whoever_holds_the_step() -> None:
    """Accepted by the window, taken up by the examiner, promised by the end of 19 March."""
    story = accepted()
    assert take_up(story, "审查", EXAMINER, "2007-03-06T09:00").refused is None
    story.until("2007-03-20T09:00")
    assert [card["officer"] for card in cards_of(story, "promised") if card["colour"].value == "red"] == [EXAMINER]
