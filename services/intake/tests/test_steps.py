"""环节: due to a post, then held by one officer; in the order of the procedure, two officers where it says so (Art. 34)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from libs.authority import NO_GRANTS
from services.intake.events import Outcome, StepDone, StepFellDue, StepHandedOver, StepRole, StepStarted
from services.intake.tests import stories as s
from services.intake.tests.stories import ISSUE, NUMBER, REVIEW, SIGN, SITE_VISIT, at, given


def names(story: s.Told) -> list[str]:
    return [type(fact).__name__ for fact in story]


def test_a_step_taken_in_hand_is_in_the_hands_of_who_took_it() -> None:
    given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查")).then(
        StepStarted(case=NUMBER, number=1, name="现场核查", role=StepRole.WORK, officer="examiner-1", at=at("2007-03-07"))
    )


def test_steps_follow_the_order_of_the_procedure() -> None:
    given(s.accepted(SITE_VISIT, REVIEW)).when(s.start_step("审查")).refused("out-of-order")
    given(s.accepted()).when(s.start_step("现场核查")).refused("out-of-order")
    given(s.visited()).when(s.start_step("现场核查")).refused("out-of-order")
    given(s.approved()).when(s.start_step("核准")).refused("already-approved")


def test_no_step_before_acceptance() -> None:
    given(s.filed(SITE_VISIT)).when(s.start_step("现场核查")).refused("not-yet-accepted")


def test_one_step_at_a_time() -> None:
    story = given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查")).history()
    given(story).when(s.start_step("现场核查", on="2007-03-09")).then()
    given(story).when(s.start_step("现场核查", officer="examiner-2")).refused("step-in-hand")


def test_a_step_is_done_after_it_was_started() -> None:
    given(s.accepted(SITE_VISIT)).when(s.finish_step("现场核查", second="examiner-2")).refused("step-not-started")
    given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查"), s.finish_step("现场核查", second="examiner-2")).then(
        StepDone(
            case=NUMBER,
            number=1,
            name="现场核查",
            role=StepRole.WORK,
            officer="examiner-1",
            second_officer="examiner-2",
            at=at("2007-03-08", "11:00"),
        )
    )


def test_a_step_done_twice_is_done_once() -> None:
    given(s.visited()).when(s.finish_step("现场核查", second="examiner-2")).then()
    given(s.examined()).when(s.examine()).then()
    given(s.approved()).when(s.approve()).then()


@pytest.mark.parametrize("second", ["", "-", " ", "examiner-1", " examiner-1 ", "Examiner-1", "ＥＸＡＭＩＮＥＲ－１"])
def test_a_substantive_verification_needs_two_officers(second: str) -> None:
    given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查"), s.finish_step("现场核查", second=second)).refused("needs-two-officers")


@pytest.mark.parametrize("second", ["-", "Examiner-1"])
def test_a_second_officer_is_another_one_also_where_one_suffices(second: str) -> None:
    given(s.examining()).when(replace(s.examine(), second_officer=second, second_known=True)).refused("needs-two-officers")


def test_a_second_officer_is_a_member_of_staff() -> None:
    unknown = replace(s.finish_step("现场核查", second="examiner-7"), second_known=False)
    given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查"), unknown).refused("second-unknown")
    given(s.examining()).when(replace(s.examine(), second_officer="examiner-7")).refused("second-unknown")


# --- who holds the step ---------------------------------------------------------------------------------------------------------------


def test_who_finishes_a_step_is_who_holds_it() -> None:
    story = given(s.accepted(REVIEW, SIGN)).when(s.start_step("审查", "examiner-1")).history()
    given(story).when(s.examine("examiner-2")).refused("not-in-hand")
    given(story).when(s.examine("Examiner-1")).taken()


def test_a_step_in_hand_is_handed_over_with_its_reasons() -> None:
    given(s.examining()).when(s.hand_over()).then(
        StepHandedOver(
            case=NUMBER,
            number=1,
            name="审查",
            role=StepRole.EXAMINE,
            to="examiner-2",
            reasons="经办人休假",
            officer="examiner-1",
            at=at("2007-03-08"),
        )
    )
    given(s.examining()).when(s.hand_over(), s.hand_over()).then()
    given(s.examining()).when(s.hand_over(reasons=" ")).refused("no-reasons")


def test_only_who_holds_a_step_hands_it_over() -> None:
    given(s.accepted()).when(s.hand_over()).refused("not-in-hand")
    given(s.examining()).when(s.hand_over(officer="examiner-3")).refused("not-in-hand")
    given(s.examining()).when(s.hand_over(), s.hand_over("examiner-3")).refused("not-in-hand")


def test_a_step_is_handed_to_a_member_of_staff() -> None:
    given(s.examining()).when(replace(s.hand_over(), to_grants=NO_GRANTS)).refused("staff-unknown")


def test_a_step_handed_over_is_finished_by_who_has_it_now() -> None:
    story = given(s.examining()).when(s.hand_over()).history()
    given(story).when(s.examine()).refused("not-in-hand")
    given(story).when(s.examine("examiner-2")).taken()


# --- what is due ----------------------------------------------------------------------------------------------------------------------


def test_a_step_falls_due_to_its_post_with_acceptance_and_with_each_step_done() -> None:
    assert names(s.accepted(SITE_VISIT, REVIEW)) == ["CaseFiled", "CaseAccepted", "StepFellDue"]
    visited = given(s.accepted(SITE_VISIT, REVIEW)).when(s.start_step("现场核查"), s.finish_step("现场核查", second="examiner-2"))
    assert names(visited.history())[3:] == ["StepStarted", "StepDone", "StepFellDue"]
    assert visited.one(StepFellDue) == StepFellDue(
        case=NUMBER,
        number=2,
        name="审查",
        role=StepRole.EXAMINE,
        post="审查岗",
        limit_days=3,
        officer="examiner-1",
        at=at("2007-03-08", "11:00"),
    )


def test_after_the_last_step_nothing_falls_due() -> None:
    assert names(s.approved())[-2:] == ["StepDone", "CaseApproved"]
    told = s.approved(Outcome.GRANTED, REVIEW, SIGN, ISSUE)
    assert names(told)[-3:] == ["StepDone", "CaseApproved", "StepFellDue"]
    given(told).when(s.decide()).refused("steps-open")
    given(told).when(s.start_step("制证", "clerk-1"), s.finish_step("制证", "clerk-1"), s.decide()).taken()


def test_a_step_that_nothing_made_due_falls_due_when_it_is_taken_up() -> None:
    """The record of another system makes none due."""
    taken_up = given(s.filed(SITE_VISIT, REVIEW, SIGN)).when(s.imported(s.accept())).history()
    assert names(given(taken_up).when(s.start_step("现场核查")).history())[2:] == ["StepFellDue", "StepStarted"]
    visited = given(taken_up).when(s.imported(s.finish_step("现场核查"))).history()
    happened = given(visited).when(s.start_step("审查"))
    assert [(type(fact).__name__, fact.number) for fact in happened.events if isinstance(fact, StepFellDue | StepStarted)] == [
        ("StepFellDue", 2),
        ("StepStarted", 2),
    ]


def test_what_a_record_tells_of_steps_concludes_nothing() -> None:
    """An examination or approval is done here, whatever steps of that name were done elsewhere; the officers of those stay who they were."""
    elsewhere = [s.imported(s.finish_step(name, "Resource01")) for name in ("T02", "审查", "核准")]
    story = given(s.accepted()).when(*elsewhere).history()
    given(story).when(s.start_approving()).refused("out-of-order")
    given(story).when(s.start_step(), s.examine(), s.start_approving(), s.approve(), s.decide()).taken()


def test_a_record_does_not_take_a_step_out_of_an_officers_hands() -> None:
    elsewhere = [s.imported(s.start_step("T02", "Resource01")), s.imported(s.finish_step("T02", "Resource01"))]
    given(s.examining()).when(*elsewhere, s.examine()).taken()
    given(s.examining()).when(s.imported(s.start_step("审查", "Resource01")), s.examine()).taken()


def test_a_step_done_with_another_second_officer_is_not_already_so() -> None:
    given(s.visited()).when(s.finish_step("现场核查", second="EXAMINER-2")).then()
    given(s.visited()).when(s.finish_step("现场核查", second="examiner-3")).refused("step-not-started")
