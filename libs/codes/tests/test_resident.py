"""Identity numbers by form, day and check digit; what is wrong is said without the number."""

from __future__ import annotations

import pytest

from libs.codes import resident_number_fault


@pytest.mark.parametrize("number", ["511525198003070023", "511525197512310019", "11010519491231002X"])
def test_a_right_number_has_no_fault(number: str) -> None:
    assert resident_number_fault(number) is None


@pytest.mark.parametrize(
    ("number", "because"),
    [
        ("", "为空"),
        ("11010519491231002x", "应为大写"),
        ("110105 194912 31002X", "不合 GB 11643：长度不是 18 位"),
        ("130503670401001", "不合 GB 11643：长度不是 18 位"),
        ("1101051949123１002X", "不合 GB 11643：格式不对"),
        ("01010519491231002X", "不合 GB 11643：格式不对"),
        ("110105194902300020", "不合 GB 11643：没有这个出生日期"),
        ("110105194912310020", "不合 GB 11643：校验码不符"),
    ],
)
def test_what_is_wrong_is_said(number: str, because: str) -> None:
    assert resident_number_fault(number) == because
