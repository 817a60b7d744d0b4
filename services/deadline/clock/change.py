"""The change a command makes to a clock that runs: none where it is already so, else one fact. Each topic has a table of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from services.deadline.events import Event

if TYPE_CHECKING:
    from services.deadline.clock import Clock


class ClockAndCase(TypedDict):
    """What every fact of a clock says: which clock, of which case."""

    clock: str
    case: str


def said(clock: Clock) -> ClockAndCase:
    """What a fact takes over from the clock it is of."""
    return {"clock": clock.started.clock, "case": clock.started.case}


def _never(_command: object, _clock: Clock) -> bool:
    return False


class Change(NamedTuple):
    """`fact` gives the fact that follows from a command; the calendar's part of it (due, late, next) is filled in afterwards. `already` tells
    whether the command changes nothing.
    """

    fact: Callable[[Any, Clock], Event]
    already: Callable[[Any, Clock], bool] = _never


Changes = Mapping[type, Change]
