"""What supervision reads of the clocks' rungs: a yellow or a red one is a card. Nothing is remembered: a card is issued once by its stream."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record
from services.supervision.card import IssueCard
from services.supervision.events import Colour


@record
class ClockYellow:
    """A clock is nearly due. It is never overdue."""

    clock: str
    case: str
    kind: str
    node: str
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
    officer: str
    generation: int
    overdue: int
    due_at: datetime
    at: datetime
    imported: bool = False


YellowOrRed = ClockYellow | ClockRed


def react(remembered: None, rung: YellowOrRed, evidence: str) -> tuple[None, tuple[IssueCard]]:
    """The card of a rung; `evidence` names the event that says it. Nothing is remembered: each rung stands for itself."""
    red = isinstance(rung, ClockRed)
    card = IssueCard(
        case=rung.case,
        colour=Colour.RED if red else Colour.YELLOW,
        clock=rung.clock,
        clock_kind=rung.kind,
        node=rung.node,
        officer=rung.officer,
        generation=rung.generation,
        overdue=rung.overdue if isinstance(rung, ClockRed) else 0,
        due_at=rung.due_at,
        evidence=evidence,
        at=rung.at,
        imported=rung.imported,
    )
    return remembered, (card,)
