"""依法不计时: procedures of 行政许可法 Art. 45 run, each told to the applicant in writing, and their days are not counted.

Several may run at once; one announced for later stops and blocks nothing until its day, and can be called off before it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from libs.decider import record
from libs.workdays import Stop
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.days import day_of
from services.intake.case.limit import behind_limit, limit_passed
from services.intake.events import (
    CaseDecided,
    CaseEvent,
    ClocksResumed,
    ClocksSuspended,
    PinnedStop,
    StepRole,
    Stopper,
    SuspensionCalledOff,
)
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case

RESTS_ON_ITS_RECORD: Final = frozenset({Stopper.HEARING, Stopper.EXPERT_REVIEW})
"""The procedures while which nothing is examined or approved either: the conclusion rests on their record (Art. 48)."""


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
    """The procedure of this number ended on `last`."""

    number: int
    last: date


@record
class CallOffSuspension(Asked):
    """The procedure of this number, announced for later, will not be held."""

    number: int
    reasons: str


Command = SuspendClocks | ResumeClocks | CallOffSuspension


@record
class Suspension:
    """A procedure of Art. 45 as it was told, and what became of it; None: it was announced or runs, and is not over."""

    told: ClocksSuspended
    end: ClocksResumed | SuspensionCalledOff | CaseDecided | None = None

    @property
    def left_out(self) -> Stop | None:
        """The days that are not counted; None: none, where it was called off, or is said to have ended before it began."""
        match self.end:
            case None:
                return Stop(self.told.first)
            case ClocksResumed(last=last) if last >= self.told.first:
                return Stop(self.told.first, last)
            case _:
                return None


@record
class Suspensions:
    """What this topic remembers: every procedure of Art. 45 of the case, in the order of their numbers."""

    all: tuple[Suspension, ...] = ()

    @property
    def open(self) -> tuple[Suspension, ...]:
        """Those that are not over, whether they have begun or not."""
        return tuple(one for one in self.all if one.end is None)

    def numbered(self, number: int) -> Suspension | None:
        """The procedure of this number, if there is one that is not over."""
        return next((one for one in self.open if one.told.number == number), None)


def fold(suspensions: Suspensions, event: CaseEvent) -> Suspensions:
    """What this topic remembers after `event`. A decision is the end of whatever was announced; an end that names none that is open is none."""
    match event:
        case ClocksSuspended():
            return Suspensions(all=(*suspensions.all, Suspension(told=event)))
        case ClocksResumed(number=number) | SuspensionCalledOff(number=number):
            over = tuple(one for one in suspensions.open if one.told.number == number)
        case CaseDecided():
            over = suspensions.open
        case _:
            return suspensions
    return Suspensions(all=tuple(replace(one, end=event) if one in over else one for one in suspensions.all))


# --- what a procedure blocks ------------------------------------------------------------------------------------------------------------


def running(case: Case, day: date) -> tuple[Suspension, ...]:
    """The procedures of Art. 45 that run on `day`: begun, and not over."""
    return tuple(one for one in case.suspensions.open if one.told.first <= day)


def blocked(case: Case, at: datetime, role: StepRole | None = None) -> bool:
    """Whether a procedure that runs keeps from deciding; with a `role`, from a step of that role, as only hearing and expert review do."""
    runs = running(case, day_of(at))
    if role is None:
        return bool(runs)
    return role is not StepRole.WORK and any(one.told.reason in RESTS_ON_ITS_RECORD for one in runs)


def hold_during_stop(case: Case, at: datetime, role: StepRole | None = None) -> None:
    """Raises `Refused` where a procedure that runs keeps from deciding, or from a step of this role."""
    if blocked(case, at, role):
        raise refused("suspended")


# --- it begins --------------------------------------------------------------------------------------------------------------------------


def already_told(c: SuspendClocks, case: Case) -> bool:
    """Whether the same procedure, for the same reason and from the same day, was told in the same notice."""
    same = ((one.told.reason, one.told.first, one.told.notice) for one in case.suspensions.all if not _called_off(one))
    return (c.reason, c.first, c.notice) in same


def may_suspend(c: SuspendClocks, case: Case) -> None:
    """Raises `Refused` where it cannot begin on its first day, was not told in writing by then, or is longer than the procedure foresees."""
    effective, today = case.taking_up.effective, day_of(c.at)
    if effective is not None and c.first < day_of(effective):
        raise refused("not-yet-accepted")
    if c.first < today:
        raise refused("stop-back-dated")
    if limit_passed(case, c.at, c.calendar) or behind_limit(case, c.first, c.at, c.calendar):
        raise refused("limit-passed")
    if not c.notice.strip() or c.notified > min(c.first, today):
        raise refused("not-notified")
    _foreseen(c, case)


def _foreseen(c: SuspendClocks, case: Case) -> None:
    foreseen = _foreseen_stop(c, case)
    if foreseen is None:
        raise refused("not-foreseen")
    if c.expected_days < 1:
        raise refused("no-days")
    before = (one.told.expected_days for one in case.suspensions.all if one.told.reason is c.reason and not _called_off(one))
    if c.expected_days + sum(before) > foreseen.cap_days:
        raise refused("over-cap")


def _foreseen_stop(c: SuspendClocks, case: Case) -> PinnedStop | None:
    stops = case.pinned.suspensions if case.pinned else ()
    return next((stop for stop in stops if stop.reason is c.reason), None)


def _called_off(one: Suspension) -> bool:
    return isinstance(one.end, SuspensionCalledOff)


def suspended(c: SuspendClocks, case: Case) -> ClocksSuspended:
    """The fact that a procedure of Art. 45 runs from its first day on."""
    foreseen = None if c.imported else _foreseen_stop(c, case)
    return ClocksSuspended(
        **said(c),
        number=len(case.suspensions.all) + 1,
        reason=c.reason,
        expected_days=c.expected_days,
        notice=c.notice,
        notified=c.notified,
        first=c.first,
        approver_post=foreseen.approver_post if foreseen else "",
    )


# --- it ends, or is called off ----------------------------------------------------------------------------------------------------------


def already_resumed(c: ResumeClocks, case: Case) -> bool:
    """Whether this procedure ended on the same day."""
    ends = (one.end for one in case.suspensions.all if one.told.number == c.number)
    return any(isinstance(end, ClocksResumed) and end.last == c.last for end in ends)


def may_resume(c: ResumeClocks, case: Case) -> None:
    """Raises `Refused` where no procedure of this number is open, or where its last day lies before its first or after today."""
    suspension = case.suspensions.numbered(c.number)
    if suspension is None:
        raise refused("not-suspended")
    if not suspension.told.first <= c.last <= day_of(c.at):
        raise refused("last-day-wrong")


def resumed(c: ResumeClocks, _case: Case) -> ClocksResumed:
    """The fact that the procedure of Art. 45 has ended."""
    return ClocksResumed(**said(c), number=c.number, last=c.last)


def already_called_off(c: CallOffSuspension, case: Case) -> bool:
    """Whether this procedure was called off before."""
    return any(one.told.number == c.number and _called_off(one) for one in case.suspensions.all)


def may_call_off(c: CallOffSuspension, case: Case) -> None:
    """Raises `Refused` where no procedure of this number is open, where it has begun, or where no reasons are given."""
    suspension = case.suspensions.numbered(c.number)
    if suspension is None:
        raise refused("not-suspended")
    if suspension.told.first <= day_of(c.at):
        raise refused("stop-begun")
    if not c.reasons.strip():
        raise refused("no-reasons")


def called_off(c: CallOffSuspension, _case: Case) -> SuspensionCalledOff:
    """The fact that the procedure will not be held."""
    return SuspensionCalledOff(**said(c), number=c.number, reasons=c.reasons)


def _can_begin(c: Asked, case: Case) -> None:
    if case.pinned is None or not case.pinned.suspensions:
        raise refused("not-foreseen")
    if limit_passed(case, c.at, c.calendar):
        raise refused("limit-passed")


def _can_end(c: Asked, case: Case) -> None:
    if not running(case, day_of(c.at)):
        raise refused("not-suspended")


def _can_be_called_off(c: Asked, case: Case) -> None:
    if not case.suspensions.open:
        raise refused("not-suspended")
    if len(running(case, day_of(c.at))) == len(case.suspensions.open):
        raise refused("stop-begun")


ACTS: Final[Acts] = {
    SuspendClocks: Act(may_suspend, suspended, already_told, _can_begin),
    ResumeClocks: Act(may_resume, resumed, already_resumed, _can_end),
    CallOffSuspension: Act(may_call_off, called_off, already_called_off, _can_be_called_off),
}
