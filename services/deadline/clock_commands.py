"""What can be asked of a clock. Each says what made it so (`trigger`: source#epoch#number) and when that was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from libs.decider import record
from services.deadline.events import Budget, ClockKind, Policy

ACTOR: Final = "system:deadline"
"""Who asks when it is nobody in person."""


@record
class Start:
    """A limit runs from `start`. `trigger` is the fact that set it going, `article` the rule, `timeline` empty: real time."""

    clock: str
    case: str
    kind: ClockKind
    node: str
    officer: str
    budget: Budget
    trigger: str
    article: str
    start: datetime
    at: datetime
    label: str = ""
    policy: Policy = Policy.AS_IS
    timeline: str = ""
    imported: bool = False


@record
class Stop:
    """Days from `first` on are not counted (Art. 45)."""

    reason: str
    first: date
    trigger: str
    at: datetime


@record
class Resume:
    """`last` was the last day not counted."""

    last: date
    trigger: str
    at: datetime


@record
class Extend:
    """The budget grows (Art. 42)."""

    budget: Budget
    trigger: str
    at: datetime


@record
class Tick:
    """It is `now`: whatever is due and not yet said is said, at its own instant."""

    now: datetime


@record
class End:
    """What the clock measures was done at `at`."""

    trigger: str
    at: datetime
    imported: bool = False


@record
class Cancel:
    """What the clock measures will not happen."""

    trigger: str
    at: datetime
    imported: bool = False


Command = Start | Stop | Resume | Extend | Tick | End | Cancel
