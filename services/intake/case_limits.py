"""Limits a rule has to know by itself: the 5 working days of silence (Art. 32(1)(4)) and the statutory limit (Art. 42, 45)."""

from __future__ import annotations

from datetime import date, datetime

from libs.workdays import Calendar
from services.intake.case_state import Case


def day_of(at: datetime) -> date: ...
