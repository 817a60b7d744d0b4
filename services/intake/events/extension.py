"""The statutory limit extended (延长: Art. 42)."""

from __future__ import annotations

from datetime import date, datetime

from libs.decider import record


@record
class LimitExtended:
    """Art. 42: once, by the agency's head; the applicant was told the `reasons` on `told`, before the limit passes. `days` are working days."""

    case: str
    days: int
    moves_promise: bool
    head: str
    document: str
    told: date
    reasons: str
    officer: str
    at: datetime
    imported: bool = False
