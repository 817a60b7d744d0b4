"""决定: in writing, as approved, a refusal with its reasons, while no procedure of Art. 45 runs (行政许可法 Art. 38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.two_persons import hold_apart
from services.intake.events import CaseDecided, CaseEvent, Outcome, StepRole
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class Decide(Asked):
    """`document` is the decision's number; a refusal says why."""

    outcome: Outcome
    document: str
    reasons: str = ""


Command = Decide


def fold(decided: CaseDecided | None, event: CaseEvent) -> CaseDecided | None:
    """The decision, once there is one."""
    return event if isinstance(event, CaseDecided) else decided


def already_decided(c: Decide, case: Case) -> bool:
    """So, in that document."""
    return case.decided is not None and (case.decided.outcome, case.decided.document) == (c.outcome, c.document)


def may_decide(c: Decide, case: Case) -> None:
    """Why not."""
    approved = case.opinions.approved
    if case.stops.running is not None:
        raise refused("suspended")
    if approved is None or approved.outcome is not c.outcome:
        raise refused("not-as-approved")
    if not c.document:
        raise refused("no-document")
    if c.outcome is Outcome.REFUSED and not c.reasons:
        raise refused("no-reasons")
    hold_apart(case, StepRole.APPROVE, c.officer)


def decided(c: Decide, _case: Case) -> CaseDecided:
    """What then is so."""
    return CaseDecided(**said(c), outcome=c.outcome, document=c.document, reasons=c.reasons)


ACTS: Final[Acts] = {Decide: Act(may_decide, decided, already_decided, lambda case: case.stops.running is None)}
