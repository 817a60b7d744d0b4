"""Who answers for a clock: the clock of a case belongs to who holds its step at the instant, and before that to the post it fell due to.

Nobody's hands are a step's from the day it falls due until somebody takes it up: then the post answers, and no officer is named. A rung is
addressed to the holding at its own instant, however late it is said; so what was held comes with every command that lets a clock speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypedDict

from libs.decider import record
from services.deadline.clock.heard import FactOfHolding, StepDone, StepFellDue, StepHandedOver, StepSentBack, StepStarted
from services.deadline.events import ClockKind, ClockStarted

HELD: Final = frozenset({ClockKind.STATUTORY, ClockKind.PROMISED, ClockKind.STEP})
"""The clocks that belong to who holds the step. Every other names, once and for all, whom its start names."""


@record
class Holding:
    """From `at` on the step of a case was with `post`, in the hands of `officer`; empty: in nobody's."""

    at: datetime
    post: str = ""
    officer: str = ""


Holdings = tuple[Holding, ...]
"""What was held in a case, in the order of time; the last one still is."""


@record
class Speaking:
    """The base of every command that can let a clock speak: what was held in its case until now."""

    holdings: Holdings = ()


class Addressee(TypedDict):
    """Whom a fact of a clock is addressed to; `officer` empty: nobody holds it."""

    department: str
    department_uscc: str
    post: str
    officer: str


def held_after(holdings: Holdings, fact: FactOfHolding) -> Holdings:
    """What was held after a fact of a step. Who did a step holds it no more; until the next one falls due it is with the same post."""
    here = holdings[-1] if holdings else Holding(at=fact.at)
    match fact:
        case StepFellDue(post=post):
            return (*holdings, Holding(at=fact.at, post=post))
        case StepStarted(officer=officer) | StepHandedOver(to=officer):
            return (*holdings, replace(here, at=fact.at, officer=officer))
        case StepDone() | StepSentBack():
            return (*holdings, replace(here, at=fact.at, officer=""))


def holding_at(holdings: Sequence[Holding], at: datetime) -> Holding | None:
    """The holding at an instant; before the first step fell due its post answers; None: no step of the case fell due here."""
    if not holdings:
        return None
    begun = [holding for holding in holdings if holding.at <= at]
    return begun[-1] if begun else replace(holdings[0], officer="")


def addressee(started: ClockStarted, holdings: Sequence[Holding], at: datetime) -> Addressee:
    """Whom the clock addresses at an instant."""
    held = holding_at(holdings, at) if started.kind in HELD else None
    return {
        "department": started.department,
        "department_uscc": started.department_uscc,
        "post": held.post if held else started.post,
        "officer": held.officer if held else started.officer,
    }
