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
class Suspension:
    """Days from `first` to `last` are not counted; `last` None: the procedure of Art. 45 still runs."""

    first: date
    last: date | None = None


@record
class Suspensions:
    """What this topic remembers: every suspension of the case, in the order they were recorded."""

    all: tuple[Suspension, ...] = ()

    @property
    def running(self) -> Suspension | None:
        """The suspension whose procedure runs now, or None."""
        return self.all[-1] if self.all and self.all[-1].last is None else None


def fold(suspensions: Suspensions, event: CaseEvent) -> Suspensions:
    """What this topic remembers after `event`."""
    match event:
        case ClocksSuspended(first=first):
            return Suspensions(all=(*suspensions.all, Suspension(first=first)))
        case ClocksResumed(last=last) if suspensions.all:
            return Suspensions(all=(*suspensions.all[:-1], replace(suspensions.all[-1], last=last)))
        case _:
            return suspensions


def already_suspended(c: SuspendClocks, case: Case) -> bool:
    """Whether a procedure runs from the same day."""
    return case.suspensions.running is not None and case.suspensions.running.first == c.first


def may_suspend(c: SuspendClocks, case: Case) -> None:
    """Raises `Refused` where a procedure runs, or where the applicant was not told of this one in writing by its first day."""
    if case.suspensions.running is not None:
        raise refused("already-suspended")
    if not c.notice or c.notified > c.first or c.notified > day_of(c.at):
        raise refused("not-notified")


def suspended(c: SuspendClocks, _case: Case) -> ClocksSuspended:
    """The fact that a procedure of Art. 45 runs."""
    return ClocksSuspended(**said(c), reason=c.reason, expected_days=c.expected_days, notice=c.notice, notified=c.notified, first=c.first)


def already_resumed(c: ResumeClocks, case: Case) -> bool:
    """Whether the last procedure ended on the same day."""
    return bool(case.suspensions.all) and case.suspensions.all[-1].last == c.last


def may_resume(c: ResumeClocks, case: Case) -> None:
    """Raises `Refused` where no procedure runs, or where its last day lies before its first or after today."""
    running = case.suspensions.running
    if running is None:
        raise refused("not-suspended")
    if not running.first <= c.last <= day_of(c.at):
        raise refused("last-day-wrong")


def resumed(c: ResumeClocks, _case: Case) -> ClocksResumed:
    """The fact that the procedure of Art. 45 has ended."""
    return ClocksResumed(**said(c), last=c.last)


ACTS: Final[Acts] = {
    SuspendClocks: Act(may_suspend, suspended, already_suspended, lambda case: case.suspensions.running is None),
    ResumeClocks: Act(may_resume, resumed, already_resumed, lambda case: case.suspensions.running is not None),
}
