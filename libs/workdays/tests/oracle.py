"""The same law, told again the slow way: one day after the other, from the data file itself. Shares nothing with what it judges but the words."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from libs.workdays import Ledger, NaturalDays, NonWorkingStart, Stop, Until

SHANGHAI = ZoneInfo("Asia/Shanghai")
DATA = Path(__file__).parents[1] / "calendars" / "cn_calendar_exceptions_2004_2026.csv"
with DATA.open(encoding="utf-8", newline="") as rows:
    NOTICED = {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(rows)}
LAST_NOTICE = date(2026, 12, 31)
DAY = timedelta(1)


@dataclass(frozen=True)
class Told:
    """Due date (None while the clock stands still), the counted days, the first instants of reminder and yellow."""

    due: date | None
    counted: tuple[date, ...]
    reminder: datetime | None
    yellow: datetime | None


def works(day: date) -> bool:
    """Whether people work on `day`."""
    if day in NOTICED:
        return NOTICED[day]
    fixed = day > LAST_NOTICE and (day.month, day.day) in {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
    return day.weekday() < 5 and not fixed


def begins(day: date) -> datetime:
    """The first instant of `day` in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def next_working(day: date) -> date:
    """`day`, or the first working day after it."""
    while not works(day):
        day += DAY
    return day


def days_counted(start: date, n: int, stops: Sequence[Stop], *, all_days: bool) -> list[date]:
    """The first n counted days after `start`; fewer where an open stop keeps the rest away."""
    found, day = list[date](), start
    while len(found) < n:
        day += DAY
        over = [stop for stop in stops if stop.first <= day and (stop.last is None or day <= stop.last)]
        if any(stop.last is None for stop in over):
            break
        if not over and (all_days or works(day)):
            found.append(day)
    return found


def tell(ledger: Ledger) -> Told:
    """When it is due, in working or natural days, and when to warn."""
    assert not isinstance(ledger.budget, Until)
    n = ledger.budget.n + sum(more.n for more in ledger.extensions if not isinstance(more, Until))
    moment = ledger.start if isinstance(ledger.start, datetime) else begins(ledger.start)
    day = moment.astimezone(SHANGHAI).date()
    if n == 0:
        closed = isinstance(ledger.start, datetime) and moment.astimezone(SHANGHAI).time() >= ledger.closing
        due = next_working(day + DAY if closed else day)
        before_closing = datetime.combine(due, ledger.closing, SHANGHAI) - timedelta(minutes=30)
        return Told(due, (), None, max(before_closing, moment))
    natural = isinstance(ledger.budget, NaturalDays)
    first = next_working(day) if ledger.non_working_start is NonWorkingStart.ROLL_FORWARD else day
    counted = days_counted(first, n, ledger.stops, all_days=natural)
    if natural:
        return _natural(counted, n, moment)
    rung = next(k for k in range(1, n + 1) if k == n or 10 * (k - 1) >= 9 * n)
    yellow = begins(counted[rung - 1]) if len(counted) >= rung else None
    reminder = begins(counted[rung - 2]) if n >= 2 and len(counted) >= rung - 1 else None
    return Told(counted[-1] if len(counted) == n else None, tuple(counted), reminder, yellow)


def _natural(counted: list[date], n: int, moment: datetime) -> Told:
    if len(counted) < n:
        return Told(None, tuple(counted), None, None)
    due = next_working(counted[-1])
    yellow = moment + (begins(due + DAY) - moment) * 9 / 10
    earlier = [day for day in counted if day < yellow.astimezone(SHANGHAI).date()]
    return Told(due, tuple(counted), begins(earlier[-1]) if n >= 2 and earlier else None, yellow)
