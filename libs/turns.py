"""How long a turn lasts at least: what comes meanwhile shares its transaction, its request, its signature (docs/one-event.md)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

ENOUGH: Final = 50
"""Things that are worth a turn: its statements cost about as much as doing so many. Longer ones would keep others waiting."""


class Pace:
    """Turns that last until there is enough for one, between `short` and `long` seconds from the begin of one to that of the next.

    What comes later than that after a turn does not wait at all.
    """

    def __init__(self, long: float, short: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._long, self._short, self._clock = long, short, clock
        self._before = self._began = clock()

    def begin(self) -> None:
        """A turn begins."""
        self._before, self._began = self._began, self._clock()

    def end(self, count: int) -> float:
        """The turn took `count` things, which came since the one before began: the seconds that are left of it."""
        return max(self._began + self._floor(count) - self._clock(), 0.0)

    def _floor(self, count: int) -> float:
        if not count:
            return self._short
        return min(self._long, max(self._short, (self._began - self._before) * ENOUGH / count))
