"""A road is data: which act is in turn in which phase, one table per kind of case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from libs.decider import record
from services.intake.case.phase import ENDS, Phase
from services.intake.law import refused

_ORDER: Final = {phase: n for n, phase in enumerate(Phase)}


@record
class Turn:
    """The phases an act may come in, and the codes of its refusal before and after them; `instead` where a phase has a code of its own."""

    phases: frozenset[Phase]
    early: str
    late: str
    instead: Mapping[Phase, str]

    def refusal(self, phase: Phase) -> str:
        """The code in a phase that is not one of `phases`."""
        if phase in ENDS:
            return "ended"
        early = _ORDER[phase] < min(_ORDER[own] for own in self.phases)
        return self.instead.get(phase, self.early if early else self.late)


Road = Mapping[type[Any], Turn]
"""Command → its turn."""


def turn(*phases: Phase, early: str = "unknown-case", late: str = "ended", instead: Mapping[Phase, str] | None = None) -> Turn:
    """An act's turn in `phases`; without `early` it may come from the filing on, without `late` up to the end."""
    return Turn(phases=frozenset(phases), early=early, late=late, instead=instead or {})


def in_turn(road: Road, command: type[Any], phase: Phase) -> None:
    """Raises `Refused` where `phase` is not this command's turn."""
    if phase not in road[command].phases:
        raise refused(road[command].refusal(phase))
