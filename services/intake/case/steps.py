"""环节: the steps of the procedure, in its order, one at a time; due to a post, then in an officer's hands (P-steps-in-order).

A step falls due when what comes before it has ended; who takes it up holds it, until it is handed over, done or sent back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from libs.authority import NO_GRANTS, Grants
from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, TakenOver, said
from services.intake.case.authorised import why_not
from services.intake.case.suspension import hold_during_stop
from services.intake.case.two_persons import hold_apart, same_person
from services.intake.events import (
    CaseEvent,
    CaseFiled,
    PinnedStep,
    StepDone,
    StepFellDue,
    StepHandedOver,
    StepRole,
    StepSentBack,
    StepStarted,
)
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class StartStep(Asked):
    """An officer takes the next step in hand. `role` is for imports; otherwise the procedure says it."""

    name: str
    role: StepRole = StepRole.WORK


@record
class HandOver(Asked):
    """Who holds the step in hand gives it to another officer. `to_grants` are the other's, as the edge knows them."""

    to: str
    reasons: str
    to_grants: Grants = NO_GRANTS


Command = StartStep | HandOver
ACTS_OF_ROLES: Final[Mapping[StepRole, str]] = {
    StepRole.WORK: "intake.work",
    StepRole.EXAMINE: "intake.examine",
    StepRole.APPROVE: "intake.approve",
}
"""What is done with a step of the role, as `contracts/authority.toml` names it."""


@record
class Held:
    """The step in hand, and who holds it."""

    number: int
    name: str
    role: StepRole
    officer: str


@record
class Steps:
    """What this topic remembers: the procedure's steps and how many of them are done, the step that is due and the one in hand.

    `numbered` is the last number given to a step, `last` the step done last, if it was done here.
    """

    plan: tuple[PinnedStep, ...] = ()
    place: int = 0
    numbered: int = 0
    due: StepFellDue | None = None
    in_hand: Held | None = None
    last: StepDone | None = None

    @property
    def next(self) -> PinnedStep | None:
        """The procedure's step whose turn it is; None when all are done."""
        return self.plan[self.place] if self.place < len(self.plan) else None

    def concluding(self, place: int) -> StepRole:
        """What the step at `place` concludes: the last examining one the examination, the last approving one the approval, others are work."""
        role = self.plan[place].role if 0 <= place < len(self.plan) else StepRole.WORK
        return StepRole.WORK if any(later.role is role for later in self.plan[place + 1 :]) else role

    def number_of(self, name: str) -> int:
        """The number of the step in hand or due, if it is named so; else a new one."""
        current = self.in_hand or self.due
        return current.number if current is not None and current.name == name else self.numbered + 1


def fold(steps: Steps, event: CaseEvent) -> Steps:
    """What this topic remembers after `event`."""
    match event:
        case CaseFiled(pinned=pinned):
            return replace(steps, plan=pinned.steps)
        case StepFellDue(number=number):
            return replace(steps, due=event, numbered=max(steps.numbered, number))
        case StepStarted(number=number):
            return replace(steps, in_hand=_taken_up(steps, event), numbered=max(steps.numbered, number))
        case StepHandedOver(to=to):
            return replace(steps, in_hand=replace(steps.in_hand, officer=to) if steps.in_hand else None)
        case StepDone():
            return _done(steps, event)
        case StepSentBack():
            return _sent_back(steps)
        case _:
            return steps


def _taken_up(steps: Steps, event: StepStarted) -> Held | None:
    """Of the starts that a record tells, only that of the next step counts, and only where none is in hand."""
    step = steps.next
    if step is None or (event.imported and (steps.in_hand is not None or step.name != event.name)):
        return steps.in_hand
    return Held(number=event.number, name=step.name, role=step.role, officer=event.officer)


def _done(steps: Steps, event: StepDone) -> Steps:
    """An imported step ends what it names and no other; it takes the case no further where a conclusion is due, for it has none."""
    numbered = max(steps.numbered, event.number)
    if not event.imported:
        return replace(steps, place=steps.place + 1, numbered=numbered, due=None, in_hand=None, last=event)
    known = steps.next is not None and steps.next.name == event.name and steps.concluding(steps.place) is StepRole.WORK
    return replace(
        steps,
        place=steps.place + (1 if known else 0),
        numbered=numbered,
        due=None if steps.due is None or steps.due.number == event.number else steps.due,
        in_hand=None if steps.in_hand is None or steps.in_hand.number == event.number else steps.in_hand,
        last=None,
    )


def _sent_back(steps: Steps) -> Steps:
    return replace(steps, place=last_examining(steps), due=None, in_hand=None, last=None)


def last_examining(steps: Steps) -> int:
    """The place of the last examining step; of the next step where the procedure has none."""
    return max((place for place, step in enumerate(steps.plan) if step.role is StepRole.EXAMINE), default=steps.place)


def falls_due(taken_over: TakenOver, steps: Steps, place: int) -> tuple[StepFellDue, ...]:
    """The fact that the step at `place` is due to its post, if there is one; imported acts make none due."""
    if taken_over["imported"] or place >= len(steps.plan):
        return ()
    step = steps.plan[place]
    number = steps.numbered + 1
    return (StepFellDue(**taken_over, number=number, name=step.name, role=step.role, post=step.post, limit_days=step.limit_days),)


def next_due(taken_over: TakenOver, case: Case) -> tuple[StepFellDue, ...]:
    """The fact that the next step is due to its post, unless it is so already, or in hand."""
    steps = case.steps
    return () if steps.due or steps.in_hand else falls_due(taken_over, steps, steps.place)


def may_hold(case: Case, role: StepRole, *officers: str) -> None:
    """Raises `Refused` for an approving step of a case that is not examined, or for an officer who did what the role excludes."""
    if role is StepRole.APPROVE and case.opinions.examined is None:
        raise refused("not-examined")
    hold_apart(case, role, *officers)


def held_by(c: Asked, case: Case) -> Held:
    """The step in the hands of who asks. Raises `Refused` where it is in another's, or none is in hand."""
    held = case.steps.in_hand
    if held is None or not same_person(held.officer, c.officer):
        raise refused("not-in-hand")
    return held


def act_of_step(case: Case) -> str:
    """The act that is done with the step whose turn it is; empty where there is none."""
    return ACTS_OF_ROLES[case.steps.next.role] if case.steps.next else ""


def already_started(c: StartStep, case: Case) -> bool:
    """Whether the step is in this officer's hands."""
    held = case.steps.in_hand
    return held is not None and held.name == c.name and same_person(held.officer, c.officer)


def may_start(c: StartStep, case: Case) -> None:
    """Raises `Refused` where another step is in hand, this one is not the next, or the officer did what its role excludes."""
    step = case.steps.next
    if case.steps.in_hand is None and step is not None and step.name != c.name:
        raise refused("out-of-order")
    may_offer_start(c, case)


def started(c: StartStep, case: Case) -> tuple[CaseEvent, ...]:
    """The fact that the step is in the officer's hands; before it, that it is due, where nothing made it due before."""
    due = next_due(said(c), case)
    number = due[0].number if due else case.steps.number_of(c.name)
    role = c.role if c.imported or case.steps.next is None else case.steps.next.role
    return (*due, StepStarted(**said(c), number=number, name=c.name, role=role))


def already_handed_over(c: HandOver, case: Case) -> bool:
    """Whether the step is in the hands of who shall have it."""
    held = case.steps.in_hand
    return held is not None and same_person(held.officer, c.to)


def may_hand_over(c: HandOver, case: Case) -> None:
    """Raises `Refused` unless by who holds the step, for reasons, to a member of staff who may do what it is and did not do what its
    role excludes."""
    held = held_by(c, case)
    if not c.reasons.strip():
        raise refused("no-reasons")
    if why_not(case, replace(c, grants=c.to_grants), ACTS_OF_ROLES[held.role]) is not None:
        raise refused("staff-unknown")
    may_hold(case, held.role, c.to)


def handed_over(c: HandOver, case: Case) -> StepHandedOver:
    """The fact that the step is in the other officer's hands; a record may tell it of a step that nobody was known to hold."""
    held = case.steps.in_hand or Held(number=case.steps.numbered, name="", role=StepRole.WORK, officer="")
    return StepHandedOver(**said(c), number=held.number, name=held.name, role=held.role, to=c.to, reasons=c.reasons)


def may_offer_start(c: Asked, case: Case) -> None:
    """Raises `Refused` where no step waits to be taken up, or not by who asks, or where a procedure of Art. 45 keeps from it."""
    if case.steps.in_hand is not None:
        raise refused("step-in-hand")
    if (step := case.steps.next) is None:
        raise refused("already-approved" if case.opinions.approved is not None else "out-of-order")
    may_hold(case, step.role, c.officer)
    hold_during_stop(case, c.at, step.role)


def may_offer_in_hand(c: Asked, case: Case) -> None:
    """Raises `Refused` unless who asks holds a step."""
    held_by(c, case)


ACTS: Final[Acts] = {
    StartStep: Act(may_start, started, already_started, may_offer_start, act_of_step),
    HandOver: Act(may_hand_over, handed_over, already_handed_over, may_offer_in_hand),
}
