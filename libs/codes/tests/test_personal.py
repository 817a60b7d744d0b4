"""Personal numbers are found in whatever groups they are written; what only looks like one is none."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric

from libs.codes import credit_code_fault, has_personal_number
from libs.testkit.data import shared

SEPARATORS = st.sampled_from(
    [" ", "-", " - ", "·", ".", "\n", "\r\n", " \n", "\N{EM DASH}", "\N{IDEOGRAPHIC SPACE}", "\N{ZERO WIDTH SPACE}", ""]
)
ORDINARY = st.text(st.characters(blacklist_categories=["Nd", "Nl", "No", "Cs"]), max_size=8)
BORN = st.dates(date(1880, 1, 1), date(2029, 12, 31))
MOBILES = st.builds("1{}{:09}".format, st.integers(3, 9), st.integers(0, 999_999_999))


@st.composite
def residents(draw: st.DrawFn) -> str:
    """A resident number of 18 places that is no credit code."""
    number = f"{draw(st.integers(110000, 659999))}{draw(BORN):%Y%m%d}{draw(st.integers(0, 999)):03}"
    number += ric.calc_check_digit(f"{number}0")
    assume(credit_code_fault(number) is not None)
    return number


@st.composite
def grouped(draw: st.DrawFn, numbers: st.SearchStrategy[str], sizes: st.SearchStrategy[int]) -> str:
    """A number in groups of some size, with one separator between each."""
    number, size = draw(numbers), draw(sizes)
    return draw(SEPARATORS).join(number[at : at + size] for at in range(0, len(number), size))


@given(grouped(residents(), st.integers(1, 18)), ORDINARY, ORDINARY)
def test_a_resident_number_is_found_in_any_groups(number: str, before: str, after: str) -> None:
    assert has_personal_number(f"见{before}，{number}，{after}")


@given(grouped(MOBILES, st.sampled_from([1, 3, 4, 5, 6, 7, 10, 11])), ORDINARY)
def test_a_mobile_number_is_found_in_groups_that_are_no_day_and_no_amount(number: str, before: str) -> None:
    assert has_personal_number(f"{before}电话：{number}，请留意")


@given(residents(), st.integers(0, 17), st.integers(1, 9))
def test_a_resident_number_with_a_wrong_digit_is_none(number: str, at: int, more: int) -> None:
    assume(number[at] != "X")
    wrong = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]
    assert not has_personal_number(wrong)


@given(st.text(max_size=200) | st.text("0123456789 -.Xx\n\u200b元号", max_size=400))
def test_whatever_is_written_is_read(text: str) -> None:
    assert has_personal_number(f"{text}|13800138000")


@given(ORDINARY, st.integers(0, 9_999_999_999))
def test_fewer_digits_than_a_personal_number_has_are_none(text: str, number: int) -> None:
    assert not has_personal_number(f"{text}{number}")


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002\N{MULTIPLICATION SIGN}",
        "11010519491231002\N{CYRILLIC CAPITAL LETTER HA}",
        "11010519491231002\N{ROMAN NUMERAL TEN}",
        "138\N{HANGUL FILLER}0013\N{HANGUL FILLER}8000",
        "138\x000013\x008000",
        "138\n\t00138000",
        "电话13800138000.00元",
        "电话138-0013-8000元",
        "电话138-2007-0012号",
    ],
)
def test_what_a_reader_would_take_for_a_number_is_one(text: str) -> None:
    assert has_personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "宜发130-2007-0012号",
        "宜水字第139-2011-0345号",
        "高住建函130-2007-0012号、宜发138-2009-0001号",
        "预算15000.50-18000.75万元",
        "138  0013  8000",
        "138，0013，8000",
        "138\n\n0013\n\n8000",
        "511525-20070230-000001-0",
        "1200x800",
        "2007-13-45 10:30",
    ],
)
def test_what_a_reader_would_take_for_something_else_is_none(text: str) -> None:
    assert not has_personal_number(text)


def test_a_right_credit_code_is_none_even_where_its_digits_would_make_a_resident() -> None:
    both = "511525199001013687"
    assert credit_code_fault(both) is None
    assert both[17] == ric.calc_check_digit(both)
    assert not has_personal_number(f"机构{both}")


def test_the_vectors_of_resident_numbers_are_judged_as_the_standard_does() -> None:
    with shared("codesets", "check_digit_vectors.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "resident_id"]
    assert [has_personal_number(row["value"]) for row in rows] == [row["valid"] == "1" for row in rows]


def test_the_codes_of_the_divisions_are_none() -> None:
    with shared("divisions", "yibin_villages_2023.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row for row in rows if has_personal_number(" ".join(row.values()))] == []
