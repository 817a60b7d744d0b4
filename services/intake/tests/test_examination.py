"""审查, 核准: each once, in their order (P-examine-approve)."""

from __future__ import annotations

from services.intake.events import CaseApproved, CaseExamined, Outcome
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_one_examines_another_approves() -> None:
    given(s.accepted()).when(s.examine()).then(
        CaseExamined(case=NUMBER, officer="examiner-1", recommends=Outcome.GRANTED, at=at("2007-03-20"))
    )
    given(s.examined()).when(s.approve()).then(
        CaseApproved(case=NUMBER, officer="approver-1", outcome=Outcome.GRANTED, at=at("2007-03-21"))
    )


def test_a_case_is_examined_when_the_steps_before_approval_are_done_and_approved_when_all_are() -> None:
    given(s.visited()).when(s.examine()).refused("steps-open")
    given(s.reviewed()).when(s.examine(), s.approve()).refused("steps-open")
    given(s.reviewed()).when(s.examine(), s.start_step("核准", "approver-1"), s.finish_step("核准", "approver-1"), s.approve()).taken()


def test_examined_and_approved_once() -> None:
    given(s.examined()).when(s.examine()).then()
    given(s.examined()).when(s.examine("examiner-2")).refused("already-examined")
    given(s.approved()).when(s.approve()).then()
    given(s.approved()).when(s.approve("approver-2")).refused("already-approved")


def test_nothing_is_approved_unexamined_or_decided_unapproved() -> None:
    given(s.told_to_correct()).when(s.examine()).refused("not-yet-accepted")
    given(s.accepted()).when(s.approve()).refused("not-examined")
    given(s.examined()).when(s.decide()).refused("not-approved")


def test_a_conclusion_is_granted_or_refused() -> None:
    given(s.accepted()).when(s.examine(recommends=Outcome.NOT_STATED)).refused("no-outcome")
    given(s.examined()).when(s.approve(outcome=Outcome.NOT_STATED)).refused("no-outcome")
