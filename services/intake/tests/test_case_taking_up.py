"""Filing and taking up: Art. 29–32."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.intake.case_state import Phase
from services.intake.events import (
    AcceptedBy,
    CaseAccepted,
    CaseFiled,
    CaseNotAccepted,
    Channel,
    CorrectionsRequested,
    CorrectionsReturned,
)
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def accepted(by: AcceptedBy, effective: str, on: str, officer: str, time: str = "10:00") -> CaseAccepted:
    return CaseAccepted(case=NUMBER, by=by, effective=at(effective), officer=officer, at=at(on, time))


def test_materials_handed_over_are_a_case_under_the_procedure_in_force() -> None:
    given().when(s.file()).then(
        CaseFiled(
            case=NUMBER,
            node="511525",
            pinned=s.pinned(),
            channel=Channel.COUNTER,
            applicant="subj-1",
            materials=("申请书",),
            officer="clerk-1",
            at=at("2007-03-05"),
        )
    )


def test_a_number_names_one_case() -> None:
    given(s.filed()).when(s.file()).refused("number-taken")


def test_only_the_promised_kind_is_offered_yet() -> None:
    given().when(s.file(procedure=s.pinned(kind="immediate"))).refused("kind-not-offered")


def test_the_internal_channel_is_for_imports() -> None:
    given().when(s.file(channel=Channel.INTERNAL)).refused("internal-is-for-imports")


def test_nothing_is_done_on_a_case_that_was_never_filed() -> None:
    given().when(s.accept()).refused("unknown-case")
    given().when(s.imported(s.accept())).refused("unknown-case")


def test_a_complete_application_is_accepted_and_limits_run_from_the_decision() -> None:
    given(s.filed()).when(s.accept("2007-03-06")).then(accepted(AcceptedBy.DECISION, "2007-03-06", "2007-03-06", "clerk-1"))


def test_accepting_what_is_accepted_changes_nothing() -> None:
    given(s.accepted()).when(s.accept("2007-03-07")).then()
    given(s.examined()).when(s.accept("2007-03-27")).then()


def test_not_accepted_names_the_right_agency() -> None:
    given(s.filed()).when(s.refuse_acceptance()).then(
        CaseNotAccepted(case=NUMBER, reason="不属于本机关职权", right_agency="县水利局", officer="clerk-1", at=at("2007-03-06"))
    )


def test_not_accepting_twice_is_once() -> None:
    given(s.filed()).when(s.refuse_acceptance(), s.refuse_acceptance("2007-03-07")).then()


def test_what_is_accepted_cannot_be_declined_any_more() -> None:
    given(s.accepted()).when(s.refuse_acceptance()).refused("already-accepted")


def test_who_was_told_to_correct_is_not_declined() -> None:
    given(s.told_to_correct()).when(s.refuse_acceptance("2007-03-07")).refused("told-to-correct")
    given(s.returned_incomplete()).when(s.refuse_acceptance("2007-03-15")).refused("told-to-correct")


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


def test_five_working_days_of_silence_are_acceptance_from_the_day_of_receipt() -> None:
    given(s.filed()).when(s.deem_accepted("2007-03-13")).then(
        accepted(AcceptedBy.SILENCE, "2007-03-05", "2007-03-13", "system:intake", "00:00")
    )


def test_silence_is_no_acceptance_while_the_time_to_tell_still_runs() -> None:
    given(s.filed()).when(s.deem_accepted("2007-03-12", "23:59")).then()


def test_accepting_late_is_accepting_from_the_day_of_receipt() -> None:
    given(s.filed()).when(s.accept("2007-03-14")).then(accepted(AcceptedBy.SILENCE, "2007-03-05", "2007-03-14", "clerk-1"))


@pytest.mark.parametrize("story", [s.told_to_correct, s.accepted, s.decided])
def test_silence_says_nothing_where_somebody_spoke(story: object) -> None:
    assert callable(story)
    given(story()).when(s.deem_accepted("2007-04-30")).then()


def test_everything_returned_is_accepted_that_day() -> None:
    given(s.told_to_correct()).when(s.return_corrections(on="2007-03-14")).then(
        CorrectionsReturned(case=NUMBER, still_missing=(), officer="clerk-1", at=at("2007-03-14")),
        accepted(AcceptedBy.DECISION, "2007-03-14", "2007-03-14", "clerk-1"),
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
    given(story).when(s.request_corrections("平面图", "承诺书", on="2007-03-15")).history()


def test_silence_after_an_incomplete_return_is_acceptance_from_that_return() -> None:
    given(s.returned_incomplete()).when(s.deem_accepted("2007-03-22")).then(
        accepted(AcceptedBy.SILENCE, "2007-03-14", "2007-03-22", "system:intake", "00:00")
    )


def test_silence_noticed_late_about_the_filing_does_not_end_the_time_after_a_return() -> None:
    given(s.returned_incomplete()).when(s.deem_accepted("2007-03-15")).then()


def test_corrections_are_returned_only_when_asked_for() -> None:
    given(s.filed()).when(s.return_corrections()).refused("not-told")
    given(s.accepted()).when(s.return_corrections()).refused("already-accepted")


def test_corrections_come_to_nothing_after_a_withdrawal() -> None:
    story = given(s.told_to_correct()).when(s.withdraw()).history()
    given(story).when(s.return_corrections()).refused("ended")
    assert given(story).state.phase is Phase.WITHDRAWN


@pytest.mark.parametrize(
    "text", ["见身份证511525199001011234", "旧证512527650101123", "电话13800138000", "138 0013 8000", "１３８００１３８０００"]
)
def test_no_personal_data_enters_an_event(text: str) -> None:
    given(s.filed()).when(s.request_corrections(text)).refused("personal-data")
    given(s.filed()).when(replace(s.refuse_acceptance(), reason=text)).refused("personal-data")
    given().when(replace(s.file(), materials=(text,))).refused("personal-data")
    given(s.filed()).when(s.imported(s.start_step(text))).refused("personal-data")


@pytest.mark.parametrize("text", ["宜水函〔2007〕8号", "取水量12000立方米", "工期2007-03-05至2007-04-30", "发票代码151001234567"])
def test_ordinary_figures_are_no_personal_data(text: str) -> None:
    given(s.filed()).when(s.request_corrections(text)).then(
        CorrectionsRequested(case=NUMBER, missing=(text,), officer="clerk-1", at=at("2007-03-06"))
    )
