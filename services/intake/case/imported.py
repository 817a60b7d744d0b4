"""导入: what binds the acts of another system's record, which are otherwise kept as given (decision 0010, P-imported-acts)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from services.intake.law import refused

AHEAD: Final = timedelta(minutes=5)
"""How far the clock of the machine that kept the record may be ahead of ours."""


def must_have_happened(at: datetime, now: datetime) -> None:
    """Raises `Refused` for an act of the record whose instant is still to come."""
    if at > now + AHEAD:
        raise refused("in-the-future")
