"""The rules of a card: one for each rung of a clock that is yellow or red, to the responsible unit and officer (docs/supervision.md).

A yellow card from time alone warns. A reminder is no card; replies and appeals are not decided here yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from libs.decider import Decider, record
from services.supervision.events import CardIssued, Colour


@record
class IssueCard:
    """Issue a card for a rung that was reached at `at`; `evidence` names the fact that says so, `officer` is empty where
    nobody held the step.
    """

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


Command = IssueCard
State = CardIssued | None


def card_of(command: IssueCard) -> str:
    """The card's identity, which is also its stream: one per clock, colour, generation and span overdue."""
    return f"card:{command.clock}:{command.colour.value}:{command.generation}:{command.overdue}"


def decide(command: IssueCard, issued: State) -> Sequence[CardIssued]:
    """The card; none when it was issued before. Refuses nothing."""
    return [CardIssued(card=card_of(command), **asdict(command))] if issued is None else []


def evolve(_issued: State, event: CardIssued) -> State:
    """The card after `event`: what was issued."""
    return event


CARD: Final[Decider[IssueCard, State, CardIssued]] = Decider(initial=None, decide=decide, evolve=evolve)
