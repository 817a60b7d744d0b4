"""Limits a rule has to know by itself: the days of silence (Art. 32(1)(4)) and the statutory limit with its stops (Art. 42, 45)."""

from __future__ import annotations

from datetime import date, datetime

from libs.workdays import CHINA, Calendar, Ledger, Stop, WorkingDays, derive
from services.intake.case_state import Case


def day_of(at: datetime) -> date:
    """The day it is in China."""
    return at.astimezone(CHINA).date()


def silence_passed(case: Case, at: datetime, calendar: Calendar) -> bool:
    """Whether, at `at`, the time to tell what is missing has passed since materials last came in."""
    if case.pinned is None or case.received is None:
        return False
    return _passed(Ledger(case.received, WorkingDays(case.pinned.correction_days)), at, calendar)


def limit_passed(case: Case, at: datetime, calendar: Calendar) -> bool:
    """Whether, at `at`, the statutory limit has passed; not while a procedure of Art. 45 runs."""
    if case.pinned is None or case.effective is None:
        return False
    stops = tuple(Stop(stop.first, stop.last) for stop in case.stops if stop.last is None or stop.first <= stop.last)
    return _passed(Ledger(case.effective, WorkingDays(case.pinned.statutory_days), stops), at, calendar)


def _passed(ledger: Ledger, at: datetime, calendar: Calendar) -> bool:
    """An imported case may be older than the calendar; its limits have passed."""
    return ledger.start_day < calendar.first or derive(ledger, calendar).late(at)
