"""延长: Art. 42."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.intake.case.extension import ExtendLimit
from services.intake.events import LimitExtended
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_the_limit_is_extended_by_the_head_and_the_applicant_told() -> None:
    given(s.accepted()).when(s.extend()).then(
        LimitExtended(
            case=NUMBER,
            days=10,
            moves_promise=False,
            head="head-1",
            document="宜水批〔2007〕3号",
            told=date(2007, 3, 28),
            reasons="需要专家论证",
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
    given(s.accepted()).when(s.extend(told="2007-03-29")).refused("extension-not-told")


def test_a_limit_that_has_passed_is_not_extended() -> None:
    """Accepted on 6 March: day 20 is 3 April 2007."""
    given(s.accepted()).when(s.extend(told="2007-04-03", on="2007-04-03")).taken()
    given(s.accepted()).when(s.extend(told="2007-04-03", on="2007-04-04")).refused("limit-passed")


def test_days_of_a_suspension_do_not_use_up_the_time_to_extend() -> None:
    given(s.suspended()).when(s.resume(), s.extend(told="2007-04-10", on="2007-04-10")).taken()
    given(s.suspended()).when(s.resume(), s.extend(told="2007-04-11", on="2007-04-11")).refused("limit-passed")
    given(s.suspended()).when(s.extend(told="2007-06-01", on="2007-06-01")).taken()
    given(s.announced()).when(s.call_off(), s.extend(told="2007-04-04", on="2007-04-04")).refused("limit-passed")


def test_a_procedure_of_one_day_stops_the_clock_for_one_day() -> None:
    story = given(s.accepted()).when(s.suspend(), s.resume(last="2007-03-12", on="2007-03-12")).history()
    given(story).when(s.extend(told="2007-04-04", on="2007-04-04")).taken()
    given(story).when(s.extend(told="2007-04-05", on="2007-04-05")).refused("limit-passed")


def test_the_applicant_is_told_the_reasons() -> None:
    given(s.accepted()).when(replace(s.extend(), reasons=" ")).refused("no-reasons")


def test_the_applicant_is_told_after_acceptance() -> None:
    """Accepted on 6 March."""
    given(s.accepted()).when(s.extend(told="2007-03-05")).refused("extension-not-told")
    given(s.accepted()).when(s.extend(told="2007-03-06")).taken()


def test_the_head_is_neither_an_examiner_of_the_case_nor_who_enters_the_extension() -> None:
    given(s.reviewed()).when(s.extend(head="examiner-1")).refused("head-not-apart")
    given(s.reviewed()).when(s.extend(head="examiner-2")).taken()
    given(s.accepted()).when(s.extend(head=" APPROVER-1")).refused("head-not-apart")


def test_a_blank_head_or_document_is_none() -> None:
    given(s.accepted()).when(s.extend(head="  ")).refused("no-head")
    given(s.accepted()).when(replace(s.extend(), document="\u3000")).refused("no-head")


@pytest.mark.parametrize("head", ["-", "_", ". -"])
def test_a_head_without_letter_and_digit_is_none(head: str) -> None:
    given(s.accepted()).when(s.extend(head=head)).refused("no-head")


def test_who_extended_the_limit_does_not_examine_afterwards() -> None:
    story = given(s.accepted()).when(s.extend(head="examiner-1", told="2007-03-06", on="2007-03-06")).history()
    given(story).when(s.start_step()).refused("head-not-apart")
    given(story).when(s.start_step(officer="examiner-2"), s.hand_over("EXAMINER-1", "examiner-2")).refused("head-not-apart")
    beside = replace(s.examine("examiner-2"), second_officer="examiner-1", second_known=True)
    given(story).when(s.start_step(officer="examiner-2"), beside).refused("head-not-apart")


def test_an_extension_is_not_offered_where_the_procedure_allows_none() -> None:
    story = given().when(s.file(procedure=replace(s.pinned(), extension_days=0)), s.accept())
    assert ExtendLimit not in s.offered(story.history(), s.asked("2007-03-07"))
    assert ExtendLimit in s.offered(s.accepted(), s.asked("2007-03-07"))


def test_a_limit_that_was_extended_passes_later() -> None:
    """Day 30 is 17 April 2007."""
    extended = given(s.accepted()).when(s.extend()).history()
    given(extended).when(s.suspend(first="2007-04-17", notified="2007-04-17", on="2007-04-17")).taken()
    given(extended).when(s.suspend(first="2007-04-18", notified="2007-04-18", on="2007-04-18")).refused("limit-passed")


def test_the_same_document_under_another_head_is_another_extension() -> None:
    story = given(s.accepted()).when(s.extend()).history()
    given(story).when(s.extend(head=" Head-1")).then()
    given(story).when(s.extend(head="head-2")).refused("extended-once")
