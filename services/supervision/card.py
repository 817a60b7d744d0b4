"""The rules of a card: one for each rung of a clock that is yellow or red, to the responsible officer (domain.md, "Card").

A yellow one from time alone warns. A reminder is no card; replies and appeals are not decided here yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from libs.decider import Decider, record
from services.supervision.events import CardIssued, Colour


@record
class IssueCard:
    """A rung was reached at `at`; `evidence` names the fact that says so."""

    case: str
    colour: Colour
    clock: str
    clock_kind: str
    node: str
    officer: str
    generation: int
    overdue: int
    due_at: datetime
    evidence: str
    at: datetime
    imported: bool = False


def card_of(clock: str, colour: Colour, generation: int, overdue: int) -> str:
    """The card's identity, which is also its stream."""
    return f"card:{clock}:{colour.value}:{generation}:{overdue}"


def decide(command: IssueCard, issued: CardIssued | None) -> Sequence[CardIssued]:
    """The card; none when it was issued before. Refuses nothing."""
    if issued is not None:
        return []
    return [
        CardIssued(
            card=card_of(command.clock, command.colour, command.generation, command.overdue),
            case=command.case,
            colour=command.colour,
            clock=command.clock,
            clock_kind=command.clock_kind,
            node=command.node,
            officer=command.officer,
            generation=command.generation,
            overdue=command.overdue,
            due_at=command.due_at,
            evidence=command.evidence,
            at=command.at,
            imported=command.imported,
        )
    ]


def evolve(_issued: CardIssued | None, event: CardIssued) -> CardIssued | None:
    """A card is what was issued."""
    return event


CARD: Final[Decider[IssueCard, CardIssued | None, CardIssued]] = Decider(initial=None, decide=decide, evolve=evolve)
