"""What people type into dates and amounts is read as they meant it, or said to be wrong; nothing they typed is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from libs.web.filled import Filled, NotSo, day_of_form, money_of_form


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("120", "120.00"), ("120.5", "120.50"), ("1,234.50", "1234.50"), ("１２０．５元", "120.50"), ("¥0.01", "0.01"), (" 0 ", "0.00")],
)
def test_an_amount_is_exact(typed: str, amount: str) -> None:
    assert str(money_of_form(typed)) == amount
    assert isinstance(money_of_form(typed), Decimal)


@pytest.mark.parametrize("typed", ["", "元", "-1", "1.234", "12元5角", "1e3", "1,23", "0120", "NaN", "9999999999999", ".5", "1 2"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(NotSo):
        money_of_form(typed)


def day(year: str, month: str, of_month: str) -> date:
    return day_of_form({"x-year": year, "x-month": month, "x-day": of_month}, "x")


def test_a_day_is_read_in_whatever_digits() -> None:
    assert day("2026", "3", "09") == day("２０２６", " 3 ", "9") == date(2026, 3, 9)


@pytest.mark.parametrize(
    "parts", [("", "3", "9"), ("26", "3", "9"), ("2026", "13", "1"), ("2026", "2", "30"), ("2026", "三", "9"), ("0000", "1", "1")]
)
def test_what_is_no_day_is_refused(parts: tuple[str, str, str]) -> None:
    with pytest.raises(NotSo):
        day(*parts)


def test_a_form_that_comes_back_has_what_was_typed() -> None:
    form = Filled({"name": "甲", "papers": ["plan", "form"]}, {"papers": "缺：健康证明"})
    assert (form.text("name"), form.text("papers"), form.text("gone")) == ("甲", "plan", "")
    assert form.chosen("papers", "form")
    assert not form.chosen("name", "乙")
    assert (form.because("papers"), form.because("name"), list(form.summary)) == ("缺：健康证明", "", [("缺：健康证明", "#papers")])
