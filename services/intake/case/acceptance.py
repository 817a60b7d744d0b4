"""受理, 不予受理: taken up by decision or by silence, or not at all (行政许可法 Art. 32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from libs.decider import record
from libs.workdays import Calendar, Ledger, WorkingDays
from services.intake.case.act import SYSTEM, Act, Acts, Asked, TakenOver, said, unbound, unoffered
from services.intake.case.days import passed
from services.intake.case.phase import ENDS, Phase
from services.intake.case.steps import next_due
from services.intake.events import AcceptedBy, CaseAccepted, CaseEvent, CaseFiled, CaseNotAccepted, CorrectionsReturned
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class Accept(Asked):
    """受理: an officer takes the case up."""


@record
class RefuseAcceptance(Asked):
    """不予受理: an officer does not take the case up, and names the right agency."""

    reason: str
    right_agency: str


@record
class DeemAccepted(Asked):
    """The limit for telling what is missing passed in silence; the deadline service says so."""


Command = Accept | RefuseAcceptance | DeemAccepted


@record
class TakingUp:
    """What this topic remembers: `received`, when materials last came in (silence is counted from here); `effective`, from when limits run."""

    received: datetime | None = None
    effective: datetime | None = None


def fold(taking_up: TakingUp, event: CaseEvent) -> TakingUp:
    """What this topic remembers after `event`."""
    match event:
        case CaseFiled(at=at) | CorrectionsReturned(at=at):
            return replace(taking_up, received=at)
        case CaseAccepted(effective=effective):
            return replace(taking_up, effective=effective)
        case _:
            return taking_up


def silence_passed(case: Case, at: datetime, calendar: Calendar) -> bool:
    """Whether, at `at`, the time to tell what is missing has passed since materials last came in (Art. 32(1)(4))."""
    if case.pinned is None or case.taking_up.received is None:
        return False
    return passed(Ledger(case.taking_up.received, WorkingDays(case.pinned.correction_days)), at, calendar)


def taken_up(case: Case, by: AcceptedBy, effective: datetime, taken_over: TakenOver) -> tuple[CaseEvent, ...]:
    """The facts of an acceptance, whatever it came about by: limits run from `effective`, and the first step is due."""
    return (CaseAccepted(**taken_over, by=by, effective=effective), *next_due(taken_over, case))


def already_accepted(_c: Accept, case: Case) -> bool:
    """Whether the case is taken up, whatever came of it since, short of an end."""
    return case.taking_up.effective is not None and case.phase not in ENDS


def accepted(c: Accept, case: Case) -> tuple[CaseEvent, ...]:
    """The facts that the case is taken up, by this decision; told too late, it has been taken up by silence before."""
    if not c.imported and silence_passed(case, c.at, c.calendar):
        return accepted_by_silence(c, case)
    return accepted_by_decision(c, case)


def accepted_by_decision(c: Asked, case: Case) -> tuple[CaseEvent, ...]:
    """The facts that the case is taken up by decision, its limits running from now, and that its first step is due."""
    return taken_up(case, AcceptedBy.DECISION, c.at, said(c))


def accepted_by_silence(c: Asked, case: Case) -> tuple[CaseEvent, ...]:
    """The facts that the case is taken up by silence, its limits running from the receipt of the materials, and that its first step is due."""
    return taken_up(case, AcceptedBy.SILENCE, case.taking_up.received or c.at, said(c))


def already_declined(_c: RefuseAcceptance, case: Case) -> bool:
    """Whether the case was not accepted before."""
    return case.phase is Phase.NOT_ACCEPTED


def may_decline(c: RefuseAcceptance, case: Case) -> None:
    """Raises `Refused` where silence has been acceptance."""
    if silence_passed(case, c.at, c.calendar):
        raise refused("silence-was-acceptance")


def declined(c: RefuseAcceptance, _case: Case) -> CaseNotAccepted:
    """The fact that the case is not accepted."""
    return CaseNotAccepted(**said(c), reason=c.reason, right_agency=c.right_agency)


def deem_accepted(case: str, at: datetime, calendar: Calendar) -> DeemAccepted:
    """The command that follows, for a case, from a silence noticed at `at`."""
    return DeemAccepted(case=case, officer=SYSTEM, at=at, calendar=calendar)


def spoken_in_time(c: DeemAccepted, case: Case) -> bool:
    """Whether silence changes nothing: an officer spoke in time, or the time to speak still runs."""
    return case.phase not in (Phase.FILED, Phase.INCOMPLETE) or not silence_passed(case, c.at, c.calendar)


ACTS: Final[Acts] = {
    Accept: Act(unbound, accepted, already_accepted),
    RefuseAcceptance: Act(may_decline, declined, already_declined),
    DeemAccepted: Act(unbound, accepted_by_silence, spoken_in_time, offered=unoffered),
}
