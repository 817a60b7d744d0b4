"""受理, 不予受理: taken up by decision or by silence, or not at all (行政许可法 Art. 32, P-silence-after-return)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from libs.codes import folded
from libs.decider import record
from libs.workdays import Calendar, Ledger, WorkingDays
from services.intake.case.act import SYSTEM, Act, Acts, Asked, TakenOver, said, unbound
from services.intake.case.days import limit_of
from services.intake.case.phase import ENDS, OUR_TURN, Phase
from services.intake.case.steps import next_due
from services.intake.events import (
    AcceptedBy,
    CaseAccepted,
    CaseEvent,
    CaseFiled,
    CaseNotAccepted,
    CorrectionsReturned,
    RightAgency,
    WhyDeclined,
)
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class Accept(Asked):
    """受理: an officer takes the case up."""


@record
class RefuseAcceptance(Asked):
    """不予受理: an officer does not take the case up, explains why, and names the right `agency` where the case is not ours.

    `agency_valid`, said by the edge: its code is well formed (GB 32100).
    """

    reason: WhyDeclined
    explanation: str
    agency: RightAgency | None = None
    agency_valid: bool


@record
class DeemAccepted(Asked):
    """The limit for telling what is missing passed in silence; the deadline service says so."""


Command = Accept | RefuseAcceptance | DeemAccepted


@record
class TakingUp:
    """What this topic remembers: the number of the case; `received`, when materials last came in (silence is counted from here);
    `returned`, whether those were what had been asked for; `effective`, from when limits run, and `by`, what that came about by; how the case
    was `declined`, if it was.
    """

    case: str = ""
    received: datetime | None = None
    returned: bool = False
    effective: datetime | None = None
    by: AcceptedBy | None = None
    declined: CaseNotAccepted | None = None


def fold(taking_up: TakingUp, event: CaseEvent) -> TakingUp:
    """What this topic remembers after `event`."""
    match event:
        case CaseFiled(case=case, at=at):
            return replace(taking_up, case=case, received=at)
        case CorrectionsReturned(at=at):
            return replace(taking_up, received=at, returned=True)
        case CaseAccepted(effective=effective, by=by):
            return replace(taking_up, effective=effective, by=by)
        case CaseNotAccepted():
            return replace(taking_up, declined=event)
        case _:
            return taking_up


def deemed_at(case: Case, calendar: Calendar) -> datetime | None:
    """The instant at which silence accepts the case (Art. 32(1)(4)): the time to tell what is missing is over, counted from when materials
    last came in. None: none runs, for it is not our turn to speak, the law of the procedure makes nothing of silence, or the calendar
    begins later.
    """
    pinned, received = case.pinned, case.taking_up.received
    if pinned is None or received is None or case.phase not in OUR_TURN:
        return None
    if not pinned.silence_accepts or pinned.correction_days < 1:
        return None
    return limit_of(Ledger(received, WorkingDays(pinned.correction_days)), calendar)


def by_time(case: Case, at: datetime, calendar: Calendar) -> tuple[CaseEvent, ...]:
    """The facts that time has made of the case by `at`: its acceptance by silence, at the instant at which the limit passed."""
    until, received = deemed_at(case, calendar), case.taking_up.received
    if until is None or received is None or at < until:
        return ()
    time = TakenOver(case=case.taking_up.case, officer=SYSTEM, at=until, imported=False)
    return taken_up(case, AcceptedBy.SILENCE, received, time)


def taken_up(case: Case, by: AcceptedBy, effective: datetime, taken_over: TakenOver) -> tuple[CaseEvent, ...]:
    """The facts of an acceptance, whatever it came about by: limits run from `effective`, and the first step is due."""
    return (CaseAccepted(**taken_over, by=by, effective=effective), *next_due(taken_over, case))


def grounds(taking_up: TakingUp) -> Mapping[str, Mapping[str, Any]]:
    """What a case that is taken up rests on, and says so of itself: a decision, or the silence after its filing or after a return."""
    if taking_up.by is not AcceptedBy.SILENCE:
        return {"already-accepted": {"on": ["行政许可法第三十二条第一款第五项"], "since": ""}}
    if taking_up.returned:
        silence = "；收到补正材料后逾期不告知的，自收到补正材料之日起即为受理"
        return {"already-accepted": {"on": ["P-silence-after-return"], "since": silence}}
    silence = "；逾期不告知的，自收到申请材料之日起即为受理"
    return {"already-accepted": {"on": ["行政许可法第三十二条第一款第四项"], "since": silence}}


def already_accepted(_c: Accept, case: Case) -> bool:
    """Whether the case is taken up, whatever came of it since, short of an end."""
    return case.taking_up.effective is not None and case.phase not in ENDS


def accepted(c: Accept, case: Case) -> tuple[CaseEvent, ...]:
    """The facts of an acceptance by decision: limits run from now."""
    return taken_up(case, AcceptedBy.DECISION, c.at, said(c))


def already_declined(c: RefuseAcceptance, case: Case) -> bool:
    """Whether the case was not accepted before, for the same reason, with the same explanation and agency."""
    before, again = case.taking_up.declined, declined(c, case)
    same = before is not None and (before.reason, before.agency, before.explanation) == (again.reason, again.agency, again.explanation)
    return case.phase is Phase.NOT_ACCEPTED and same


def may_decline(c: RefuseAcceptance, case: Case) -> None:
    """Raises `Refused` without an explanation, or where a case that is not ours is not sent to another agency."""
    if c.reason is WhyDeclined.NOT_OURS:
        _names_another(c, case)
    if not c.explanation:
        raise refused("no-reasons")


def _names_another(c: RefuseAcceptance, case: Case) -> None:
    if c.agency is None or not c.agency.name or not c.agency_valid:
        raise refused("no-agency")
    own = case.pinned.department if case.pinned else None
    if own is not None and folded(c.agency.uscc) == folded(own.uscc):
        raise refused("own-agency")


def declined(c: RefuseAcceptance, case: Case) -> CaseNotAccepted:
    """The fact that the case is not accepted, with the remedies against it. Only a case that is not ours has another agency."""
    agency = c.agency if c.reason is WhyDeclined.NOT_OURS else None
    remedies = case.pinned.remedies if case.pinned else None
    return CaseNotAccepted(**said(c), reason=c.reason, agency=agency, explanation=c.explanation, remedies=remedies)


def deem_accepted(case: str, at: datetime, calendar: Calendar) -> DeemAccepted:
    """The command that follows, for a case, from a silence noticed at `at`."""
    return DeemAccepted(case=case, officer=SYSTEM, at=at, calendar=calendar)


def left_to_time(_c: DeemAccepted, _case: Case) -> bool:
    """That silence noticed changes nothing beyond what time has done."""
    return True


def deemed(c: DeemAccepted, case: Case) -> tuple[CaseEvent, ...]:
    """The facts of an acceptance by silence in another system's record."""
    return taken_up(case, AcceptedBy.SILENCE, case.taking_up.received or c.at, said(c))


ACTS: Final[Acts] = {
    Accept: Act(unbound, accepted, already_accepted),
    RefuseAcceptance: Act(may_decline, declined, already_declined),
    DeemAccepted: Act(unbound, deemed, left_to_time),
}
