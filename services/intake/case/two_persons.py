"""一审一核: who examined a case or a part of it does not approve it, who approved does not examine (P-two-persons)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from services.intake.events import StepRole
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


def same_person(one: str, other: str) -> bool:
    """Whether two numbers of staff are one person's, however they are written: wide or narrow letters, capitals, spaces around them."""
    return _written(one) == _written(other)


def _written(number: str) -> str:
    return unicodedata.normalize("NFKC", number).strip().casefold()


def examiners(case: Case) -> frozenset[str]:
    """Everybody who examined this case or a part of it."""
    examined = case.opinions.examined
    return _did(case, StepRole.EXAMINE) | ({examined.officer} if examined else set())


def approvers(case: Case) -> frozenset[str]:
    """Everybody who approved this case or a part of it."""
    approved = case.opinions.approved
    return _did(case, StepRole.APPROVE) | ({approved.officer} if approved else set())


def _did(case: Case, role: StepRole) -> frozenset[str]:
    return frozenset(who for step in case.steps.done if step.role is role for who in (step.officer, step.second_officer) if who)


def hold_apart(case: Case, role: StepRole, *officers: str) -> None:
    """Raises `Refused` where one of `officers` did the part that `role` excludes; plain work is open to both."""
    others = {StepRole.EXAMINE: approvers(case), StepRole.APPROVE: examiners(case), StepRole.WORK: frozenset[str]()}[role]
    if others.intersection(officers):
        raise refused("same-officer")
