"""审查, 核准: each concluded once, with the step that does it, in their order (P-examine-approve)."""

from __future__ import annotations

from dataclasses import replace

from services.intake.events import CaseApproved, CaseExamined, Outcome, PinnedStep, StepDone, StepFellDue, StepRole, StepSentBack
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, REVIEW, SIGN, SITE_VISIT, at, given

SECOND_REVIEW = PinnedStep(name="复审", post="审查岗", role=StepRole.EXAMINE)
FIRST_SIGN = PinnedStep(name="初核", post="核准岗", role=StepRole.APPROVE)


def test_one_examines_another_approves_each_with_the_step() -> None:
    examined = given(s.examining()).when(s.examine())
    assert [type(fact) for fact in examined.events] == [StepDone, CaseExamined, StepFellDue]
    assert examined.one(CaseExamined) == CaseExamined(
        case=NUMBER, officer="examiner-1", recommends=Outcome.GRANTED, reasons="", at=at("2007-03-20")
    )
    approved = given(s.approving()).when(s.approve())
    assert [type(fact) for fact in approved.events] == [StepDone, CaseApproved]
    assert approved.one(CaseApproved) == CaseApproved(
        case=NUMBER, officer="approver-1", outcome=Outcome.GRANTED, reasons="", at=at("2007-03-21", "11:00")
    )


def test_the_last_step_of_its_kind_concludes() -> None:
    story = given(s.accepted(REVIEW, SECOND_REVIEW, FIRST_SIGN, SIGN)).when(s.start_step("审查")).history()
    given(story).when(s.examine()).refused("no-conclusion-here")
    story = given(story).when(s.finish_step("审查"), s.start_step("复审")).history()
    given(story).when(s.finish_step("复审")).refused("no-outcome")
    story = given(story).when(replace(s.examine(), name="复审"), s.start_step("初核", "approver-1")).history()
    given(story).when(replace(s.approve(), name="初核")).refused("no-conclusion-here")
    given(story).when(s.finish_step("初核", "approver-1"), s.start_approving(), s.approve()).taken()


def test_a_conclusion_is_given_with_its_own_step_alone() -> None:
    visiting = given(s.accepted(SITE_VISIT, REVIEW, SIGN)).when(s.start_step("现场核查")).history()
    visited = s.finish_step("现场核查", second="examiner-2")
    given(visiting).when(replace(visited, recommends=Outcome.GRANTED)).refused("no-conclusion-here")
    given(visiting).when(replace(visited, outcome=Outcome.GRANTED)).refused("no-conclusion-here")
    given(s.examining()).when(replace(s.examine(), outcome=Outcome.GRANTED)).refused("no-conclusion-here")
    given(visiting).when(replace(visited, reasons="现场与图纸一致")).refused("no-conclusion-here")
    given(s.approving()).when(replace(s.approve(), recommends=Outcome.GRANTED)).refused("no-conclusion-here")


def test_what_the_examiner_gives_as_reasons_is_kept() -> None:
    against = replace(s.examine(recommends=Outcome.REFUSED), reasons="不符合取水总量控制")
    assert given(s.examining()).when(against).one(CaseExamined).reasons == "不符合取水总量控制"


def test_a_conclusion_stands() -> None:
    given(s.examined()).when(s.examine(recommends=Outcome.REFUSED)).refused("step-not-started")
    given(s.approved()).when(s.approve(outcome=Outcome.REFUSED, reasons="水量不足")).refused("step-not-started")


def test_nothing_is_approved_before_it_is_examined_whatever_the_procedure_says() -> None:
    given(s.accepted(SIGN, REVIEW)).when(s.start_step("核准", "approver-1")).refused("not-examined")
    given(s.accepted(REVIEW, SIGN, SECOND_REVIEW)).when(s.start_step(), s.finish_step("审查"), s.start_approving()).refused("not-examined")


def test_nothing_is_decided_unapproved() -> None:
    given(s.examined()).when(s.decide()).refused("not-approved")
    given(s.approving()).when(s.decide()).refused("not-approved")


def test_a_conclusion_is_granted_or_refused() -> None:
    given(s.examining()).when(s.examine(recommends=Outcome.NOT_STATED)).refused("no-outcome")
    given(s.approving()).when(s.approve(outcome=Outcome.NOT_STATED)).refused("no-outcome")


def test_who_approves_otherwise_than_recommended_says_why() -> None:
    given(s.approving()).when(s.approve(outcome=Outcome.REFUSED)).refused("no-reasons")
    given(s.approving()).when(s.approve(outcome=Outcome.REFUSED, reasons="　")).refused("no-reasons")
    approved = given(s.approving()).when(s.approve(outcome=Outcome.REFUSED, reasons="超出取水总量控制"))
    assert approved.one(CaseApproved).reasons == "超出取水总量控制"


# --- sent back ------------------------------------------------------------------------------------------------------------------------


def test_the_approver_sends_the_case_back_to_its_examination() -> None:
    given(s.approving()).when(s.send_back()).then(
        StepSentBack(
            case=NUMBER,
            number=2,
            name="核准",
            reopens="审查",
            reasons="未核对取水量",
            officer="approver-1",
            at=at("2007-03-21", "15:00"),
        ),
        StepFellDue(
            case=NUMBER,
            number=3,
            name="审查",
            role=StepRole.EXAMINE,
            post="审查岗",
            limit_days=3,
            officer="approver-1",
            at=at("2007-03-21", "15:00"),
        ),
    )
    given(s.approving()).when(s.send_back(reasons=" ")).refused("no-reasons")


def test_only_who_holds_an_approving_step_sends_back() -> None:
    given(s.examined()).when(s.send_back()).refused("not-in-hand")
    given(s.approving()).when(s.send_back("approver-2")).refused("not-in-hand")
    between = given(s.examined(Outcome.GRANTED, REVIEW, SITE_VISIT, SIGN)).when(s.start_step("现场核查", "approver-1")).history()
    given(between).when(s.send_back()).refused("not-approving")


def test_what_was_sent_back_is_examined_and_approved_again() -> None:
    given(s.sent_back()).when(s.examine()).refused("step-not-started")
    given(s.sent_back()).when(s.start_approving()).refused("out-of-order")
    given(s.sent_back()).when(s.decide()).refused("not-approved")
    again = given(s.sent_back()).when(s.start_step(), s.examine(recommends=Outcome.REFUSED), s.start_approving()).history()
    given(again).when(s.approve()).refused("no-reasons")
    given(again).when(s.approve(outcome=Outcome.REFUSED)).taken()


def test_the_steps_between_are_done_again_in_their_order() -> None:
    visit = (s.start_step("现场核查"), s.finish_step("现场核查", second="examiner-2"))
    told = given(s.examined(Outcome.GRANTED, REVIEW, SITE_VISIT, SIGN)).when(*visit, s.start_approving(), s.send_back()).history()
    again = given(told).when(s.start_step(), s.examine()).history()
    given(again).when(s.start_approving()).refused("out-of-order")
    given(again).when(*visit, s.start_approving(), s.approve()).taken()
