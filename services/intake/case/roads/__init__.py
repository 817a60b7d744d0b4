"""A road is data: which act is in turn in which phase of a case, one table per kind of case. Filing stands on no road: it begins one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from libs.decider import record
from services.intake.case.phase import ENDS, Phase
from services.intake.law import refused

_WALK: Final = tuple(phase for phase in Phase if phase is not Phase.NONE and phase not in ENDS)
"""The phases between filing and the ends, in order."""


@record
class Turn:
    """The phases an act may come in, and the code of its refusal in the others.

    A phase in neither is one in which the act can only be already so, which is answered before its turn is asked for.
    """

    phases: frozenset[Phase]
    codes: Mapping[Phase, str]


Road = Mapping[type[Any], Turn]
"""Command → its turn."""


def turn(*phases: Phase, early: str = "", late: str = "", instead: Mapping[Phase, str] | None = None) -> Turn:
    """An act's turn in `phases`: refused with the code `early` before the first of them, with `late` in the others before an end, with
    "ended" at an end; `instead` where a phase has a code of its own.
    """
    first = min(_WALK.index(phase) for phase in phases if phase in _WALK)
    codes = {phase: early if n < first else late for n, phase in enumerate(_WALK)} | dict.fromkeys(ENDS, "ended") | dict(instead or {})
    return Turn(phases=frozenset(phases), codes={phase: code for phase, code in codes.items() if code and phase not in phases})


def in_turn(road: Road, command: type[Any], phase: Phase, grounds: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises `Refused` where `phase` is not the turn of this command; `grounds` is what a code is refused on in this case, where that varies."""
    own = road[command]
    if phase not in own.phases:
        code = own.codes[phase]
        raise refused(code, **grounds.get(code, {}))
