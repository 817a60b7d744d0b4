"""查询码: whoever lost the code of a case gets another at the counter, and that is a fact. The code itself is in no fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from libs.decider import Decider, record
from services.vault.events import FollowCodeReissued
from services.vault.law import refused


@record
class ReissueFollowCode:
    """Give the code of a case anew. `given`: it has one."""

    case: str
    node: str
    given: bool
    officer: str
    at: datetime


Command = ReissueFollowCode
Event = FollowCodeReissued
State = int
"""How often it was given anew."""


def decide(command: Command, before: State) -> Sequence[Event]:
    """The fact, every time it is asked for."""
    if not command.given:
        raise refused("no-follow-code")
    return [
        FollowCodeReissued(case=command.case, node=command.node, number=before + 1, officer=command.officer, at=command.at),
    ]


def evolve(_before: State, event: Event) -> State:
    """How often, after `event`."""
    return event.number


FOLLOW: Final[Decider[Command, State, Event]] = Decider(0, decide, evolve)
