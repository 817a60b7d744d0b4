"""What a proof calls a day: a statutory holiday is one that the regulation of its time names; weekends and shifted days are none."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from libs.workdays import Calendar, Ledger, WorkingDays, count_back, explain

CALENDAR = Calendar.load()
STATUTORY = re.compile(r"法定节假日（(元旦|劳动节|国庆节)），不计入")


def words(first: str, last: str) -> list[str]:
    """What each day is called, the days from first to last."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = explain(Ledger(start - timedelta(1), WorkingDays(400)), CALENDAR)
    return [day.reason_zh for day in days if start <= day.date <= end]


def test_the_national_day_of_2007() -> None:
    assert words("2007-09-28", "2007-10-08") == [
        "工作日",
        "调休上班，工作日",
        "调休上班，工作日",
        *["法定节假日（国庆节），不计入"] * 3,
        *["调休放假，不计入"] * 2,
        *["周末，不计入"] * 2,
        "工作日",
    ]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2007-01-01", "法定节假日（元旦），不计入"),
        ("2007-01-02", "调休放假，不计入"),
        ("2007-05-02", "法定节假日（劳动节），不计入"),
        ("2007-05-06", "周末，不计入"),
        ("2008-05-02", "调休放假，不计入"),
        ("2008-05-01", "法定节假日（劳动节），不计入"),
        ("2025-05-02", "法定节假日（劳动节），不计入"),
        ("2004-05-03", "法定节假日（劳动节），不计入"),
        ("2004-10-02", "法定节假日（国庆节），不计入"),
        ("2004-10-04", "放假（国务院办公厅通知：国庆节），不计入"),
        ("2007-02-19", "放假（国务院办公厅通知：春节），不计入"),
        ("2007-02-18", "周末，不计入"),
        ("2007-02-22", "调休放假，不计入"),
        ("2008-04-04", "放假（国务院办公厅通知：清明节），不计入"),
        ("2008-06-09", "放假（国务院办公厅通知：端午节），不计入"),
        ("2008-09-15", "放假（国务院办公厅通知：中秋节），不计入"),
        ("2015-09-03", "放假（国务院办公厅通知：抗战胜利70周年纪念日），不计入"),
        ("2015-09-06", "调休上班，工作日"),
        ("2026-10-03", "法定节假日（国庆节），不计入"),
        ("2027-10-02", "法定节假日（国庆节），不计入（国务院尚未公布放假安排，暂按预计）"),
        ("2027-05-02", "法定节假日（劳动节），不计入（国务院尚未公布放假安排，暂按预计）"),
        ("2027-05-03", "工作日（国务院尚未公布放假安排，暂按预计）"),
    ],
)
def test_a_day_is_called_what_it_is(day: str, said: str) -> None:
    assert words(day, day) == [said]


def test_of_every_year_the_days_the_regulation_names_are_statutory_and_no_others() -> None:
    for year in range(2005, 2027):
        first, said = date(year, 1, 1), words(f"{year}-01-01", f"{year}-12-31")
        named = [f"{first + timedelta(n):%m-%d}" for n, text in enumerate(said) if text.startswith("法定节假日")]
        may = ["05-01", "05-02", "05-03"] if year < 2008 else ["05-01"] if year < 2025 else ["05-01", "05-02"]
        assert named == ["01-01", *may, "10-01", "10-02", "10-03"], year
        assert all(STATUTORY.fullmatch(text) for text in said if text.startswith("法定节假日"))


def test_counted_backward_and_for_an_immediate_limit_the_words_are_the_same() -> None:
    back = {f"{day.date:%m-%d}": day.reason_zh for day in count_back(date(2007, 10, 9), WorkingDays(2), CALENDAR).days}
    assert (back["10-01"], back["10-04"], back["10-06"]) == ("法定节假日（国庆节），不计入", "调休放假，不计入", "周末，不计入")
    now = {f"{day.date:%m-%d}": day.reason_zh for day in explain(Ledger(date(2007, 10, 1), WorkingDays(0)), CALENDAR)}
    assert (now["10-01"], now["10-04"], now["10-07"]) == ("法定节假日（国庆节），不计入", "调休放假，不计入", "周末，不计入")


def test_which_days_are_worked_is_what_it_was() -> None:
    """The sum over all numbers of worked days of the calendar as it was shipped: words change, counting does not."""
    upto = [CALENDAR.upto(date.fromordinal(n)) for n in range(date(2004, 1, 1).toordinal(), date(2060, 12, 31).toordinal() + 1)]
    assert (len(upto), upto[-1], sum(upto)) == (20820, 14470, 149686039)
