"""The steps of the procedure in officers' hands (环节)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from libs.decider import record


class StepRole(str, Enum):
    """What a step is for the two-person rule."""

    WORK = "work"
    EXAMINE = "examine"
    APPROVE = "approve"


@record
class StepStarted:
    """A step is in an officer's hands; its limit runs."""

    case: str
    number: int
    name: str
    role: StepRole
    limit_days: int | None
    officer: str
    at: datetime
    imported: bool = False


@record
class StepDone:
    """A step was done. `number` is its place in the case's run of steps, from 1; `second_officer` is empty where one suffices."""

    case: str
    number: int
    name: str
    role: StepRole
    officer: str
    second_officer: str
    at: datetime
    imported: bool = False
