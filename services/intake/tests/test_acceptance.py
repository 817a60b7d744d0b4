"""受理, 不予受理, silence: Art. 32."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.intake.events import AcceptedBy, CaseNotAccepted, RightAgency, WhyDeclined
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_a_complete_application_is_accepted_and_limits_run_from_the_decision() -> None:
    given(s.filed()).when(s.accept("2007-03-06")).then(*s.accepted_by(AcceptedBy.DECISION, "2007-03-06", "2007-03-06", "clerk-1"))


def test_accepting_what_is_accepted_changes_nothing() -> None:
    given(s.accepted()).when(s.accept("2007-03-07")).then()
    given(s.examined()).when(s.accept("2007-03-27")).then()


def test_not_accepted_names_the_right_agency() -> None:
    given(s.filed()).when(s.refuse_acceptance()).then(
        CaseNotAccepted(
            case=NUMBER,
            reason=WhyDeclined.NOT_OURS,
            agency=s.ANOTHER,
            explanation="不属于本机关职权范围",
            remedies=s.REMEDIES,
            officer="clerk-1",
            at=at("2007-03-06"),
        )
    )


def test_not_accepting_twice_is_once() -> None:
    given(s.filed()).when(s.refuse_acceptance(), s.refuse_acceptance("2007-03-07")).then()


def test_what_is_accepted_cannot_be_declined_any_more() -> None:
    given(s.accepted()).when(s.refuse_acceptance()).refused("already-accepted")


def test_who_was_told_to_correct_is_not_declined() -> None:
    given(s.told_to_correct()).when(s.refuse_acceptance("2007-03-07")).refused("told-to-correct")
    given(s.returned_incomplete()).when(s.refuse_acceptance("2007-03-15")).refused("told-to-correct")


def test_five_working_days_of_silence_are_acceptance_from_the_day_of_receipt() -> None:
    given(s.filed()).when(s.deem_accepted("2007-03-13")).then(
        *s.accepted_by(AcceptedBy.SILENCE, "2007-03-05", "2007-03-13", "system:intake", "00:00")
    )


def test_silence_is_no_acceptance_while_the_time_to_tell_still_runs() -> None:
    given(s.filed()).when(s.deem_accepted("2007-03-12", "23:59")).then()


@pytest.mark.parametrize("story", [s.told_to_correct, s.accepted, s.decided])
def test_silence_says_nothing_where_somebody_spoke(story: object) -> None:
    assert callable(story)
    given(story()).when(s.deem_accepted("2007-04-30")).then()


def test_silence_after_an_incomplete_return_is_acceptance_from_that_return() -> None:
    given(s.returned_incomplete()).when(s.deem_accepted("2007-03-22")).then(
        *s.accepted_by(AcceptedBy.SILENCE, "2007-03-14", "2007-03-22", "system:intake", "00:00")
    )


def test_who_was_told_in_time_and_did_not_return_is_not_accepted_by_silence_nor_by_an_officer() -> None:
    """Notice on 03-06, nothing came back: on 03-20 there is no silence to accept by, and the return is not there."""
    given(s.told_to_correct()).when(s.accept("2007-03-20")).refused("told-to-correct")
    given(s.returned_incomplete()).when(s.accept("2007-03-15")).refused("told-to-correct")


def test_a_case_is_not_declined_with_blank_words_nor_sent_to_the_agency_that_has_it() -> None:
    given(s.filed()).when(replace(s.refuse_acceptance(), explanation=" \u3000")).refused("no-reasons")
    for uscc in ("11511301008778183N", "11511301008778183n", " １１５１１３０１００８７７８１８３Ｎ"):
        own = RightAgency(uscc=uscc, name="高县水务局")
        given(s.filed()).when(replace(s.refuse_acceptance(), agency=own)).refused("own-agency")


@pytest.mark.parametrize(
    "nobody", [{"agency": None}, {"agency_valid": False}, {"agency": RightAgency(uscc="11511525008792022Y", name="\u3000")}]
)
def test_a_case_that_is_not_ours_is_sent_to_an_agency_with_its_code(nobody: dict[str, Any]) -> None:
    given(s.filed()).when(replace(s.refuse_acceptance(), **nobody)).refused("no-agency")


def test_what_needs_no_licence_is_sent_to_nobody() -> None:
    said = replace(s.refuse_acceptance(), reason=WhyDeclined.NOT_REQUIRED, explanation=" 依法不需要取得行政许可 ", agency_valid=False)
    for agency in (None, s.ANOTHER):
        fact = given(s.filed()).when(replace(said, agency=agency)).one(CaseNotAccepted)
        assert (fact.reason, fact.agency, fact.explanation) == (WhyDeclined.NOT_REQUIRED, None, "依法不需要取得行政许可")


def test_silence_accepts_nothing_under_a_law_that_makes_nothing_of_it_or_gives_no_days() -> None:
    for procedure in (replace(s.pinned(), silence_accepts=False), replace(s.pinned(), correction_days=0)):
        filed = given().when(s.file(procedure=procedure)).history()
        given(filed).when(s.deem_accepted("2007-04-30")).then()
        given(filed).when(s.accept("2007-04-30")).then(*s.accepted_by(AcceptedBy.DECISION, "2007-04-30", "2007-04-30", "clerk-1"))


def test_silence_noticed_late_about_the_filing_does_not_end_the_time_after_a_return() -> None:
    given(s.returned_incomplete()).when(s.deem_accepted("2007-03-15")).then()


def test_a_case_declined_once_is_not_declined_again_for_another_reason() -> None:
    declined = given(s.filed()).when(s.refuse_acceptance()).history()
    given(declined).when(s.refuse_acceptance("2007-03-07")).then()
    other = replace(s.refuse_acceptance("2007-03-07"), reason=WhyDeclined.NOT_REQUIRED, explanation="不需要取得行政许可")
    given(declined).when(other).refused("ended")


def test_what_is_taken_up_says_what_it_rests_on_a_decision_or_one_of_the_two_silences() -> None:
    decided = given(s.accepted()).when(s.refuse_acceptance()).refused("already-accepted")
    filed = given(s.filed()).when(s.refuse_acceptance(on="2007-03-13")).refused("already-accepted")
    returned = given(s.returned_incomplete()).when(s.request_corrections("承诺书", on="2007-03-22")).refused("already-accepted")
    assert [(no.because, no.source) for no in (decided, filed, returned)] == [
        ("已经受理（行政许可法第三十二条第一款第五项）", "行政许可法第三十二条第一款第五项"),
        (
            "已经受理；逾期不告知的，自收到申请材料之日起即为受理（行政许可法第三十二条第一款第四项）",
            "行政许可法第三十二条第一款第四项",
        ),
        ("已经受理；收到补正材料后逾期不告知的，自收到补正材料之日起即为受理（P-silence-after-return）", "P-silence-after-return"),
    ]
