"""一次告知, 补正: Art. 32(1)(4), (5)."""

from __future__ import annotations

from dataclasses import replace

from services.intake.case.phase import Phase
from services.intake.events import AcceptedBy, CorrectionsRequested, CorrectionsReturned
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_what_is_missing_is_told_once() -> None:
    given(s.filed()).when(s.request_corrections()).then(
        CorrectionsRequested(case=NUMBER, missing=("平面图", "承诺书"), officer="clerk-1", at=at("2007-03-06"))
    )
    given(s.told_to_correct()).when(s.request_corrections("验资报告")).refused("already-told-once")


def test_the_same_notice_again_changes_nothing() -> None:
    given(s.told_to_correct()).when(s.request_corrections("承诺书", "平面图", on="2007-03-07")).then()


def test_a_notice_names_something() -> None:
    empty = replace(s.request_corrections(), missing=())
    given(s.filed()).when(empty).refused("nothing-named")


def test_the_notice_comes_within_five_working_days_or_silence_was_acceptance() -> None:
    given(s.filed()).when(s.request_corrections(on="2007-03-12")).then(
        CorrectionsRequested(case=NUMBER, missing=("平面图", "承诺书"), officer="clerk-1", at=at("2007-03-12"))
    )
    given(s.filed()).when(s.request_corrections(on="2007-03-13")).refused("silence-was-acceptance")
    given(s.filed()).when(s.refuse_acceptance(on="2007-03-13")).refused("silence-was-acceptance")


def test_everything_returned_is_accepted_that_day() -> None:
    given(s.told_to_correct()).when(s.return_corrections(on="2007-03-14")).then(
        CorrectionsReturned(case=NUMBER, still_missing=(), officer="clerk-1", at=at("2007-03-14")),
        *s.accepted_by(AcceptedBy.DECISION, "2007-03-14", "2007-03-14", "clerk-1"),
    )


def test_incomplete_return_may_lack_only_what_the_notice_named() -> None:
    given(s.told_to_correct()).when(s.return_corrections("承诺书")).then(
        CorrectionsReturned(case=NUMBER, still_missing=("承诺书",), officer="clerk-1", at=at("2007-03-14"))
    )
    given(s.told_to_correct()).when(s.return_corrections("验资报告")).refused("already-told-once")


def test_after_an_incomplete_return_the_same_list_again_and_nothing_new() -> None:
    given(s.returned_incomplete()).when(s.request_corrections("承诺书", on="2007-03-15")).then(
        CorrectionsRequested(case=NUMBER, missing=("承诺书",), officer="clerk-1", at=at("2007-03-15"))
    )
    given(s.returned_incomplete()).when(s.request_corrections("承诺书", "验资报告", on="2007-03-15")).refused("already-told-once")


def test_nothing_of_the_list_returned_is_the_whole_list_again() -> None:
    story = given(s.told_to_correct()).when(s.return_corrections("平面图", "承诺书")).history()
    given(story).when(s.request_corrections("平面图", "承诺书", on="2007-03-15")).taken()


def test_corrections_are_returned_only_when_asked_for() -> None:
    given(s.filed()).when(s.return_corrections()).refused("corrections-not-told")
    given(s.accepted()).when(s.return_corrections()).refused("already-accepted")


def test_corrections_come_to_nothing_after_a_withdrawal() -> None:
    story = given(s.told_to_correct()).when(s.withdraw()).history()
    given(story).when(s.return_corrections()).refused("ended")
    assert given(story).state.phase is Phase.WITHDRAWN
