"""No personal data enters an event (P-no-personal-data)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.intake.events import CaseNotAccepted
from services.intake.tests import stories as s
from services.intake.tests.stories import given


@pytest.mark.parametrize(
    "text", ["见身份证511525199001011234", "旧证512527650101123", "电话13800138000", "138 0013 8000", "１３８００１３８０００"]
)
def test_no_personal_data_enters_an_event(text: str) -> None:
    given(s.filed()).when(s.request_corrections(text)).refused("personal-data")
    given(s.filed()).when(replace(s.refuse_acceptance(), explanation=text)).refused("personal-data")
    given().when(replace(s.file(), materials=(text,))).refused("personal-data")
    given(s.filed()).when(s.imported(s.start_step(text))).refused("personal-data")


@pytest.mark.parametrize("text", ["宜水函〔2007〕8号", "取水量12000立方米", "工期2007-03-05至2007-04-30", "发票代码151001234567"])
def test_ordinary_figures_are_no_personal_data(text: str) -> None:
    assert given(s.filed()).when(replace(s.refuse_acceptance(), explanation=text)).one(CaseNotAccepted).explanation == text
