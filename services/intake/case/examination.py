"""审查, 核准: one examines, another approves, each once, when the steps before it are done (P-examine-approve, P-two-persons)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.steps import next_step
from services.intake.case.suspension import blocked, hold_during_stop
from services.intake.case.two_persons import hold_apart
from services.intake.events import CaseApproved, CaseEvent, CaseExamined, Outcome, StepRole
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class Examine(Asked):
    """审查: an officer examines the case and recommends an outcome."""

    recommends: Outcome


@record
class Approve(Asked):
    """核准: another officer approves the outcome."""

    outcome: Outcome


Command = Examine | Approve


@record
class Opinions:
    """What this topic remembers: who examined and who approved, and what they concluded."""

    examined: CaseExamined | None = None
    approved: CaseApproved | None = None


def fold(opinions: Opinions, event: CaseEvent) -> Opinions:
    """What this topic remembers after `event`."""
    match event:
        case CaseExamined():
            return replace(opinions, examined=event)
        case CaseApproved():
            return replace(opinions, approved=event)
        case _:
            return opinions


def already_examined(c: Examine, case: Case) -> bool:
    """Whether this officer examined the case before, with the same conclusion."""
    said_before = case.opinions.examined
    return said_before is not None and (said_before.officer, said_before.recommends) == (c.officer, c.recommends)


def may_examine(c: Examine, case: Case) -> None:
    """Raises `Refused` without a conclusion, with steps before approval open, or for an officer who approved a step of the case."""
    if c.recommends is Outcome.NOT_STATED:
        raise refused("no-outcome")
    step = next_step(case)
    if step is not None and step.role is not StepRole.APPROVE:
        raise refused("steps-open")
    hold_apart(case, StepRole.EXAMINE, c.officer)
    hold_during_stop(case, c.at, StepRole.EXAMINE)


def examined(c: Examine, _case: Case) -> CaseExamined:
    """The fact that the case is examined."""
    return CaseExamined(**said(c), recommends=c.recommends)


def already_approved(c: Approve, case: Case) -> bool:
    """Whether this officer approved the case before, with the same conclusion."""
    said_before = case.opinions.approved
    return said_before is not None and (said_before.officer, said_before.outcome) == (c.officer, c.outcome)


def may_approve(c: Approve, case: Case) -> None:
    """Raises `Refused` without a conclusion, with steps open, or for an officer who examined the case or a step of it."""
    if c.outcome is Outcome.NOT_STATED:
        raise refused("no-outcome")
    if next_step(case) is not None:
        raise refused("steps-open")
    hold_apart(case, StepRole.APPROVE, c.officer)
    hold_during_stop(case, c.at, StepRole.APPROVE)


def approved(c: Approve, _case: Case) -> CaseApproved:
    """The fact that the case is approved."""
    return CaseApproved(**said(c), outcome=c.outcome)


ACTS: Final[Acts] = {
    Examine: Act(may_examine, examined, already_examined, lambda case, at, _: not blocked(case, at, StepRole.EXAMINE)),
    Approve: Act(may_approve, approved, already_approved, lambda case, at, _: not blocked(case, at, StepRole.APPROVE)),
}
