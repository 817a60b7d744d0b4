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
from libs.workdays.notices import BadCalendar
from libs.workdays.running import ran
from libs.workdays.shipped import Calendars, UnknownCalendar

__all__ = [
    "OVERDUE_STEP",
    "CHINA",
    "REASONS",
    "Back",
    "BadCalendar",
    "Budget",
    "Calendar",
    "Calendars",
    "CountedDay",
    "DayReason",
    "Due",
    "Ledger",
    "NaturalDays",
    "OutOfCalendar",
    "NonWorkingStart",
    "Stop",
    "UnknownCalendar",
    "Until",
    "WorkingDays",
    "count_back",
    "derive",
    "explain",
    "midnight",
    "ran",
]
