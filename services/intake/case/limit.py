"""The statutory limit of a case as it is projected now: its days, those of Art. 45 left out, those of Art. 42 added (行政许可法 Art. 42, 45, 82)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from libs.workdays import Calendar, Ledger, WorkingDays, derive
from services.intake.case.days import passed

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


def behind_limit(case: Case, day: date, calendar: Calendar) -> bool:
    """Whether `day` lies behind the last day of the statutory limit, which has not passed yet."""
    ledger = projected(case, calendar)
    last = derive(ledger, calendar).due_date if ledger else None
    return last is not None and day > last
