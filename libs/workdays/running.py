"""How far a limit has run: the working days that were counted by a day, also behind its end (行政许可法 Art. 82)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from libs.workdays.calendar import Calendar
from libs.workdays.ledger import Ledger, counting_start, united

_DAY: Final = timedelta(1)


def ran(ledger: Ledger, day: date, calendar: Calendar) -> int:
    """The working days counted from the start up to and with `day`, less those of stops; 0 by the day of the start. Raises `OutOfCalendar`."""
    start = counting_start(ledger, calendar)
    if day <= start:
        return 0
    stopped = 0
    for first, last in united(ledger.stops):
        before, end = max(first - _DAY, start), day if last is None else min(last, day)
        stopped += calendar.upto(end) - calendar.upto(before) if end > before else 0
    return calendar.upto(day) - calendar.upto(start) - stopped
