"""Taking up a case, with its clocks: what silence did stands, whoever comes late, and who was told in time is accepted by the return."""

from __future__ import annotations

from typing import Final

from libs.story import Ask
from libs.testkit.neighbours import moment
from services.intake.case.steps import StartStep
from tests.together.stories import CLERK, EXAMINER, STEPS, filed
from tests.together.telling import EVERYTHING, Telling

BOTH: Final = ["申请书", "平面图"]


def told() -> Telling:
    """Filed on Monday 5 March, told on the next day that both papers are missing."""
    story = filed()
    assert story.act("2007-03-06T09:00", CLERK, "corrections-notice", missing=BOTH).refused is None
    return story


def returned() -> Telling:
    """One of both came back on Wednesday 14 March."""
    story = told()
    assert story.act("2007-03-14T09:00", CLERK, "corrections-return", still_missing=["平面图"]).refused is None
    return story


def test_who_was_told_in_time_is_accepted_on_the_day_of_the_return() -> None:
    story = told()
    assert story.act("2007-03-20T09:00", CLERK, "acceptance").refused == "told-to-correct"
    assert story.act("2007-03-20T10:00", CLERK, "corrections-return", waived=["平面图"], reasons="已由共享数据查验").refused is None
    assert story.clock("promised").shown.due_at == moment("2007-04-04T00:00")
    assert story.cards == []


def test_a_return_after_the_silence_loses_nothing() -> None:
    """Silence complete at 24:00 on 21 March: what comes on the 23rd comes to an accepted case."""
    for left in (["平面图"], []):
        story = returned()
        assert story.act("2007-03-23T09:00", CLERK, "corrections-return", still_missing=left).refused == "already-accepted"
        (accepted,) = [fact.said for fact in story.facts if fact.type == "CaseAccepted"]
        assert (accepted.by.value, accepted.effective, accepted.at) == ("silence", moment("2007-03-14T09:00"), moment("2007-03-22T00:00"))
        assert story.clock("promised").shown.due_at == moment("2007-03-29T00:00")


def test_an_act_before_the_clocks_have_spoken_writes_the_acceptance_that_they_then_find() -> None:
    """The deadline service lags behind: an officer takes a step up on the 14th, its silence of the 13th is noticed after that."""
    story, at = filed(), moment("2007-03-14T09:00")
    step = StartStep(case=story.case, officer=EXAMINER, at=at, calendar=story.calendar, grants=EVERYTHING, name="审查")
    written = story.runner.ask("steps/start", Ask(story.node, story.cases, story.case, step, EXAMINER)).facts[0].record
    assert (written.type, written.time) == ("liandong.intake.CaseAccepted.v1", moment("2007-03-13T00:00"))
    before = len(story.stream())
    story.until("2007-03-16T00:00")
    assert len(story.stream()) == before, "accepted once"
    assert story.clock("promised").shown.due_at == moment("2007-03-20T00:00")


def test_whatever_a_procedure_may_name_can_be_asked_for_and_worked_on() -> None:
    """Names of papers are as long as lists published have them: 建设项目…, sometimes over a hundred signs."""
    paper, step = "经审查合格的施工图设计文件" * 8, "现场核查" * 20
    story = filed(materials=[{"name": paper}], steps=[{"name": step, "post": "审查岗"}, *STEPS])
    assert story.act("2007-03-06T09:00", CLERK, "corrections-notice", missing=[paper]).refused is None
    assert story.act("2007-03-07T09:00", CLERK, "corrections-return").refused is None
    assert story.act("2007-03-08T09:00", EXAMINER, "steps/start", name=step).refused is None
    assert story.act("2007-03-08T10:00", EXAMINER, "steps/done", name=step).refused is None
