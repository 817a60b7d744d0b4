"""Blank text is no text, in every act."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from libs.testkit.house import ALONE
from services.intake.case.texts import bare
from services.intake.events import Outcome, RightAgency
from services.intake.http.acceptance import Declining, agency_known
from services.intake.http.corrections import CorrectionNotice, CorrectionReturn
from services.intake.tests import stories as s
from services.intake.tests.stories import given

BLANK = " \u3000\t"


def test_blank_reasons_are_none() -> None:
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED, reasons=BLANK)).refused("no-reasons")


def test_a_blank_document_is_none() -> None:
    given(s.approved()).when(s.decide(document=BLANK)).refused("no-document")
    given(s.accepted()).when(replace(s.extend(), document=BLANK)).refused("no-head")


def test_a_blank_head_is_none() -> None:
    given(s.accepted()).when(s.extend(head=BLANK)).refused("no-head")


def test_a_blank_notice_told_nobody() -> None:
    given(s.accepted()).when(s.suspend(notice=BLANK)).refused("not-notified")


def test_a_blank_second_officer_is_nobody() -> None:
    story = given(s.accepted(s.SITE_VISIT)).when(s.start_step("现场核查")).history()
    given(story).when(s.finish_step("现场核查", second=BLANK)).refused("needs-two-officers")


# --- at the door -----------------------------------------------------------------------------------------------------------------------


def test_a_form_trims_its_texts_and_takes_no_blank_where_words_are_asked_for() -> None:
    asked = {"reason": "not-required", "explanation": " 依法不需要取得行政许可 "}
    assert Declining.model_validate(asked).explanation == "依法不需要取得行政许可"
    assert CorrectionReturn(waived=("承诺书 ",)).waived == ("承诺书",)
    for form, wrong in ((Declining, asked | {"explanation": BLANK}), (CorrectionNotice, {"missing": [BLANK]})):
        with pytest.raises(ValidationError):
            form.model_validate(wrong)


def test_a_case_is_declined_for_reasons_of_a_closed_list() -> None:
    with pytest.raises(ValidationError):
        Declining.model_validate({"reason": "papers-missing", "explanation": "缺少平面图"})


@pytest.mark.parametrize(
    ("uscc", "valid"),
    [
        ("11511525008792022Y", True),
        ("11511525008792022y", False),
        ("11511525 008792022Y", False),
        ("11511525008792022Z", False),
        ("县农业农村局", False),
    ],
)
def test_the_edge_says_whether_an_agencys_code_is_one(uscc: str, valid: bool) -> None:
    said = Declining.model_validate(
        {"reason": "not-ours", "agency": {"uscc": uscc, "name": "高县农业农村局"}, "explanation": "不属于本机关职权范围"}
    )
    assert agency_known(ALONE, said) == {"agency": RightAgency(uscc=uscc, name="高县农业农村局"), "agency_valid": valid}


def test_marks_that_nobody_sees_are_blank_too() -> None:
    assert bare("\u200b 申请书\ufeff") == "申请书"
    assert bare("\u200b\u2060 ") == ""
    assert bare("a\u200bb") == "a\u200bb"
