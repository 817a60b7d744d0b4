"""The file of a calendar's exceptions, made from the State Council's notices, read strictly: a line that is wrong is never left aside."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

FIRST: Final = date(1949, 10, 1)
HORIZON: Final = date(2060, 12, 31)
"""The last day of the calendar: days behind the last notice are projected up to it."""
NEEDED: Final = ("date", "is_workday", "in_lieu_rest")
BESIDES: Final = ("holiday", "type", "source")
NAMES: Final[Mapping[str, str]] = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
"""Holidays as the shipped file has them; another file may name them in Chinese."""
_TYPES: Final = {"1": "makeup_workday", "0": "holiday"}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class BadCalendar(ValueError):
    """The file is no calendar; the message is one sentence with file, line and column."""


class Noticed(NamedTuple):
    """A day that differs from plain Mon–Fri, or is a holiday."""

    date: date
    worked: bool
    in_lieu: bool
    holiday: str


def notices(data: bytes, name: str) -> Sequence[Noticed]:
    """The days of a file (UTF-8 CSV), in its order. Raises `BadCalendar`, naming the file `name`."""
    lines = _lines(data, name)
    head = next(lines, None)
    if head is None:
        raise BadCalendar(f"{name}：文件是空的")
    columns = _columns(head[1], name)
    found, seen = list[Noticed](), dict[date, int]()
    for line, cells in lines:
        if len(cells) != len(columns):
            raise BadCalendar(f"{name} 第 {line} 行：有 {len(cells)} 格，表头有 {len(columns)} 列")
        if unseen := next((column for column, cell in zip(columns, cells, strict=True) if not cell.isprintable()), ""):
            raise BadCalendar(f"{name} 第 {line} 行，「{unseen}」：含有看不见的字符")
        row = _row(dict(zip(columns, cells, strict=True)), f"{name} 第 {line} 行")
        if (before := seen.setdefault(row.date, line)) != line:
            raise BadCalendar(f"{name} 第 {line} 行，「date」：{row.date} 在第 {before} 行已有")
        found.append(row)
    if not found:
        raise BadCalendar(f"{name}：没有任何放假安排")
    return found


def _lines(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line on which each begins; blank lines are none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCalendar(f"{name} 第 {data.count(bytes([10]), 0, error.start) + 1} 行：不是 UTF-8 文字") from None
    reader, line = csv.reader(re.split(r"(?<=\n)", text), strict=True), 1
    try:
        for cells in reader:
            if cells:
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error:
        raise BadCalendar(f"{name} 第 {line} 行：引号没有配对，或有不能读的字符") from None


def _columns(cells: Sequence[str], name: str) -> Sequence[str]:
    for n, column in enumerate(cells):
        if column not in (*NEEDED, *BESIDES):
            raise BadCalendar(f"{name} 第 1 行，「{column}」：没有这一列")
        if column in cells[:n]:
            raise BadCalendar(f"{name} 第 1 行，「{column}」：出现了两次")
    if missing := next((column for column in NEEDED if column not in cells), ""):
        raise BadCalendar(f"{name} 第 1 行：缺少「{missing}」列")
    return cells


def _row(row: Mapping[str, str], place: str) -> Noticed:
    for column in ("is_workday", "in_lieu_rest"):
        if row[column] not in ("0", "1"):
            raise BadCalendar(f"{place}，「{column}」：应为 0 或 1")
    worked, in_lieu = row["is_workday"] == "1", row["in_lieu_rest"] == "1"
    if row.get("type", "") not in ("", _TYPES[row["is_workday"]]):
        raise BadCalendar(f"{place}，「type」：与 is_workday 不一致")
    if worked and in_lieu:
        raise BadCalendar(f"{place}，「in_lieu_rest」：上班的日子不是调休放假")
    holiday = row.get("holiday")
    if holiday == "":
        raise BadCalendar(f"{place}，「holiday」：必须填写")
    return Noticed(_date(row["date"], place), worked, in_lieu, NAMES.get(holiday, holiday) if holiday else "")


def _date(text: str, place: str) -> date:
    if not _DAY.fullmatch(text):
        raise BadCalendar(f"{place}，「date」：应为日期，如 2007-10-01")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadCalendar(f"{place}，「date」：没有这一天") from None
    if not FIRST <= day <= HORIZON:
        raise BadCalendar(f"{place}，「date」：应在 {FIRST} 至 {HORIZON} 之间")
    return day
