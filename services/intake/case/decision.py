"""决定: in writing, as approved, a refusal with reasons and remedies, while no procedure of Art. 45 runs (行政许可法 Art. 38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.suspension import hold_during_stop
from services.intake.case.two_persons import hold_apart
from services.intake.events import CaseDecided, CaseEvent, Outcome, StepRole
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class Decide(Asked):
    """决定: `document` is the number of the written decision; a refusal of the application has its `reasons`."""

    outcome: Outcome
    document: str
    reasons: str = ""


Command = Decide


def fold(decided: CaseDecided | None, event: CaseEvent) -> CaseDecided | None:
    """The decision, once there is one, after `event`."""
    return event if isinstance(event, CaseDecided) else decided


def already_decided(c: Decide, case: Case) -> bool:
    """Whether the case was decided so, in the same document and for the same reasons."""
    before = case.decided
    return before is not None and (before.outcome, before.document, before.reasons) == (c.outcome, c.document, c.reasons)


def may_decide(c: Decide, case: Case) -> None:
    """Raises `Refused` while a procedure of Art. 45 runs or a step is open; not as approved, not in writing, without reasons, by an examiner."""
    approved = case.opinions.approved
    _decidable(c, case)
    if approved is None or approved.outcome is not c.outcome:
        raise refused("not-as-approved")
    if not c.document.strip():
        raise refused("no-document")
    if c.outcome is Outcome.REFUSED and not c.reasons.strip():
        raise refused("no-reasons")


def _decidable(c: Asked, case: Case) -> None:
    hold_during_stop(case, c.at)
    if case.steps.next is not None:
        raise refused("steps-open")
    hold_apart(case, StepRole.APPROVE, c.officer)


def decided(c: Decide, case: Case) -> CaseDecided:
    """The fact that the case is decided; a refusal made here names the remedies that the case has pinned."""
    remedies = case.pinned.remedies if case.pinned is not None and c.outcome is Outcome.REFUSED and not c.imported else None
    return CaseDecided(**said(c), outcome=c.outcome, document=c.document, reasons=c.reasons, remedies=remedies)


ACTS: Final[Acts] = {Decide: Act(may_decide, decided, already_decided, _decidable)}
