"""Serials of case numbers: leased in blocks, voided when their process ended."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record


@record
class NumbersLeased:
    """A process took serials `first`..`last` of a year for its case numbers."""

    year: int
    first: int
    last: int
    process: str
    at: datetime


@record
class NumbersVoided:
    """Leased serials that will never be used: their process ended. `next` is the first serial of the year that was never leased."""

    year: int
    serials: tuple[int, ...]
    process: str
    next: int
    at: datetime
