"""Deadline arithmetic over the Chinese working calendar. Standard library only."""

from libs.workdays.calendar import CHINA, Calendar, DayReason, OutOfCalendar, midnight
from libs.workdays.explain import REASONS, Back, CountedDay, count_back, explain
from libs.workdays.ledger import (
    OVERDUE_STEP,
    Budget,
    Due,
    Ledger,
    NaturalDays,
    NonWorkingStart,
    Stop,
    Until,
    WorkingDays,
    derive,
)
from libs.workdays.running import ran

__all__ = [
    "OVERDUE_STEP",
    "CHINA",
    "REASONS",
    "Back",
    "Budget",
    "Calendar",
    "CountedDay",
    "DayReason",
    "Due",
    "Ledger",
    "NaturalDays",
    "OutOfCalendar",
    "NonWorkingStart",
    "Stop",
    "Until",
    "WorkingDays",
    "count_back",
    "derive",
    "explain",
    "midnight",
    "ran",
]
