"""依法不计时: a procedure of 行政许可法 Art. 45 runs, told to the applicant in writing, and its days are not counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.days import day_of
from services.intake.events import CaseEvent, ClocksResumed, ClocksSuspended, Stopper
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class SuspendClocks(Asked):
    """One of the eight procedures begins on `first`; `notice` is the document the applicant got on `notified`."""

    reason: Stopper
    expected_days: int
    notice: str
    notified: date
    first: date


@record
class ResumeClocks(Asked):
    """The procedure ended on `last`."""

    last: date


Command = SuspendClocks | ResumeClocks


@record
class Uncounted:
    """Days from `first` to `last` are not counted; `last` None: the procedure still runs."""

    first: date
    last: date | None = None


@record
class Suspensions:
    """What this topic remembers, in the order it was recorded."""

    all: tuple[Uncounted, ...] = ()

    @property
    def running(self) -> Uncounted | None:
        """The procedure that runs now."""
        return self.all[-1] if self.all and self.all[-1].last is None else None


def fold(stops: Suspensions, event: CaseEvent) -> Suspensions:
    """What is remembered after `event`."""
    match event:
        case ClocksSuspended(first=first):
            return Suspensions(all=(*stops.all, Uncounted(first=first)))
        case ClocksResumed(last=last) if stops.all:
            return Suspensions(all=(*stops.all[:-1], replace(stops.all[-1], last=last)))
        case _:
            return stops


def already_suspended(c: SuspendClocks, case: Case) -> bool:
    """A procedure runs from that day."""
    return case.stops.running is not None and case.stops.running.first == c.first


def may_suspend(c: SuspendClocks, case: Case) -> None:
    """Why not."""
    if case.stops.running is not None:
        raise refused("already-suspended")
    if not c.notice or c.notified > c.first or c.notified > day_of(c.at):
        raise refused("not-notified")


def suspended(c: SuspendClocks, _case: Case) -> ClocksSuspended:
    """What then is so."""
    return ClocksSuspended(**said(c), reason=c.reason, expected_days=c.expected_days, notice=c.notice, notified=c.notified, first=c.first)


def already_resumed(c: ResumeClocks, case: Case) -> bool:
    """The last procedure ended on that day."""
    return bool(case.stops.all) and case.stops.all[-1].last == c.last


def may_resume(c: ResumeClocks, case: Case) -> None:
    """Why not."""
    running = case.stops.running
    if running is None:
        raise refused("not-suspended")
    if not running.first <= c.last <= day_of(c.at):
        raise refused("last-day-wrong")


def resumed(c: ResumeClocks, _case: Case) -> ClocksResumed:
    """What then is so."""
    return ClocksResumed(**said(c), last=c.last)


ACTS: Final[Acts] = {
    SuspendClocks: Act(may_suspend, suspended, already_suspended, lambda case: case.stops.running is None),
    ResumeClocks: Act(may_resume, resumed, already_resumed, lambda case: case.stops.running is not None),
}
