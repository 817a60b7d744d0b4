"""依法不计时: Art. 45."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.intake.events import ClocksResumed, ClocksSuspended, Outcome, PinnedStop, Stopper, SuspensionCalledOff
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_clocks_stop_for_a_procedure_of_article_45_told_in_writing() -> None:
    given(s.accepted()).when(s.suspend()).then(
        ClocksSuspended(
            case=NUMBER,
            number=1,
            reason=Stopper.INSPECTION,
            expected_days=5,
            notice="宜水函〔2007〕8号",
            notified=date(2007, 3, 12),
            first=date(2007, 3, 12),
            approver_post="分管负责人",
            officer="approver-1",
            at=at("2007-03-12"),
        )
    )


def test_told_after_its_first_day_the_clock_runs_on() -> None:
    given(s.accepted()).when(s.suspend(first="2007-03-12", notified="2007-03-13", on="2007-03-12")).refused("not-notified")


def test_told_tomorrow_is_not_told() -> None:
    given(s.accepted()).when(s.suspend(first="2007-03-14", notified="2007-03-13", on="2007-03-12")).refused("not-notified")


def test_told_without_a_notice_is_not_told() -> None:
    given(s.accepted()).when(s.suspend(notice="")).refused("not-notified")


def test_the_same_suspension_again_is_nothing() -> None:
    given(s.suspended()).when(s.suspend()).then()
    given(s.announced()).when(s.call_off(), s.suspend(first="2007-03-26", on="2007-03-13")).taken()


def test_nothing_is_suspended_before_acceptance_or_after_the_decision() -> None:
    given(s.filed()).when(s.suspend()).refused("not-yet-accepted")
    given(s.decided()).when(s.suspend()).refused("already-decided")


def test_the_clock_goes_on_after_the_last_day_of_the_procedure() -> None:
    given(s.suspended()).when(s.resume()).then(
        ClocksResumed(case=NUMBER, number=1, last=date(2007, 3, 16), officer="approver-1", at=at("2007-03-19"))
    )
    given(s.suspended()).when(s.resume(), s.resume()).then()


def test_the_last_day_lies_between_the_first_and_today() -> None:
    given(s.suspended()).when(s.resume(last="2007-03-11")).refused("last-day-wrong")
    given(s.suspended()).when(s.resume(last="2007-03-20", on="2007-03-19")).refused("last-day-wrong")


def test_only_what_stopped_goes_on() -> None:
    given(s.accepted()).when(s.resume()).refused("not-suspended")
    given(s.suspended()).when(s.resume(number=2)).refused("not-suspended")
    given(s.suspended()).when(s.resume(), s.resume(last="2007-03-15")).refused("not-suspended")


def test_no_decision_while_a_procedure_of_article_45_runs() -> None:
    running = given(s.examined()).when(s.suspend(first="2007-03-20", on="2007-03-20"), s.start_approving(), s.approve()).history()
    given(running).when(s.decide()).refused("suspended")
    given(running).when(s.resume(last="2007-03-21", on="2007-03-21"), s.decide(Outcome.GRANTED)).taken()


# --- when it may begin ------------------------------------------------------------------------------------------------------------


def test_no_procedure_begins_in_the_past() -> None:
    """Told on Monday the 12th of one that is said to have begun on the 7th."""
    given(s.accepted()).when(s.suspend(first="2007-03-07", notified="2007-03-07")).refused("stop-back-dated")


def test_no_procedure_begins_when_the_limit_has_passed_or_after_its_last_day() -> None:
    """Accepted on 6 March: day 20 is 3 April 2007."""
    given(s.accepted()).when(s.suspend(first="2007-04-03", notified="2007-04-03", on="2007-04-03")).taken()
    given(s.accepted()).when(s.suspend(first="2007-04-10", notified="2007-04-10", on="2007-04-10")).refused("limit-passed")
    given(s.accepted()).when(s.suspend(first="2007-04-04", notified="2007-04-03", on="2007-04-03")).refused("limit-passed")


def test_after_approval_nothing_is_suspended() -> None:
    given(s.approved()).when(s.suspend(first="2007-03-21", notified="2007-03-21", on="2007-03-21")).refused("already-approved")


def test_a_blank_notice_is_none() -> None:
    given(s.accepted()).when(s.suspend(notice=" \u3000")).refused("not-notified")


def test_only_what_the_procedure_foresees_stops_the_clocks() -> None:
    foreseen = (PinnedStop(reason=Stopper.HEARING, approver_post="分管负责人", cap_days=30),)
    story = given().when(s.file(procedure=replace(s.pinned(), suspensions=foreseen)), s.accept()).history()
    given(story).when(s.suspend()).refused("not-foreseen")
    given(story).when(replace(s.suspend(), reason=Stopper.HEARING)).taken()


def test_a_procedure_of_no_days_or_less_is_none() -> None:
    given(s.accepted()).when(replace(s.suspend(), expected_days=0)).refused("no-days")
    given(s.accepted()).when(replace(s.suspend(), expected_days=-5)).refused("no-days")


def test_the_days_of_one_reason_stay_under_the_cap_of_the_procedure() -> None:
    given(s.accepted()).when(replace(s.suspend(), expected_days=30)).taken()
    given(s.accepted()).when(replace(s.suspend(), expected_days=31)).refused("over-cap")
    more = replace(s.suspend(first="2007-03-13", on="2007-03-13"), expected_days=26)
    given(s.suspended()).when(more).refused("over-cap")
    given(s.suspended()).when(replace(more, reason=Stopper.TESTING)).taken()
    given(s.announced()).when(s.call_off(), more).taken()


# --- what it blocks ---------------------------------------------------------------------------------------------------------------


def test_two_procedures_may_run_at_once_and_each_has_a_number() -> None:
    story = given(s.suspended()).when(s.suspend(first="2007-03-13", notified="2007-03-13", on="2007-03-13")).history()
    assert [one.told.number for one in given(story).state.suspensions.open] == [1, 2]
    story = given(story).when(s.resume(number=1)).history()
    assert [one.told.number for one in given(story).state.suspensions.open] == [2]


def test_one_announced_for_later_blocks_nothing_until_its_day() -> None:
    """Decided on the 22nd; the inspection was announced for the 26th."""
    announced = s.suspend(first="2007-03-26", on="2007-03-12")
    given(s.examining()).when(announced, s.examine(), s.start_approving(), s.approve(), s.decide()).taken()


@pytest.mark.parametrize("reason", [Stopper.HEARING, Stopper.EXPERT_REVIEW])
def test_nothing_is_examined_or_approved_while_a_hearing_or_an_expert_review_runs(reason: Stopper) -> None:
    held = replace(s.suspend(), reason=reason)
    visited, reviewed = given(s.visited()), given(s.reviewed())
    visited.when(held, s.start_step("审查", on="2007-03-13")).refused("suspended")
    visited.when(s.start_step("审查", on="2007-03-09"), held, s.examine(on="2007-03-13")).refused("suspended")
    late = replace(held, first=date(2007, 3, 21), at=at("2007-03-21"))
    reviewed.when(late, s.start_approving()).refused("suspended")
    reviewed.when(s.start_approving(), late, s.approve()).refused("suspended")


def test_any_other_procedure_lets_examine_and_approve() -> None:
    given(s.visited()).when(s.suspend(), s.start_step("审查", on="2007-03-13"), s.examine(on="2007-03-13")).taken()


def test_before_the_day_of_acceptance_nothing_is_suspended() -> None:
    given(s.filed()).when(s.accept("2007-03-08"), s.suspend(first="2007-03-06", on="2007-03-08")).refused("not-yet-accepted")


# --- called off before it begins --------------------------------------------------------------------------------------------------------


def test_one_announced_for_later_is_called_off_before_its_day() -> None:
    given(s.announced()).when(s.call_off()).then(
        SuspensionCalledOff(case=NUMBER, number=1, reasons="申请人已提交检验报告", officer="approver-1", at=at("2007-03-13"))
    )
    given(s.announced()).when(s.call_off(), s.call_off()).then()
    given(s.announced()).when(s.call_off(), s.resume()).refused("not-suspended")


def test_what_has_begun_is_not_called_off_and_what_has_not_does_not_end() -> None:
    given(s.announced()).when(s.call_off(on="2007-03-26")).refused("stop-begun")
    given(s.announced()).when(s.call_off(on="2007-03-25")).taken()
    given(s.announced()).when(s.resume(last="2007-03-13", on="2007-03-13")).refused("last-day-wrong")


def test_calling_off_names_a_procedure_that_is_open_and_gives_reasons() -> None:
    given(s.accepted()).when(s.call_off()).refused("not-suspended")
    given(s.announced()).when(s.call_off(number=2)).refused("not-suspended")
    given(s.announced()).when(s.call_off(reasons=" ")).refused("no-reasons")
