"""Days as the rules of a case count them (行政许可法 Art. 82: working days)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from libs.workdays import CHINA, Calendar, Ledger, derive


def day_of(at: datetime) -> date:
    """The day in China at `at`."""
    return at.astimezone(CHINA).date()


def limit_of(ledger: Ledger, calendar: Calendar) -> datetime | None:
    """The instant, in UTC, at which the limit of `ledger` passes; None while it stands still, or where it began before the calendar does."""
    due_at = None if ledger.start_day < calendar.first else derive(ledger, calendar).due_at
    return due_at.astimezone(UTC) if due_at else None


def days_back(at: datetime, calendar: Calendar, n: int) -> list[datetime]:
    """The beginnings of the last `n` working days before the day of `at`, latest first: what began before the k-th is past a limit of k.

    Fewer where the calendar does not reach so far back.
    """
    day = day_of(at)
    counted = calendar.upto(day - timedelta(1)) if day > calendar.first else 0
    return [calendar.nth(counted - k).begins for k in range(min(n, counted))]


def passed(ledger: Ledger, at: datetime, calendar: Calendar) -> bool:
    """Whether the limit of `ledger` has passed at `at`. An imported case may be older than the calendar; then its limits have passed."""
    return ledger.start_day < calendar.first or derive(ledger, calendar).late(at)
