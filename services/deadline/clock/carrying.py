"""导入结转: a clock that began in another system's record is carried over when its case comes here (P-imported-acts, decision 0010).

One fact says how far it had run by then. Nobody here answers for the time before: what the clock would have said by then is never said.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from libs.workdays import CHINA, OVERDUE_STEP, Calendar, Ledger, WorkingDays, ran
from services.deadline.clock.change import said
from services.deadline.clock.counting import ledger
from services.deadline.events import ClockCarriedOver, ClockKind, Unit

if TYPE_CHECKING:
    from services.deadline.clock import Clock


def carried_over(clock: Clock, came: datetime | None, calendar: Calendar) -> ClockCarriedOver | None:
    """The fact that the clock, just started, ran before its case came at `came`; None where it did not. An instant that the record itself gave
    as a limit lives in the record's own time and is not carried over; the clock of a procedure of Art. 45 is begun here alone, though its first
    day be the very day.
    """
    if came is None or clock.started.start >= came or _never_carried(clock):
        return None
    return ClockCarriedOver(**said(clock), kind=clock.started.kind, ran=days_run(clock, came, calendar), due_at=None, at=came)


def _never_carried(clock: Clock) -> bool:
    return clock.started.budget.unit is Unit.UNTIL or clock.started.kind is ClockKind.SUSPENSION


def days_run(clock: Clock, at: datetime, calendar: Calendar) -> int:
    """The working days that the clock had run by the end of the day of `at`, as far as its stops are known."""
    return ran(ledger(clock), _day(at), calendar)


def before_it_came(clock: Clock, at: datetime) -> bool:
    """Whether `at` lies in the time before the case came, in which the clock says nothing."""
    return clock.carried is not None and at <= clock.carried.at


def reds_before_it_came(clock: Clock, known: Ledger, due_date: date, calendar: Calendar) -> int:
    """How many reds for further days overdue lie before the day on which the case came, at least: years of them need not be looked at."""
    if clock.carried is None:
        return 0
    overdue = ran(Ledger(due_date, WorkingDays(OVERDUE_STEP), known.stops), _day(clock.carried.at), calendar)
    return max(overdue // OVERDUE_STEP - 1, 0)


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
