"""The working calendar: Mon–Fri, less holidays, with shifted days, as the State Council's yearly notice has them (行政许可法 Art. 82).

Beyond the last notice: Mon–Fri less the statutory holidays that have a date, provisional. Before 2004 the data is silent: an error, not a guess.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from itertools import accumulate, compress, repeat
from operator import add
from pathlib import Path
from typing import Final, NamedTuple

from libs.workdays.notices import HORIZON, Noticed, notices
from libs.workdays.statutory import statutory

CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time zone of China, whose offset has not changed since 1991; the calendar begins later."""
FOLDER: Final = Path(__file__).with_name("calendars")
SHIPPED: Final = ("cn_calendar_exceptions_2004_2026.csv",)
"""Every file of exceptions that was ever shipped, in the order in which they were; the last is the current one. A new notice is a new file at
the end; none is changed or taken away, for limits that have ended were counted by it.
"""


class OutOfCalendar(ValueError):
    """A day the calendar says nothing about."""


class DayReason(str, Enum):
    """Why a day is worked or not."""

    WORKING_DAY = "working-day"
    SHIFTED_WORK = "shifted-work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    """A statutory one: the regulation names its date."""
    NOTICED_REST = "noticed-rest"
    """A working day that the notice gives for a holiday whose own day the calendar does not tell: a lunar one, or one that fell on a weekend."""
    SHIFTED_REST = "shifted-rest"


_WORKED: Final = (DayReason.WORKING_DAY, DayReason.SHIFTED_WORK)  # no set: an enum's hash is slow, and the calendar has 20,000 days
_WEEK: Final = (*[DayReason.WORKING_DAY] * 5, *[DayReason.WEEKEND] * 2)
_MIDNIGHT: Final = time(tzinfo=CHINA)
_DAY: Final = timedelta(1)


class WorkingDay(NamedTuple):
    """A working day with its first instant and the first instant after it."""

    date: date
    begins: datetime
    ends: datetime


def midnight(day: date) -> datetime:
    """00:00 of `day` in China."""
    return datetime.combine(day, _MIDNIGHT)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every day from 2004 to 2060, with its reason; `version` names the data. Counting is by table, not by walking."""

    version: str
    first: date
    last_notice: date
    _reasons: tuple[DayReason, ...] = field(repr=False)
    _upto: tuple[int, ...] = field(repr=False)
    _working: tuple[WorkingDay, ...] = field(repr=False)
    _base: int = field(repr=False)
    _holidays: Mapping[date, str] = field(repr=False)

    @classmethod
    def load(cls, path: Path = FOLDER / SHIPPED[-1]) -> Calendar:
        """The calendar of a file of exceptions, without one the current. Raises `BadCalendar`: one sentence with file, line and column; `OSError`
        for a file that cannot be opened.
        """
        data = path.read_bytes()
        days = notices(data, path.name)
        exceptions = {day.date: _noticed(day) for day in days}
        return cls.of(exceptions, f"{path.stem}+{hashlib.sha256(data).hexdigest()[:12]}", {day.date: day.holiday for day in days})

    @classmethod
    def of(cls, exceptions: Mapping[date, DayReason], version: str, holidays: Mapping[date, str] | None = None) -> Calendar:
        """A calendar from exceptions, and the holidays' names by day where the regulation does not give them; the years of the first and the
        last are taken as wholly known. Raises `ValueError` for none at all.
        """
        if not exceptions:
            raise ValueError("日历没有任何放假安排")
        first, last_notice = date(min(exceptions).year, 1, 1), date(max(exceptions).year, 12, 31)
        days = list(map(date.fromordinal, range(first.toordinal(), HORIZON.toordinal() + 1)))
        reasons = [exceptions.get(day) or _plain(day, provisional=day > last_notice) for day in days]
        worked = [reason in _WORKED for reason in reasons]
        midnights = list(accumulate(repeat(_DAY, len(days)), add, initial=midnight(first)))
        working = tuple(map(WorkingDay._make, compress(zip(days, midnights, midnights[1:], strict=False), worked)))
        return cls(version, first, last_notice, tuple(reasons), tuple(accumulate(worked)), working, first.toordinal(), holidays or {})

    def reason(self, day: date) -> DayReason:
        """Why `day` is worked or not. Raises `OutOfCalendar`."""
        n = day.toordinal() - self._base
        if not 0 <= n < len(self._reasons):
            raise self._silent(day)
        return self._reasons[n]

    def holiday(self, day: date) -> str:
        """The holiday for which `day` is free, by its name; empty where nobody names one."""
        return statutory(day) or self._holidays.get(day, "")

    def is_working_day(self, day: date) -> bool:
        return self.reason(day) in _WORKED

    def is_provisional(self, day: date) -> bool:
        """Whether the State Council's notice for `day` is still to come."""
        return day > self.last_notice

    def upto(self, day: date) -> int:
        """How many working days there are up to and with `day`, from the beginning of the calendar. Raises `OutOfCalendar`."""
        n = day.toordinal() - self._base
        if not 0 <= n < len(self._upto):
            raise self._silent(day)
        return self._upto[n]

    def nth(self, n: int) -> WorkingDay:
        """The working day with `upto` n. Raises `OutOfCalendar`."""
        if not 1 <= n <= len(self._working):
            raise self._beyond()
        return self._working[n - 1]

    def nth_to(self, n: int, last: int) -> tuple[WorkingDay, ...]:
        """The working days with `upto` n to `last`, both included. Raises `OutOfCalendar`."""
        if not 1 <= n <= last <= len(self._working):
            raise self._beyond()
        return self._working[n - 1 : last]

    def _silent(self, day: date) -> OutOfCalendar:
        return OutOfCalendar(f"{day} 不在日历内（{self.first} 至 {HORIZON}）")

    def _beyond(self) -> OutOfCalendar:
        return OutOfCalendar(f"推算超出了日历（{self.first} 至 {HORIZON}）")

    def after(self, day: date, n: int) -> date:
        """The nth working day after `day`, n ≥ 1."""
        return self.nth(self.upto(day) + n).date

    def before(self, day: date, n: int) -> date:
        """The nth working day before `day`, n ≥ 1."""
        return self.nth(self.upto(day - _DAY) - n + 1).date

    def on_or_after(self, day: date) -> date:
        """`day` if it is worked, else the next working day."""
        return day if self.is_working_day(day) else self.after(day, 1)


def _noticed(day: Noticed) -> DayReason:
    """What a day of the notice is: the regulation comes first, then the week, then what the notice shifts. A day that is worked is a shifted one
    only where it would be free.
    """
    if day.worked:
        return DayReason.SHIFTED_WORK if statutory(day.date) or day.date.weekday() >= 5 else DayReason.WORKING_DAY
    if statutory(day.date):
        return DayReason.HOLIDAY
    if day.date.weekday() >= 5:
        return DayReason.WEEKEND
    return DayReason.SHIFTED_REST if day.in_lieu else DayReason.NOTICED_REST


def _plain(day: date, *, provisional: bool) -> DayReason:
    return DayReason.HOLIDAY if provisional and statutory(day) else _WEEK[day.weekday()]
