"""What supervision reads of the rungs of clocks: a yellow or a red one becomes a card, which is issued once by its stream."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from libs.decider import record
from services.supervision.card import IssueCard, card_of
from services.supervision.events import Colour


@record
class ClockYellow:
    """A clock is nearly due."""

    clock: str
    case: str
    kind: str
    node: str
    department: str
    department_uscc: str
    post: str
    officer: str
    generation: int
    due_at: datetime
    at: datetime
    imported: bool = False


@record
class ClockRed:
    """A clock is past due, or past due for one more span of days (`overdue` 0, 1, 2 …)."""

    clock: str
    case: str
    kind: str
    node: str
    department: str
    department_uscc: str
    post: str
    officer: str
    generation: int
    overdue: int
    due_at: datetime
    at: datetime
    imported: bool = False


YellowOrRed = ClockYellow | ClockRed


def react(remembered: None, rung: YellowOrRed, name: str) -> tuple[None, Sequence[tuple[str, IssueCard]]]:
    """The card, with its stream, of a rung whose name is `name` (source#epoch#number). Nothing is remembered: each rung stands for itself."""
    command = IssueCard(
        case=rung.case,
        colour=Colour.RED if isinstance(rung, ClockRed) else Colour.YELLOW,
        clock=rung.clock,
        clock_kind=rung.kind,
        node=rung.node,
        department=rung.department,
        department_uscc=rung.department_uscc,
        post=rung.post,
        officer=rung.officer,
        generation=rung.generation,
        overdue=rung.overdue if isinstance(rung, ClockRed) else 0,
        due_at=rung.due_at,
        evidence=name,
        at=rung.at,
        imported=rung.imported,
    )
    return remembered, [(card_of(command), command)]
