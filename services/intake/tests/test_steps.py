"""环节: in the order of the procedure, two officers where it says so (Art. 34)."""

from __future__ import annotations

import pytest

from services.intake.events import StepDone, StepRole, StepStarted
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, REVIEW, SIGN, SITE_VISIT, at, given


def test_a_step_taken_in_hand_runs_its_limit() -> None:
    given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查")).then(
        StepStarted(case=NUMBER, number=1, name="现场核查", role=StepRole.WORK, limit_days=5, officer="examiner-1", at=at("2007-03-07"))
    )


def test_steps_follow_the_order_of_the_procedure() -> None:
    given(s.accepted(SITE_VISIT, REVIEW)).when(s.start_step("审查")).refused("out-of-order")
    given(s.accepted()).when(s.start_step("现场核查")).refused("out-of-order")
    given(s.visited()).when(s.start_step("现场核查")).refused("out-of-order")


def test_no_step_before_acceptance() -> None:
    given(s.filed(SITE_VISIT)).when(s.start_step("现场核查")).refused("not-yet-accepted")


def test_one_step_at_a_time() -> None:
    story = given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查")).history()
    given(story).when(s.start_step("现场核查", on="2007-03-09")).then()
    given(story).when(s.start_step("现场核查", officer="examiner-2")).refused("step-in-hand")


def test_a_step_is_done_after_it_was_started() -> None:
    given(s.accepted(REVIEW)).when(s.finish_step("审查")).refused("step-not-started")
    given(s.accepted(REVIEW)).when(s.start_step("审查"), s.finish_step("审查")).then(
        StepDone(
            case=NUMBER,
            number=1,
            name="审查",
            role=StepRole.EXAMINE,
            officer="examiner-1",
            second_officer="",
            at=at("2007-03-08", "11:00"),
        )
    )


def test_a_step_done_twice_is_done_once() -> None:
    given(s.reviewed()).when(s.finish_step("审查")).then()


@pytest.mark.parametrize("second", ["", "-", " ", "examiner-1", " examiner-1 ", "Examiner-1", "ＥＸＡＭＩＮＥＲ－１"])
def test_a_substantive_verification_needs_two_officers(second: str) -> None:
    given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查"), s.finish_step("现场核查", second=second)).refused("needs-two-officers")


def test_who_finishes_a_step_is_who_holds_it() -> None:
    story = given(s.accepted(REVIEW, SIGN)).when(s.start_step("审查", "examiner-1")).history()
    given(story).when(s.finish_step("审查", "examiner-2")).refused("not-in-hand")


def test_nothing_is_approved_before_it_is_examined_whatever_the_procedure_says() -> None:
    given(s.accepted(SIGN, REVIEW)).when(s.start_step("核准", "approver-1")).refused("not-examined")


def test_a_step_falls_due_to_its_post_with_acceptance_and_with_each_step_done() -> None:
    def said(story: s.Told) -> list[str]:
        return [type(fact).__name__ for fact in story]

    assert said(s.accepted(SITE_VISIT, REVIEW)) == ["CaseFiled", "CaseAccepted", "StepFellDue"]
    visited = given(s.accepted(SITE_VISIT, REVIEW)).when(s.start_step("现场核查"), s.finish_step("现场核查", second="examiner-2"))
    assert said(visited.history())[3:] == ["StepStarted", "StepDone", "StepFellDue"]
