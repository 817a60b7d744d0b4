"""Credit codes part by part; whole codes, real ones and made-up ones, are judged in the catalogue's tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from libs.codes import credit_code_fault
from libs.codes.credit import KINDS, organisation_check

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(st.sampled_from(ALPHABET), st.sampled_from(ALPHABET), st.integers(110000, 659999), st.text(ALPHABET, min_size=8, max_size=8))
def test_a_code_is_right_when_its_kind_is_in_the_standard(first: str, second: str, division: int, organisation: str) -> None:
    body = f"{first}{second}{division}{organisation}{organisation_check(organisation)}"
    fault = credit_code_fault(body + uscc.calc_check_digit(f"{body}0"))
    known = second in KINDS.get(first, "")
    assert fault == (None if known else "不合 GB 32100：登记管理部门和机构类别代码不在标准之中")


@pytest.mark.parametrize(
    ("eight", "check"), [("D2143569", "X"), ("00877818", "3"), ("M000100Y", "4"), ("08337220", "4"), ("00870006", "0")]
)
def test_the_check_digit_of_an_organisation(eight: str, check: str) -> None:
    assert organisation_check(eight) == check
