"""依法不计时: Art. 45."""

from __future__ import annotations

from datetime import date

from services.intake.events import ClocksResumed, ClocksSuspended, Outcome, Stopper
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


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
    given(s.suspended()).when(s.suspend()).then()
    given(s.suspended()).when(s.suspend(first="2007-03-13", on="2007-03-13")).refused("already-suspended")


def test_nothing_is_suspended_before_acceptance_or_after_the_decision() -> None:
    given(s.filed()).when(s.suspend()).refused("not-yet-accepted")
    given(s.decided()).when(s.suspend()).refused("already-decided")


def test_the_clock_goes_on_after_the_last_day_of_the_procedure() -> None:
    given(s.suspended()).when(s.resume()).then(
        ClocksResumed(case=NUMBER, last=date(2007, 3, 16), officer="approver-1", at=at("2007-03-19"))
    )
    given(s.suspended()).when(s.resume(), s.resume()).then()


def test_the_last_day_lies_between_the_first_and_today() -> None:
    given(s.suspended()).when(s.resume(last="2007-03-11")).refused("last-day-wrong")
    given(s.suspended()).when(s.resume(last="2007-03-20", on="2007-03-19")).refused("last-day-wrong")


def test_only_what_stopped_goes_on() -> None:
    given(s.accepted()).when(s.resume()).refused("not-suspended")


def test_no_decision_while_a_procedure_of_article_45_runs() -> None:
    given(s.approved()).when(s.suspend(), s.decide()).refused("suspended")
    given(s.approved()).when(s.suspend(), s.resume(), s.decide(Outcome.GRANTED)).taken()
