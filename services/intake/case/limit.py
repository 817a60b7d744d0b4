"""The statutory limit of a case as it is projected now: its days, those of Art. 45 left out, those of Art. 42 added (行政许可法 Art. 42, 45, 82)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from libs.workdays import Calendar, Ledger, Stop, WorkingDays, derive
from services.intake.case.days import day_of, passed

if TYPE_CHECKING:
    from services.intake.case import Case


def projected(case: Case, calendar: Calendar) -> Ledger | None:
    """The ledger of the statutory limit; None before acceptance. What another system's record says to have moved a limit that had passed by
    then moves nothing; an act done here was refused then.
    """
    if case.pinned is None or case.taking_up.effective is None:
        return None
    ledger = Ledger(case.taking_up.effective, WorkingDays(case.pinned.statutory_days))
    for suspension in case.suspensions.all:
        told, stop = suspension.told, suspension.left_out
        if stop is not None and not (told.imported and passed(ledger, told.at, calendar)):
            ledger = replace(ledger, stops=(*ledger.stops, stop))
    longer = case.extended
    if longer is not None and longer.days > 0 and not (longer.imported and passed(ledger, longer.at, calendar)):
        ledger = replace(ledger, extensions=(WorkingDays(longer.days),))
    return ledger


def limit_passed(case: Case, at: datetime, calendar: Calendar) -> bool:
    """Whether, at `at`, the statutory limit has passed; not while a procedure of Art. 45 runs."""
    ledger = projected(case, calendar)
    return ledger is not None and passed(ledger, at, calendar)


def behind_limit(case: Case, day: date, at: datetime, calendar: Calendar) -> bool:
    """Whether `day` lies behind the last day of the statutory limit, which has not passed at `at`. While procedures of Art. 45 are not over, the
    limit is taken as it will be if each still takes all the days expected of the longest.
    """
    ledger = projected(case, calendar)
    if ledger is None:
        return False
    expected = max((one.told.expected_days for one in case.suspensions.open), default=0)
    stops = tuple(stop if stop.last else _over_after(stop, expected, day_of(at), calendar) for stop in ledger.stops)
    last = derive(replace(ledger, stops=stops), calendar).due_date
    return last is not None and day > last


def _over_after(stop: Stop, expected: int, today: date, calendar: Calendar) -> Stop:
    begins = max(stop.first, today)
    return Stop(stop.first, max(begins, calendar.after(begins, expected)))
