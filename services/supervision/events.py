"""What supervision promises: cards issued, findings raised (docs/supervision.md). A finding says what was seen, never "guilty"."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from libs.decider import record


class Colour(str, Enum):
    """A yellow card warns, a red one says that a limit was broken. A reminder is no card."""

    YELLOW = "yellow"
    RED = "red"


class Detector(str, Enum):
    """What looks at the acts on a case, by name."""

    SAME_OFFICER = "same-officer"
    AFTER_THE_END = "after-the-end"


@record
class CardIssued:
    """A card was given to the responsible department, post and officer for a rung of a clock; `officer` empty: nobody held the step.

    `evidence` names the event (source#epoch#number).
    """

    card: str
    case: str
    colour: Colour
    clock: str
    clock_kind: str
    node: str
    department: str
    department_uscc: str
    post: str
    officer: str
    generation: int
    overdue: int
    due_at: datetime
    evidence: str
    at: datetime
    imported: bool = False


@record
class FindingRaised:
    """A detector saw something in the acts on a case, under the version of its rule that `finding` holds too; `officers` as their numbers were
    first written; `evidence` names the events (source#epoch#number).
    """

    finding: str
    detector: Detector
    rule_version: int
    case: str
    node: str
    officers: tuple[str, ...]
    evidence: tuple[str, ...]
    at: datetime
    imported: bool = False


Event = CardIssued | FindingRaised
