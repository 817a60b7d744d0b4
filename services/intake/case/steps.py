"""环节: the steps of the procedure, in its order, one at a time (P-steps-in-order; 行政许可法 Art. 34(3))."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.suspension import blocked, hold_during_stop
from services.intake.case.two_persons import hold_apart
from services.intake.events import CaseEvent, PinnedStep, StepDone, StepRole, StepStarted
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class StartStep(Asked):
    """An officer takes the next step in hand. `role` is for imports; otherwise the procedure says it."""

    name: str
    role: StepRole = StepRole.WORK


@record
class FinishStep(Asked):
    """The step in hand is done, by one officer or by two. `role` is for imports; otherwise the procedure says it."""

    name: str
    second_officer: str = ""
    role: StepRole = StepRole.WORK


Command = StartStep | FinishStep


@record
class Steps:
    """What this topic remembers: the step in an officer's hands, and those done."""

    in_hand: StepStarted | None = None
    done: tuple[StepDone, ...] = ()


def fold(steps: Steps, event: CaseEvent) -> Steps:
    """What this topic remembers after `event`."""
    match event:
        case StepStarted():
            return replace(steps, in_hand=event)
        case StepDone():
            return Steps(done=(*steps.done, event))
        case _:
            return steps


def next_step(case: Case) -> PinnedStep | None:
    """The procedure's step whose turn it is; None when all are done."""
    steps, done = case.pinned.steps if case.pinned else (), len(case.steps.done)
    return steps[done] if done < len(steps) else None


def already_started(c: StartStep, case: Case) -> bool:
    """Whether the step is in this officer's hands."""
    step = case.steps.in_hand
    return step is not None and (step.name, step.officer) == (c.name, c.officer)


def may_start(c: StartStep, case: Case) -> None:
    """Raises `Refused` where another step is in hand, this one is not the next, or the officer did what its role excludes."""
    if case.steps.in_hand is not None:
        raise refused("step-in-hand")
    step = next_step(case)
    if step is None or step.name != c.name:
        raise refused("out-of-order")
    hold_apart(case, step.role, c.officer)
    hold_during_stop(case, c.at, step.role)


def started(c: StartStep, case: Case) -> StepStarted:
    """The fact that the step is in the officer's hands."""
    step = None if c.imported else next_step(case)
    role, limit = (step.role, step.limit_days) if step else (c.role, None)
    return StepStarted(**said(c), number=len(case.steps.done) + 1, name=c.name, role=role, limit_days=limit)


def already_done(c: FinishStep, case: Case) -> bool:
    """Whether the step was the last one done, by this officer."""
    last = case.steps.done[-1] if case.steps.done and case.steps.in_hand is None else None
    return last is not None and (last.name, last.officer) == (c.name, c.officer)


def may_finish(c: FinishStep, case: Case) -> None:
    """Raises `Refused` where the step is not in hand, wants a second officer, or one of the officers did what its role excludes."""
    in_hand, step = case.steps.in_hand, next_step(case)
    if in_hand is None or step is None or in_hand.name != c.name:
        raise refused("step-not-started")
    if step.two_officers and c.second_officer in ("", c.officer):
        raise refused("needs-two-officers")
    hold_apart(case, step.role, c.officer, c.second_officer)
    hold_during_stop(case, c.at, step.role)


def done(c: FinishStep, case: Case) -> StepDone:
    """The fact that the step is done."""
    step = None if c.imported else next_step(case)
    role = step.role if step else c.role
    return StepDone(**said(c), number=len(case.steps.done) + 1, name=c.name, role=role, second_officer=c.second_officer)


def _workable(case: Case, at: datetime) -> bool:
    step = next_step(case)
    return step is not None and not blocked(case, at, step.role)


ACTS: Final[Acts] = {
    StartStep: Act(may_start, started, already_started, lambda case, at, _: case.steps.in_hand is None and _workable(case, at)),
    FinishStep: Act(may_finish, done, already_done, lambda case, at, _: case.steps.in_hand is not None and _workable(case, at)),
}
