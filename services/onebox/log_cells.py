"""What stands in a cell of a log: texts and instants as the import takes them, or why not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from libs.codes import has_personal_number
from libs.forms import Moment, Staff, Title, Word, because_of

CASE, ACTIVITY, OFFICER = TypeAdapter[str](Word), TypeAdapter[str](Title), TypeAdapter[str](Staff)
_HINTS: Final = {
    CASE: "最多 100 字，不含控制字符",
    ACTIVITY: "最多 500 字，不含控制字符",
    OFFICER: "最多 40 个字母、汉字、数字、点、横线或下划线；其他写法由映射的 [officers] 对应",
}
_INSTANT: Final = TypeAdapter[datetime](Moment)
_STAMP: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?)? ?(?P<offset>Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_YEARS: Final = range(1949, 2201)
REMEMBERED: Final = 100_000
"""Cells: names of activities and officers, and what is said of a case, stand on many lines."""


class NotACell(Exception):
    """What stands there cannot be taken; the message says why."""


@lru_cache(REMEMBERED)
def text(kind: TypeAdapter[str], cell: str) -> str:
    """The text of a cell. Raises `NotACell`."""
    if not cell and kind is not OFFICER:
        raise NotACell("这一格是空的")
    try:
        found = kind.validate_python(cell)
    except ValidationError as no:
        error: Any = no.errors(include_url=False)[0]
        raise NotACell(f"「{shown(cell)}」{because_of(error)}（{_HINTS[kind]}）") from None
    if has_personal_number(found):
        raise NotACell("含有身份证号码或手机号码，不能导入")
    return found


@lru_cache(REMEMBERED)
def instant(cell: str, zone: ZoneInfo | None) -> datetime:
    """The instant of a cell, in UTC; without an offset it is of `zone`: the first one where clocks were set back. Raises `NotACell`."""
    if not cell:
        raise NotACell("这一格是空的")
    found = _STAMP.fullmatch(cell)
    if found is None:
        raise NotACell(f"「{shown(cell)}」不是时间，应如 2011-10-11 13:42:22+02:00")
    try:
        moment = datetime.fromisoformat(cell.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
    except ValueError:
        raise NotACell(f"没有「{cell}」这一时刻") from None
    if moment.year not in _YEARS:
        raise NotACell(f"「{cell}」太早或太晚，应在 1949 年 10 月至 2199 年之间")
    return _bounded(cell, moment if moment.tzinfo else _local(cell, moment, zone))


def _local(cell: str, moment: datetime, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        raise NotACell(f"「{cell}」没有时区，映射的 [file] time_zone 也没有给出")
    here = moment.replace(tzinfo=zone)
    if here.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise NotACell(f"{zone.key} 没有「{cell}」这一时刻：时钟拨快时跳过了")
    return here


def _bounded(cell: str, moment: datetime) -> datetime:
    try:
        return _INSTANT.validate_python(moment)
    except ValidationError:
        raise NotACell(f"「{cell}」太早或太晚，应在 1949 年 10 月至 2199 年之间") from None


def form_of_stamp(cell: str) -> tuple[int, bool]:
    """How a stamp is written: how far it goes, and whether it has an offset. One that was cut is written otherwise than the others."""
    found = _STAMP.fullmatch(cell)
    return (len(found["time"] or ""), found["offset"] is not None) if found else (-1, False)


def shown(cell: str) -> str:
    """What stands in a cell, in one line and not all of it."""
    return "".join(sign if sign.isprintable() else "□" for sign in cell[:40]) + ("…" if len(cell) > 40 else "")
