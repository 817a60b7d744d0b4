"""A deadline is derived from its ledger: start, budget, stops, extensions (行政许可法 Art. 42, 45, 82; 民法典 Art. 201, 203).

The start day is not counted; done by 24:00 of the last day is in time. The due instant is derived, never stored as truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final, NamedTuple

from libs.workdays.calendar import CHINA, Calendar, WorkingDay, midnight
from libs.workdays.notices import HORIZON

CLOSING: Final = time(17, 30)
WARN_BEFORE_CLOSING: Final = timedelta(minutes=30)
OVERDUE_STEP: Final = 5
"""Working days after which a red card is given again."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A budget in working days; 0: immediate, the same working day. Raises `ValueError` below 0."""

    n: int

    def __post_init__(self) -> None:
        _not_negative(self.n)


@dataclass(frozen=True, slots=True)
class NaturalDays:
    """A budget in natural days; its end moves past non-working days (民法典 Art. 203); 0: immediate. Raises `ValueError` below 0."""

    n: int

    def __post_init__(self) -> None:
        _not_negative(self.n)


@dataclass(frozen=True, slots=True)
class Until:
    """An imported log's limit: done at the instant is in time; no calendar, no stops. Raises `ValueError` for an instant without time zone."""

    instant: datetime

    def __post_init__(self) -> None:
        _aware(self.instant)


Budget = WorkingDays | NaturalDays | Until


@dataclass(frozen=True, slots=True)
class Stop:
    """Days not counted, both included; `last` None: still going on."""

    first: date
    last: date | None = None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"不计时的区间颠倒了：{self.first} 至 {self.last}")


class NonWorkingStart(str, Enum):
    """How a start on a non-working day is read: as it is, or as the next working day."""

    AS_IS = "as_is"
    ROLL_FORWARD = "roll_forward"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a clock knows. `extensions` are budgets of the same unit, added. `start` is aware, or a date."""

    start: datetime | date
    budget: Budget
    stops: tuple[Stop, ...] = ()
    extensions: tuple[Budget, ...] = ()
    non_working_start: NonWorkingStart = NonWorkingStart.AS_IS
    closing: time = CLOSING

    @property
    def start_day(self) -> date:
        """The day of the start in China. Raises `ValueError` for an instant without time zone."""
        start = self.start
        if not isinstance(start, datetime):
            return start
        return (start if start.tzinfo else _aware(start)).astimezone(CHINA).date()


class Due(NamedTuple):
    """What follows from a ledger. `due_at` is exclusive (the midnight behind `due_date`) unless `inclusive`; None while the clock stands still.
    No warning lies before the start.
    """

    due_date: date | None
    due_at: datetime | None
    inclusive: bool
    provisional: bool
    reminder_at: datetime | None
    yellow_at: datetime | None

    def late(self, at: datetime) -> bool:
        """Whether something done at `at` is past due."""
        if self.due_at is None:
            return False
        return at > self.due_at if self.inclusive else at >= self.due_at


_DAY: Final = timedelta(1)
_ROLL_FORWARD: Final = NonWorkingStart.ROLL_FORWARD  # derive is a hot path, and looking up an enum's member is slow


def _not_negative(n: int) -> None:
    if n < 0:
        raise ValueError("期限不能少于 0 天")


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"时刻 {instant} 没有时区")
    return instant


def united(stops: Sequence[Stop]) -> list[tuple[date, date | None]]:
    """The stops as disjoint intervals in order; overlapping and touching ones are one."""
    if len(stops) == 1:
        return [(stops[0].first, stops[0].last)]
    found: list[tuple[date, date | None]] = []
    for stop in sorted(stops, key=lambda s: s.first):
        if found:
            first, last = found[-1]
            if last is None:
                break
            if stop.first - last <= _DAY:
                found[-1] = (first, None if stop.last is None else max(last, stop.last))
                continue
        found.append((stop.first, stop.last))
    return found


def total(ledger: Ledger) -> int:
    """Days of the budget with its extensions. Raises `ValueError` for mixed units."""
    budget = ledger.budget
    if isinstance(budget, Until):
        return 0
    days = budget.n
    for extension in ledger.extensions:
        if isinstance(extension, Until) or type(extension) is not type(budget):
            raise ValueError("延长的单位应与原期限一致")
        days += extension.n
    return days


def derive(ledger: Ledger, calendar: Calendar) -> Due:
    """When the limit of a ledger is due, and when to warn of it. Raises `OutOfCalendar`, `ValueError`."""
    if isinstance(ledger.budget, Until):
        return _until(ledger, ledger.budget.instant)
    n = total(ledger) if ledger.extensions else ledger.budget.n
    if n == 0:
        return _immediate(ledger, calendar)
    return (_natural if isinstance(ledger.budget, NaturalDays) else _working)(ledger, calendar, n)


def counting_start(ledger: Ledger, calendar: Calendar) -> date:
    """The day that is not counted: day 1 is the next countable one."""
    day = ledger.start_day
    return calendar.on_or_after(day) if ledger.non_working_start is _ROLL_FORWARD else day


def _until(ledger: Ledger, instant: datetime) -> Due:
    start = _begin(ledger)
    warn = max(start, start + (instant - start) * 9 / 10)  # an imported record may give an instant before its filing
    return Due(instant.astimezone(CHINA).date(), instant, True, False, None, warn)


def _immediate(ledger: Ledger, calendar: Calendar) -> Due:
    day = ledger.start_day
    closed = isinstance(ledger.start, datetime) and ledger.start.astimezone(CHINA).time() >= ledger.closing
    due = calendar.after(day, 1) if closed else calendar.on_or_after(day)
    warn = max(_begin(ledger), datetime.combine(due, ledger.closing, CHINA) - WARN_BEFORE_CLOSING)  # begun minutes before closing
    return Due(due, midnight(due + _DAY), False, calendar.is_provisional(due), None, warn)


def _begin(ledger: Ledger) -> datetime:
    return _aware(ledger.start) if isinstance(ledger.start, datetime) else midnight(ledger.start)


def _left_out(stops: Sequence[Stop], start: date, calendar: Calendar) -> list[tuple[int, int | None]]:
    """The stops in working days: after how many of the calendar each begins, and how many it leaves out; None: all that follow."""
    found: list[tuple[int, int | None]] = []
    for first, last in united(stops):
        if first > HORIZON:
            break
        if last is not None and last <= start:
            continue
        before = calendar.upto(start if first <= start else first - _DAY)
        found.append((before, None if last is None else calendar.upto(min(last, HORIZON)) - before))
    return found


def _counted(calendar: Calendar, n: int, left_out: Sequence[tuple[int, int | None]]) -> WorkingDay | None:
    """The working day that has number n of the calendar when none is left out; None where an open stop keeps it away."""
    for before, days in left_out:
        if n <= before:
            break
        if days is None:
            return None
        n += days
    return calendar.nth(n)


def _working(ledger: Ledger, calendar: Calendar, n: int) -> Due:
    start, warn = counting_start(ledger, calendar), min(-(-9 * n // 10) + 1, n)
    before = calendar.upto(start)
    if not ledger.stops:
        days = calendar.nth_to(before + (warn - 1 or 1), before + n)
        due, reminder = days[-1], days[0].begins if n >= 2 else None
        return Due(due.date, due.ends, False, due.date > calendar.last_notice, reminder, days[warn - n - 1].begins)
    left_out = _left_out(ledger.stops, start, calendar)
    last = _counted(calendar, before + n, left_out)
    yellow = last if warn == n else _counted(calendar, before + warn, left_out)
    earlier = _counted(calendar, before + warn - 1, left_out) if n >= 2 else None
    return Due(
        last.date if last else None,
        last.ends if last else None,
        False,
        last is not None and calendar.is_provisional(last.date),
        earlier.begins if earlier else None,
        yellow.begins if yellow else None,
    )


def _natural(ledger: Ledger, calendar: Calendar, n: int) -> Due:
    start, stops = counting_start(ledger, calendar), united(ledger.stops)
    last = _last_natural(start, n, stops)
    if last is None:
        return Due(None, None, False, False, None, None)
    end = calendar.on_or_after(last)
    due, begin = midnight(end + _DAY), _begin(ledger)
    warn = begin + (due - begin) * 9 / 10
    earlier = _counted_by(min(warn.astimezone(CHINA).date() - _DAY, last), stops)
    reminder = midnight(earlier) if n >= 2 and earlier > start else None
    return Due(end, due, False, calendar.is_provisional(end), reminder, warn)


def _last_natural(start: date, n: int, stops: Sequence[tuple[date, date | None]]) -> date | None:
    """The nth natural day after `start` that no stop leaves out; None where an open stop keeps it away."""
    end = start + timedelta(n)
    for first, last in stops:
        if end < first:
            break
        if last is None:
            return None
        if last > start:
            end += last - (start if first <= start else first - _DAY)
    return end


def _counted_by(day: date, stops: Sequence[tuple[date, date | None]]) -> date:
    """`day`, or the one before the stop it lies in."""
    return next((first - _DAY for first, last in stops if first <= day and (last is None or day <= last)), day)
