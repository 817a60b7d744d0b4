"""完成, 退回: a step is done by who holds it, alone or with a second officer; an approver may send the case back (行政许可法 Art. 34(3))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.examination import Concluding, concluded, may_conclude, same_conclusion
from services.intake.case.steps import Held, act_of_step, falls_due, held_by, last_examining, may_hold
from services.intake.case.suspension import hold_during_stop
from services.intake.case.two_persons import check_second, same_person
from services.intake.events import CaseEvent, StepDone, StepRole, StepSentBack
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class FinishStep(Concluding):
    """The step in hand is done, by one officer or by two; with some steps something is concluded. `role` is for imports.

    `second_known`: the edge knows the second officer as a member of staff.
    """

    name: str
    second_officer: str = ""
    second_known: bool = False
    role: StepRole = StepRole.WORK


@record
class SendBack(Asked):
    """退回: the approver gives the case back to its examination."""

    reasons: str


Command = FinishStep | SendBack


def already_done(c: FinishStep, case: Case) -> bool:
    """Whether the step was the last one done, by this officer, with this second one and this conclusion."""
    last = case.steps.last if case.steps.in_hand is None else None
    if last is None or last.name != c.name:
        return False
    same = same_person(last.officer, c.officer) and same_person(last.second_officer, c.second_officer)
    return same and same_conclusion(c, case)


def may_finish(c: FinishStep, case: Case) -> None:
    """Raises `Refused` where the step is not in hand or in another's, wants a second officer, or one of them did what its role excludes."""
    step = case.steps.next
    if case.steps.in_hand is None or step is None or step.name != c.name:
        raise refused("step-not-started")
    held_by(c, case)
    check_second(c.officer, c.second_officer, needed=step.two_officers, known=c.second_known)
    may_hold(case, step.role, c.officer, c.second_officer)
    hold_during_stop(case, c.at, step.role)
    may_conclude(c, case)


def done(c: FinishStep, case: Case) -> tuple[CaseEvent, ...]:
    """The facts that the step is done, what was concluded with it, and that the next one is due. Of an imported step nothing follows."""
    steps = case.steps
    role = c.role if c.imported or steps.next is None else steps.next.role
    fact = StepDone(**said(c), number=steps.number_of(c.name), name=c.name, role=role, second_officer=c.second_officer)
    return (fact,) if c.imported else (fact, *concluded(c, case), *falls_due(said(c), steps, steps.place + 1))


def may_offer_back(c: Asked, case: Case) -> None:
    """Raises `Refused` unless who asks holds an approving step."""
    held_by(c, case)
    if not approving(case):
        raise refused("not-approving")


def may_send_back(c: SendBack, case: Case) -> None:
    """Raises `Refused` unless by who holds an approving step, for reasons."""
    may_offer_back(c, case)
    if not c.reasons.strip():
        raise refused("no-reasons")


def approving(case: Case) -> bool:
    """Whether an approving step is in somebody's hands."""
    step = case.steps.next
    return case.steps.in_hand is not None and step is not None and step.role is StepRole.APPROVE


def sent_back(c: SendBack, case: Case) -> tuple[CaseEvent, ...]:
    """The facts that the approving step is given up, and that the last examining step is due again."""
    steps = case.steps
    held = steps.in_hand or Held(number=steps.numbered, name="", role=StepRole.APPROVE, officer="")
    again = last_examining(steps)
    reopens = steps.plan[again].name if again < len(steps.plan) else ""
    fact = StepSentBack(**said(c), number=held.number, name=held.name, reopens=reopens, reasons=c.reasons)
    return (fact, *falls_due(said(c), steps, again))


def may_offer_finish(c: Asked, case: Case) -> None:
    """Raises `Refused` where no step is in hand or it is in another's, or where a procedure of Art. 45 keeps from finishing it."""
    if case.steps.in_hand is None:
        raise refused("step-not-started")
    hold_during_stop(case, c.at, held_by(c, case).role)


ACTS: Final[Acts] = {
    FinishStep: Act(may_finish, done, already_done, may_offer_finish, act_of_step),
    SendBack: Act(may_send_back, sent_back, offer=may_offer_back),
}
