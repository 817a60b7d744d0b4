"""The bench's own arithmetic: percentiles, when each command came to be seen, and shares of the machine. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

Mark = tuple[float, str, int]
"""A command: the moment it was due, its feed, the number that the feed had reached with it."""
Seen = tuple[float, Mapping[str, int]]
"""What one look at the city saw that was new: the moment its answer was there, and how far which feeds were verified."""
NEVER: Final = math.inf


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest of the values that at least `share` of them do not exceed (nearest rank). Raises `ValueError` for no values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]


def waits(marks: Iterable[Mark], seen: Iterable[Seen]) -> list[float]:
    """For each command the milliseconds from the moment it was due to the first look that saw it; `NEVER` where none did."""
    reached: dict[str, tuple[list[int], list[float]]] = {}
    for moment, moved in seen:
        for source, number in moved.items():
            numbers, moments = reached.setdefault(source, ([], []))
            numbers.append(number)
            moments.append(moment)
    return [_wait(due, number, *reached.get(source, ([], []))) for due, source, number in marks]


def _wait(due: float, number: int, numbers: Sequence[int], moments: Sequence[float]) -> float:
    place = bisect_left(numbers, number)
    return 1000 * (moments[place] - due) if place < len(numbers) else NEVER


def total_at(moment: float, seen: Iterable[Seen]) -> int:
    """How many events were verified in all, by the looks up to `moment`."""
    last: dict[str, int] = {}
    for when, moved in seen:
        if when > moment:
            break
        last.update(moved)
    return sum(last.values())


def percent_of_a_core(before: Mapping[str, float], after: Mapping[str, float], seconds: float) -> dict[str, float]:
    """What each kind of process used between two readings of its CPU seconds."""
    return {kind: 100 * (after[kind] - before.get(kind, 0.0)) / seconds for kind in after}


def due_moments(began: float, rate: float, seconds: float) -> list[float]:
    """The moments at which commands are due, `rate` a second."""
    return [began + n / rate for n in range(int(rate * seconds))]
