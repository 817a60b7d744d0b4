"""一审一核, and two officers where one is not enough: who is one person, who has examined or approved, who may be a second officer.

Who held an examining step, even for a while, examined; who held an approving one approved (P-two-persons; 行政许可法 Art. 34(3)).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from libs.codes import folded
from libs.decider import record
from services.intake.events import CaseEvent, StepDone, StepHandedOver, StepRole, StepStarted
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


def same_person(one: str, other: str) -> bool:
    """Whether two staff numbers are one person's, however they are written."""
    return folded(one) == folded(other)


def nobody(staff: str) -> bool:
    """Whether a staff number names nobody: no letter and no digit stands in it."""
    return not any(sign.isalnum() for sign in staff)


@record
class Hands:
    """What this topic remembers: whose hands steps went through, as numbers are compared; second officers are among them."""

    examiners: frozenset[str] = frozenset()
    approvers: frozenset[str] = frozenset()

    def joined(self, role: StepRole, *officers: str) -> Hands:
        """The same, and a step of this role in the hands of `officers`; plain work is not remembered."""
        people = {folded(officer) for officer in officers if not nobody(officer)}
        match role:
            case StepRole.EXAMINE:
                return replace(self, examiners=self.examiners | people)
            case StepRole.APPROVE:
                return replace(self, approvers=self.approvers | people)
            case StepRole.WORK:
                return self


def fold(hands: Hands, event: CaseEvent) -> Hands:
    """What this topic remembers after `event`."""
    match event:
        case StepStarted(role=role, officer=officer):
            return hands.joined(role, officer)
        case StepHandedOver(role=role, officer=officer, to=to):
            return hands.joined(role, officer, to)
        case StepDone(role=role, officer=officer, second_officer=second):
            return hands.joined(role, officer, second)
        case _:
            return hands


def examiners(case: Case) -> frozenset[str]:
    """Everybody who examined this case or a part of it, as numbers are compared."""
    return case.hands.examiners


def approvers(case: Case) -> frozenset[str]:
    """Everybody who approved this case or a part of it, as numbers are compared."""
    return case.hands.approvers


def hold_apart(case: Case, role: StepRole, *officers: str) -> None:
    """Raises `Refused` where one of `officers` did the part that `role` excludes, or extended the limit of what they would examine; plain
    work is open to all.
    """
    others = {StepRole.EXAMINE: approvers(case), StepRole.APPROVE: examiners(case), StepRole.WORK: frozenset[str]()}[role]
    if others.intersection(map(folded, officers)):
        raise refused("same-officer")
    head = case.extended.head if case.extended is not None and role is StepRole.EXAMINE else ""
    if not nobody(head) and any(same_person(head, officer) for officer in officers):
        raise refused("head-not-apart")


def check_second(first: str, second: str, *, needed: bool, known: bool) -> None:
    """Raises `Refused` where a second officer is needed and none is named, or where the one named is nobody, the first one, or not `known`."""
    if not needed and not second:
        return
    if nobody(second) or same_person(first, second):
        raise refused("needs-two-officers")
    if not known:
        raise refused("second-unknown")
