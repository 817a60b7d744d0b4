"""The telling itself: acts, clocks and cards of one case together, from its first day to its last."""

from __future__ import annotations

from cProfile import Profile

import pytest
from pydantic import ValidationError

from libs.decider import Refused
from libs.testkit.neighbours import moment
from tests.together.stories import CLERK, EXAMINER, accepted, approve, decide, deliver, examine, filed, licence
from tests.together.telling import Telling


def test_a_case_granted_in_time_gets_no_red_card() -> None:
    story = accepted()
    examine(story, "2007-03-06T09:00", "2007-03-07T11:00")
    approve(story, "2007-03-07T15:00", "2007-03-07T16:00")
    assert decide(story, "2007-03-09T09:00").refused is None
    assert deliver(story, "2007-03-12T09:00").refused is None
    assert story.act("2007-03-13T09:00", CLERK, "close").refused is None
    assert (story.phase, story.possible, story.cards, story.findings, story.refusals) == ("closed", [], [], [], [])
    assert {name: story.clock(name).shown.late for name in ("statutory", "promised", "step:1", "step:2", "delivery")} == {
        "statutory": False, "promised": False, "step:1": False, "step:2": False, "delivery": False
    }  # fmt: skip


def test_a_step_done_too_late_gets_a_yellow_and_a_red_card_at_their_own_instants() -> None:
    story = accepted()
    examine(story, "2007-03-05T14:00", "2007-03-12T11:00")
    step = story.clock("step:1")
    assert (step.shown.state, step.shown.late, step.shown.due_at) == ("ended", True, moment("2007-03-09T00:00"))
    assert step.rungs[-2:] == (("yellow", moment("2007-03-08T00:00")), ("red", moment("2007-03-09T00:00")))
    assert [(card.colour.value, card.at) for card in story.cards if card.clock_kind == "step"] == list(step.rungs[-2:])


def test_a_promise_that_passes_is_red_again_for_every_week_until_the_decision() -> None:
    story = accepted(steps=[{**step, "limit_days": None} for step in licence()["steps"]])
    story.until("2007-03-27T12:00")
    promised = story.clock("promised")
    assert promised.said("red") == [moment("2007-03-20T00:00"), moment("2007-03-27T00:00")]
    assert [card.overdue for card in story.cards if card.colour.value == "red"] == [0, 1]


def test_silence_accepts_as_of_the_day_the_materials_came() -> None:
    story = filed()
    story.until("2007-03-12T23:59")
    assert story.phase == "filed"
    story.until("2007-03-13T00:00")
    assert story.phase == "accepted"
    accepted_fact = next(fact.said for fact in story.facts if fact.type == "CaseAccepted")
    assert (accepted_fact.by.value, accepted_fact.effective) == ("silence", moment("2007-03-05T09:00"))
    assert story.clock("correction").said("silence") == [moment("2007-03-13T00:00")]
    assert story.clock("promised").shown.due_at == moment("2007-03-20T00:00")


def test_what_is_refused_changes_nothing_and_is_kept() -> None:
    story = filed()
    before = list(story.facts)
    told = decide(story, "2007-03-05T11:00")
    assert (told.refused, told.facts, story.facts) == ("not-approved", (), before)
    assert [refusal.code for refusal in story.refusals] == ["not-approved"]


def test_a_body_that_the_form_does_not_take_is_no_act() -> None:
    with pytest.raises(ValidationError):
        accepted().act("2007-03-06T09:00", EXAMINER, "steps/start", name="")


def test_a_procedure_that_the_law_does_not_allow_is_not_told_of() -> None:
    with pytest.raises(Refused, match="statutory-over-20"):
        Telling(licence(statutory_days=21))


def test_whoever_decides_hears_or_shows_something_of_a_case_takes_part() -> None:
    assert [part.codec.service for part in filed().runner.parts] == ["catalogue", "intake", "deadline", "supervision"]


def test_time_does_not_go_back() -> None:
    with pytest.raises(AssertionError, match="time goes on"):
        accepted().until("2007-03-04T09:00")


def test_a_year_in_which_nobody_works_costs_what_the_year_before_it_cost() -> None:
    """Counted in calls, which no other work on the machine changes."""
    story = accepted()
    years = [calls_until(story, f"{year}-12-31T09:00") for year in range(2007, 2013)]
    assert len(story.cards) > 700
    assert max(years[1:]) < 1.1 * min(years[1:])


def calls_until(story: Telling, at: str) -> int:
    """How many calls it takes to let time go on."""
    with Profile() as profile:
        story.until(at)
    return sum(entry.callcount for entry in profile.getstats())
