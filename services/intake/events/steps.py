"""The steps of the procedure: due to a post, in an officer's hands, handed over, done, sent back (环节)."""

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
class StepFellDue:
    """A step is due to its post, in nobody's hands yet; its limit, if it has one, runs from here.

    `number` is its place in the case's run of steps, from 1: a step that falls due again has a new one. `officer` did the act that made it due.
    """

    case: str
    number: int
    name: str
    role: StepRole
    post: str
    limit_days: int | None
    officer: str
    at: datetime
    imported: bool = False


@record
class StepStarted:
    """The step of this number is in the hands of `officer`."""

    case: str
    number: int
    name: str
    role: StepRole
    officer: str
    at: datetime
    imported: bool = False


@record
class StepHandedOver:
    """The step in hand went from the hands of `officer` into those of `to`, for these reasons."""

    case: str
    number: int
    name: str
    role: StepRole
    to: str
    reasons: str
    officer: str
    at: datetime
    imported: bool = False


@record
class StepDone:
    """The step was done by who held it; `second_officer` is empty where one suffices."""

    case: str
    number: int
    name: str
    role: StepRole
    officer: str
    second_officer: str
    at: datetime
    imported: bool = False


@record
class StepSentBack:
    """The approving step in hand was given up, and the case goes back to its examination: the step `reopens` is to be done again."""

    case: str
    number: int
    name: str
    reopens: str
    reasons: str
    officer: str
    at: datetime
    imported: bool = False
