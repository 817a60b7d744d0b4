"""The detectors: pure functions over the acts on a case, in the order recorded, each with a rule version (decision 0012).

A detector says what was seen first, and in which act it became visible; it never says "guilty". It can be run over the past at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Final

from libs.decider import record
from services.supervision.events import Detector


class Deed(str, Enum):
    """What an act was, as far as detectors ask."""

    ACT = "act"
    EXAMINE = "examine"
    APPROVE = "approve"
    END = "end"


@record
class KnownAct:
    """An act on a case as it was heard. Facts of one case come from one feed, so `epoch` and `sequence` are the order recorded."""

    case: str
    source: str
    epoch: int
    sequence: int
    deed: Deed
    officer: str
    at: datetime
    imported: bool = False

    @property
    def evidence(self) -> str:
        """The event that says it."""
        return f"{self.source}#{self.epoch}#{self.sequence}"


@record
class Seen:
    """What a detector saw: the facts it rests on, and the place of the fact in which it became visible."""

    place: int
    facts: tuple[KnownAct, ...]


RULE_VERSION: Final = 1
Detect = Callable[[Sequence[KnownAct]], Seen | None]


def same_officer(facts: Sequence[KnownAct]) -> Seen | None:
    """一审一核: the officer who examined first is the one who approved first; first in the order recorded (P-two-persons)."""
    examined, approved = _first(facts, Deed.EXAMINE), _first(facts, Deed.APPROVE)
    if examined is None or approved is None or facts[examined].officer != facts[approved].officer:
        return None
    return Seen(place=max(examined, approved), facts=(facts[examined], facts[approved]))


def after_the_end(facts: Sequence[KnownAct]) -> Seen | None:
    """An act at a time strictly later than the case's first end, recorded before it or after it."""
    end = _first(facts, Deed.END)
    if end is None:
        return None
    late = [n for n, fact in enumerate(facts) if fact.deed is not Deed.END and fact.at > facts[end].at]
    if not late:
        return None
    place = max(end, late[0])
    return Seen(place=place, facts=(facts[end], *(facts[n] for n in late if n <= place)))


def _first(facts: Sequence[KnownAct], deed: Deed) -> int | None:
    return next((n for n, fact in enumerate(facts) if fact.deed is deed), None)


DETECTORS: Final[Mapping[Detector, Detect]] = {Detector.SAME_OFFICER: same_officer, Detector.AFTER_THE_END: after_the_end}
