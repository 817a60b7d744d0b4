"""A calendar's file is read strictly: what is wrong is one sentence with file, line and column, and never left aside."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from libs.workdays import BadCalendar, Calendar, DayReason, Ledger, WorkingDays, explain
from libs.workdays.calendar import FOLDER, SHIPPED

HEAD = "date,is_workday,type,holiday,in_lieu_rest,source\n"
NEW_YEAR = "2007-01-01,0,holiday,New Year's Day,0,some notice\n"


def load(folder: Path, content: bytes | str) -> Calendar:
    file = folder / "mine.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Calendar.load(file)


@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("", "mine.csv：文件是空的"),
        (HEAD, "mine.csv：没有任何放假安排"),
        ("date,is_workday\n2007-01-01,0\n", "mine.csv 第 1 行：缺少「in_lieu_rest」列"),
        ("day,worked\n2026-01-01,0\n", "mine.csv 第 1 行，「day」：没有这一列"),
        (HEAD.replace("source", "sauce") + NEW_YEAR, "mine.csv 第 1 行，「sauce」：没有这一列"),
        (HEAD.replace("source", "date") + NEW_YEAR, "mine.csv 第 1 行，「date」：出现了两次"),
        (HEAD + "2007-01-01,0,holiday\n", "mine.csv 第 2 行：有 3 格，表头有 6 列"),
        (HEAD + NEW_YEAR.rstrip() + ",more\n", "mine.csv 第 2 行：有 7 格，表头有 6 列"),
        (HEAD + NEW_YEAR.replace("2007-01-01", "2007-1-1"), "mine.csv 第 2 行，「date」：应为日期，如 2007-10-01"),
        (HEAD + NEW_YEAR.replace("2007-01-01", "20070101"), "mine.csv 第 2 行，「date」：应为日期，如 2007-10-01"),
        (HEAD + NEW_YEAR.replace("2007-01-01", "2007-W01-1"), "mine.csv 第 2 行，「date」：应为日期，如 2007-10-01"),
        (HEAD + NEW_YEAR.replace("2007-01-01", "２００７-01-01"), "mine.csv 第 2 行，「date」：应为日期，如 2007-10-01"),
        (HEAD + NEW_YEAR.replace("01-01", "02-30"), "mine.csv 第 2 行，「date」：没有这一天"),
        (HEAD + NEW_YEAR.replace("2007-01-01", "1899-01-01"), "mine.csv 第 2 行，「date」：应在 1949-10-01 至 2060-12-31 之间"),
        (HEAD + NEW_YEAR.replace("2007-01-01", "2061-01-01"), "mine.csv 第 2 行，「date」：应在 1949-10-01 至 2060-12-31 之间"),
        (HEAD + NEW_YEAR + NEW_YEAR, "mine.csv 第 3 行，「date」：2007-01-01 在第 2 行已有"),
        (HEAD + NEW_YEAR.replace(",0,holiday", ",no,holiday"), "mine.csv 第 2 行，「is_workday」：应为 0 或 1"),
        (HEAD + NEW_YEAR.replace(",0,some", ",,some"), "mine.csv 第 2 行，「in_lieu_rest」：应为 0 或 1"),
        (
            HEAD + NEW_YEAR.replace(",0,holiday", ",1,makeup_workday").replace(",0,some", ",1,some"),
            "「in_lieu_rest」：上班的日子不是调休放假",
        ),
        (HEAD + NEW_YEAR.replace(",0,holiday", ",1,holiday"), "mine.csv 第 2 行，「type」：与 is_workday 不一致"),
        (HEAD + NEW_YEAR.replace(",holiday,", ",festival,"), "mine.csv 第 2 行，「type」：与 is_workday 不一致"),
        (HEAD + NEW_YEAR.replace("New Year's Day", " "), "mine.csv 第 2 行，「holiday」：必须填写"),
        (HEAD + '2007-01-01,0,holiday,"New Year,0,x\n', "mine.csv 第 2 行：引号没有配对"),
        (HEAD.encode() + "2007-01-01,0,holiday,元旦,0,x\n".encode("gbk"), "mine.csv 第 2 行：不是 UTF-8 文字"),
        (HEAD + NEW_YEAR.replace("some", "so\0me"), "mine.csv 第 2 行，「source」：含有看不见的字符"),
    ],
)
def test_a_file_of_another_form_is_refused_by_line_and_column(tmp_path: Path, content: bytes | str, because: str) -> None:
    with pytest.raises(BadCalendar) as no:
        load(tmp_path, content)
    assert because in str(no.value)
    assert len(str(no.value).splitlines()) == 1


def test_a_file_that_cannot_be_opened_is_no_calendar_of_another_form(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(OSError):
            Calendar.load(path)


def test_a_day_that_is_worked_anyway_is_no_shifted_day(tmp_path: Path) -> None:
    """10 October 2026 is a Saturday, the 9th a Friday; the first of October is worked though it is a holiday."""
    found = load(tmp_path, "date,is_workday,in_lieu_rest\n2026-10-01,1,0\n2026-10-09,1,0\n2026-10-10,1,0\n")
    assert [found.reason(date(2026, 10, day)).value for day in (1, 9, 10)] == ["shifted-work", "working-day", "shifted-work"]


def test_a_mark_windows_lines_blank_lines_and_other_orders_of_columns_are_read(tmp_path: Path) -> None:
    data = (FOLDER / SHIPPED[-1]).read_text(encoding="utf-8")
    shipped = Calendar.load()
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerows([row[::-1] for row in csv.reader(data.splitlines())])
    for changed in (f"\ufeff{data}", data.replace("\n", "\r\n"), f"{data}\n\n", out.getvalue()):
        found = load(tmp_path, changed)
        assert found.version.startswith("mine+")
        assert all(found.reason(day) is shipped.reason(day) for day in map(date.fromordinal, range(731_581, 752_000)))


def test_a_short_file_of_ones_own_needs_three_columns(tmp_path: Path) -> None:
    found = load(tmp_path, "date,is_workday,in_lieu_rest\n2026-10-01,0,0\n2026-10-09,0,0\n2026-10-10,1,0\n")
    assert (found.is_working_day(date(2026, 10, 1)), found.is_working_day(date(2026, 10, 10))) == (False, True)
    assert [found.reason(date(2026, 10, day)) for day in (1, 9)] == [DayReason.HOLIDAY, DayReason.NOTICED_REST]
    days = {day.date.day: day.reason_zh for day in explain(Ledger(date(2026, 9, 30), WorkingDays(8)), found)}
    assert (days[1], days[9]) == ("法定节假日（国庆节），不计入", "放假（国务院办公厅通知），不计入")
