"""Days as the rules of a case count them (行政许可法 Art. 82: working days)."""

from __future__ import annotations

from datetime import date, datetime

from libs.workdays import CHINA, Calendar, Ledger, derive


def day_of(at: datetime) -> date:
    """The day in China at `at`."""
    return at.astimezone(CHINA).date()


def limit_of(ledger: Ledger, calendar: Calendar) -> datetime | None:
    """The instant at which the limit of `ledger` passes; None while it stands still, or where it began before the calendar does."""
    return None if ledger.start_day < calendar.first else derive(ledger, calendar).due_at


def passed(ledger: Ledger, at: datetime, calendar: Calendar) -> bool:
    """Whether the limit of `ledger` has passed at `at`. An imported case may be older than the calendar; then its limits have passed."""
    return ledger.start_day < calendar.first or derive(ledger, calendar).late(at)
