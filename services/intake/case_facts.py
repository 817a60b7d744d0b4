"""Commands become facts here, imported ones and those done now alike. What forbids a command stands in case.py."""

from __future__ import annotations

from typing import assert_never

from services.intake.case_commands import (
    Accept,
    Approve,
    Close,
    Command,
    Decide,
    DeemAccepted,
    Deliver,
    Ending,
    Examine,
    ExtendLimit,
    File,
    FinishStep,
    Opening,
    RefuseAcceptance,
    RequestCorrections,
    ResumeClocks,
    ReturnCorrections,
    StartStep,
    SuspendClocks,
    Withdraw,
    Working,
)
from services.intake.case_limits import silence_passed
from services.intake.case_state import Case
from services.intake.events import (
    AcceptedBy,
    CaseAccepted,
    CaseApproved,
    CaseClosed,
    CaseDecided,
    CaseEvent,
    CaseExamined,
    CaseFiled,
    CaseNotAccepted,
    CaseWithdrawn,
    ClocksResumed,
    ClocksSuspended,
    CorrectionsRequested,
    CorrectionsReturned,
    LimitExtended,
    ResultDelivered,
    StepDone,
    StepRole,
    StepStarted,
)


def facts(command: Command, case: Case) -> list[CaseEvent]:
    """What happened."""
    match command:
        case File() | Accept() | RefuseAcceptance() | RequestCorrections() | ReturnCorrections() | DeemAccepted():
            return _opening(command, case)
        case StartStep() | FinishStep() | SuspendClocks() | ResumeClocks() | ExtendLimit():
            return [_working(command, case)]
        case Examine() | Approve() | Decide() | Deliver() | Withdraw() | Close():
            return [_ending(command)]
        case _:
            assert_never(command)


def _opening(c: Opening, case: Case) -> list[CaseEvent]:
    number, officer, at, imported = c.case, c.officer, c.at, c.imported
    match c:
        case File():
            return [_filed(c)]
        case Accept(calendar=calendar):
            silence = not imported and silence_passed(case, at, calendar)
            return [_accepted(c, case, silence=silence)]
        case RefuseAcceptance(reason=reason, right_agency=agency):
            return [CaseNotAccepted(case=number, reason=reason, right_agency=agency, officer=officer, at=at, imported=imported)]
        case RequestCorrections(missing=missing):
            return [CorrectionsRequested(case=number, missing=missing, officer=officer, at=at, imported=imported)]
        case ReturnCorrections(still_missing=still):
            returned = CorrectionsReturned(case=number, still_missing=still, officer=officer, at=at, imported=imported)
            return [returned] if still or imported else [returned, _accepted(c, case, silence=False)]
        case DeemAccepted():
            return [_accepted(c, case, silence=True)]
        case _:
            assert_never(c)


def _filed(c: File) -> CaseFiled:
    return CaseFiled(
        case=c.case,
        node=c.node,
        pinned=c.pinned,
        channel=c.channel,
        applicant=c.applicant,
        materials=c.materials,
        officer=c.officer,
        at=c.at,
        instants=c.instants,
        ref=c.ref,
        imported=c.imported,
    )


def _accepted(c: Accept | ReturnCorrections | DeemAccepted, case: Case, *, silence: bool) -> CaseAccepted:
    """By decision limits run from now; after silence from the receipt of the materials (Art. 32(1)(4))."""
    by, effective = (AcceptedBy.SILENCE, case.received or c.at) if silence else (AcceptedBy.DECISION, c.at)
    return CaseAccepted(case=c.case, by=by, effective=effective, officer=c.officer, at=c.at, imported=c.imported)


def _working(c: Working, case: Case) -> CaseEvent:
    number, officer, at, imported = c.case, c.officer, c.at, c.imported
    match c:
        case StartStep(name=name):
            role, limit, n = _role(c, case), _limit(c, case), len(case.done) + 1
            return StepStarted(case=number, number=n, name=name, role=role, limit_days=limit, officer=officer, at=at, imported=imported)
        case FinishStep(name=name, second_officer=second):
            role, n = _role(c, case), len(case.done) + 1
            return StepDone(case=number, number=n, name=name, role=role, officer=officer, second_officer=second, at=at, imported=imported)
        case SuspendClocks():
            return ClocksSuspended(
                case=number,
                reason=c.reason,
                expected_days=c.expected_days,
                notice=c.notice,
                notified=c.notified,
                first=c.first,
                officer=officer,
                at=at,
                imported=imported,
            )
        case ResumeClocks(last=last):
            return ClocksResumed(case=number, last=last, officer=officer, at=at, imported=imported)
        case ExtendLimit():
            return _extended(c, case)
        case _:
            assert_never(c)


def _role(c: StartStep | FinishStep, case: Case) -> StepRole:
    return c.role if c.imported or case.next_step is None else case.next_step.role


def _limit(c: StartStep, case: Case) -> int | None:
    return None if c.imported or case.next_step is None else case.next_step.limit_days


def _extended(c: ExtendLimit, case: Case) -> LimitExtended:
    return LimitExtended(
        case=c.case,
        days=c.days,
        moves_promise=case.pinned is not None and case.pinned.extension_moves_promise,
        head=c.head,
        document=c.document,
        told=c.told,
        officer=c.officer,
        at=c.at,
        imported=c.imported,
    )


def _ending(c: Ending) -> CaseEvent:
    number, officer, at, imported = c.case, c.officer, c.at, c.imported
    match c:
        case Examine(recommends=recommends):
            return CaseExamined(case=number, officer=officer, recommends=recommends, at=at, imported=imported)
        case Approve(outcome=outcome):
            return CaseApproved(case=number, officer=officer, outcome=outcome, at=at, imported=imported)
        case Decide(outcome=outcome, document=document, reasons=why):
            return CaseDecided(case=number, outcome=outcome, document=document, reasons=why, officer=officer, at=at, imported=imported)
        case Deliver(how=how):
            return ResultDelivered(case=number, how=how, officer=officer, at=at, imported=imported)
        case Withdraw():
            return CaseWithdrawn(case=number, by_silence=False, officer=officer, at=at, imported=imported)
        case Close():
            return CaseClosed(case=number, officer=officer, at=at, imported=imported)
        case _:
            assert_never(c)
