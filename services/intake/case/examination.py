"""审查, 核准: the last examining step concludes the one, the last approving step the other, each once (P-examine-approve)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from libs.decider import record
from services.intake.case.act import Asked, said
from services.intake.events import CaseApproved, CaseEvent, CaseExamined, Outcome, StepRole, StepSentBack
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class Concluding(Asked):
    """What is concluded with a step: the examiner `recommends`, the approver says the `outcome`, with `reasons`; an outcome that was not
    recommended has them always.
    """

    recommends: Outcome = Outcome.NOT_STATED
    outcome: Outcome = Outcome.NOT_STATED
    reasons: str = ""


@record
class Opinions:
    """What this topic remembers: who examined and who approved, and what they concluded."""

    examined: CaseExamined | None = None
    approved: CaseApproved | None = None


def fold(opinions: Opinions, event: CaseEvent) -> Opinions:
    """What this topic remembers after `event`; a case sent back is open again."""
    match event:
        case CaseExamined():
            return replace(opinions, examined=event)
        case CaseApproved():
            return replace(opinions, approved=event)
        case StepSentBack():
            return Opinions()
        case _:
            return opinions


def may_conclude(c: Concluding, case: Case) -> None:
    """Raises `Refused` where the next step wants a conclusion and has none, or has one that it does not want, or one without its reasons."""
    bears = case.steps.concluding(case.steps.place)
    stated = {role for role, outcome in _outcomes(c).items() if outcome is not Outcome.NOT_STATED}
    if stated - {bears} or (c.reasons.strip() and bears is StepRole.WORK):
        raise refused("no-conclusion-here")
    if bears is not StepRole.WORK and bears not in stated:
        raise refused("no-outcome")
    examined = case.opinions.examined
    if bears is StepRole.APPROVE and examined and c.outcome is not examined.recommends and not c.reasons.strip():
        raise refused("no-reasons")


def concluded(c: Concluding, case: Case) -> tuple[CaseEvent, ...]:
    """The conclusion that the next step bears, as a fact; none for a step that bears none."""
    match case.steps.concluding(case.steps.place):
        case StepRole.EXAMINE:
            return (CaseExamined(**said(c), recommends=c.recommends, reasons=c.reasons),)
        case StepRole.APPROVE:
            return (CaseApproved(**said(c), outcome=c.outcome, reasons=c.reasons),)
        case StepRole.WORK:
            return ()


def same_conclusion(c: Concluding, case: Case) -> bool:
    """Whether the step done last was concluded so."""
    bore, opinions = case.steps.concluding(case.steps.place - 1), case.opinions
    recommended = opinions.examined.recommends if bore is StepRole.EXAMINE and opinions.examined else Outcome.NOT_STATED
    approved = opinions.approved.outcome if bore is StepRole.APPROVE and opinions.approved else Outcome.NOT_STATED
    return _outcomes(c) == {StepRole.EXAMINE: recommended, StepRole.APPROVE: approved}


def _outcomes(c: Concluding) -> dict[StepRole, Outcome]:
    return {StepRole.EXAMINE: c.recommends, StepRole.APPROVE: c.outcome}
