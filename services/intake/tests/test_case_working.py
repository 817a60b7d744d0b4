"""Steps, suspension, extension: Art. 34, 42, 45 and the procedure's order."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.events import (
    ClocksResumed,
    ClocksSuspended,
    LimitExtended,
    Outcome,
    StepDone,
    StepRole,
    StepStarted,
    Stopper,
)
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, REVIEW, SIGN, SITE_VISIT, at, given


def visited() -> s.Told:
    return (
        given(s.accepted(SITE_VISIT, REVIEW, SIGN)).when(s.start_step("现场核查"), s.finish_step("现场核查", second="examiner-2")).history()
    )


def reviewed() -> s.Told:
    return given(visited()).when(s.start_step("审查"), s.finish_step("审查")).history()


def suspended() -> s.Told:
    return given(s.accepted()).when(s.suspend()).history()


def test_a_step_taken_in_hand_runs_its_limit() -> None:
    given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查")).then(
        StepStarted(case=NUMBER, number=1, name="现场核查", role=StepRole.WORK, limit_days=5, officer="examiner-1", at=at("2007-03-07"))
    )


def test_steps_follow_the_order_of_the_procedure() -> None:
    given(s.accepted(SITE_VISIT, REVIEW)).when(s.start_step("审查")).refused("out-of-order")
    given(s.accepted()).when(s.start_step("现场核查")).refused("out-of-order")
    given(visited()).when(s.start_step("现场核查")).refused("out-of-order")


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
    given(reviewed()).when(s.finish_step("审查")).then()


@pytest.mark.parametrize("second", ["", "examiner-1"])
def test_a_substantive_verification_needs_two_officers(second: str) -> None:
    given(s.accepted(SITE_VISIT)).when(s.start_step("现场核查"), s.finish_step("现场核查", second=second)).refused("needs-two-officers")


def test_who_did_an_examining_step_does_not_do_the_approving_step() -> None:
    given(reviewed()).when(s.start_step("核准", "examiner-1")).refused("same-officer")
    given(reviewed()).when(s.start_step("核准", "approver-1"), s.finish_step("核准", "examiner-1")).refused("same-officer")
    given(reviewed()).when(s.start_step("核准", "approver-1"), s.finish_step("核准", "approver-1", "examiner-1")).refused("same-officer")


def test_who_did_an_examining_step_does_not_approve_the_case() -> None:
    given(reviewed()).when(
        s.examine("examiner-2"), s.start_step("核准", "approver-1"), s.finish_step("核准", "approver-1"), s.approve("examiner-1")
    ).refused("same-officer")


def test_who_did_an_approving_step_does_not_examine_the_case() -> None:
    story = given(reviewed()).when(s.start_step("核准", "approver-1"), s.finish_step("核准", "approver-1")).history()
    given(story).when(s.examine("approver-1")).refused("same-officer")


def test_a_case_is_examined_when_the_steps_before_approval_are_done_and_approved_when_all_are() -> None:
    given(visited()).when(s.examine()).refused("steps-open")
    given(reviewed()).when(s.examine(), s.approve()).refused("steps-open")
    given(reviewed()).when(s.examine(), s.start_step("核准", "approver-1"), s.finish_step("核准", "approver-1"), s.approve()).history()


def test_clocks_stop_for_a_procedure_of_article_45_told_in_writing() -> None:
    given(s.accepted()).when(s.suspend()).then(
        ClocksSuspended(
            case=NUMBER,
            reason=Stopper.INSPECTION,
            expected_days=5,
            notice="宜水函〔2007〕8号",
            notified=date(2007, 3, 12),
            first=date(2007, 3, 12),
            officer="approver-1",
            at=at("2007-03-12"),
        )
    )


def test_told_after_its_first_day_the_clock_runs_on() -> None:
    given(s.accepted()).when(s.suspend(first="2007-03-09", notified="2007-03-12")).refused("not-notified")


def test_told_tomorrow_is_not_told() -> None:
    given(s.accepted()).when(s.suspend(first="2007-03-14", notified="2007-03-13", on="2007-03-12")).refused("not-notified")


def test_told_without_a_notice_is_not_told() -> None:
    given(s.accepted()).when(s.suspend(notice="")).refused("not-notified")


def test_a_suspension_on_top_of_another_is_refused_and_the_same_again_is_nothing() -> None:
    given(suspended()).when(s.suspend()).then()
    given(suspended()).when(s.suspend(first="2007-03-13", on="2007-03-13")).refused("already-suspended")


def test_nothing_is_suspended_before_acceptance_or_after_the_decision() -> None:
    given(s.filed()).when(s.suspend()).refused("not-yet-accepted")
    given(s.decided()).when(s.suspend()).refused("already-decided")


def test_the_clock_goes_on_after_the_last_day_of_the_procedure() -> None:
    given(suspended()).when(s.resume()).then(ClocksResumed(case=NUMBER, last=date(2007, 3, 16), officer="approver-1", at=at("2007-03-19")))
    given(suspended()).when(s.resume(), s.resume()).then()


def test_the_last_day_lies_between_the_first_and_today() -> None:
    given(suspended()).when(s.resume(last="2007-03-11")).refused("last-day-wrong")
    given(suspended()).when(s.resume(last="2007-03-20", on="2007-03-19")).refused("last-day-wrong")


def test_only_what_stopped_goes_on() -> None:
    given(s.accepted()).when(s.resume()).refused("not-suspended")


def test_no_decision_while_a_procedure_of_article_45_runs() -> None:
    given(s.approved()).when(s.suspend(), s.decide()).refused("suspended")
    given(s.approved()).when(s.suspend(), s.resume(), s.decide(Outcome.GRANTED)).history()


def test_the_limit_is_extended_by_the_head_and_the_applicant_told() -> None:
    given(s.accepted()).when(s.extend()).then(
        LimitExtended(
            case=NUMBER,
            days=10,
            moves_promise=False,
            head="head-1",
            document="宜水批〔2007〕3号",
            told=date(2007, 3, 28),
            officer="approver-1",
            at=at("2007-03-28"),
        )
    )


def test_the_limit_is_extended_once() -> None:
    story = given(s.accepted()).when(s.extend()).history()
    given(story).when(s.extend()).then()
    given(story).when(s.extend(days=5)).refused("extended-once")


def test_an_extension_is_no_longer_than_the_procedure_allows() -> None:
    given(s.accepted()).when(s.extend(days=11)).refused("too-long")
    given(s.accepted()).when(s.extend(days=0)).refused("too-long")


def test_an_extension_needs_the_agencys_head() -> None:
    given(s.accepted()).when(s.extend(head="")).refused("no-head")


def test_an_extension_needs_the_applicant_told() -> None:
    given(s.accepted()).when(s.extend(told="2007-03-29")).refused("not-told")


def test_a_limit_that_has_passed_is_not_extended() -> None:
    """Accepted on 6 March: day 20 is 3 April 2007."""
    given(s.accepted()).when(s.extend(told="2007-04-03", on="2007-04-03")).history()
    given(s.accepted()).when(s.extend(told="2007-04-03", on="2007-04-04")).refused("limit-passed")


def test_days_of_a_suspension_do_not_use_up_the_time_to_extend() -> None:
    given(suspended()).when(s.resume(), s.extend(told="2007-04-10", on="2007-04-10")).history()
    given(suspended()).when(s.resume(), s.extend(told="2007-04-11", on="2007-04-11")).refused("limit-passed")
    given(suspended()).when(s.extend(told="2007-06-01", on="2007-06-01")).history()


def test_a_procedure_of_one_day_stops_the_clock_for_one_day() -> None:
    story = given(s.accepted()).when(s.suspend(), s.resume(last="2007-03-12", on="2007-03-12")).history()
    given(story).when(s.extend(told="2007-04-04", on="2007-04-04")).history()
    given(story).when(s.extend(told="2007-04-05", on="2007-04-05")).refused("limit-passed")
