"""How long a turn lasts at least: what comes meanwhile shares its transaction, its request, its signature (docs/one-event.md)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

FEW: Final = 700.0
"""Things a second up to which little comes."""


class Pace:
    """Turns that are long while little comes, so that each is worth its statements, and short while much does, for then many wait.

    `long` and `short` are seconds from the begin of one turn to that of the next. What comes after such a pause does not wait at all.
    """

    def __init__(self, long: float, short: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._long, self._short, self._clock = long, short, clock
        self._began = clock() - long
        self.seconds = long
        """How long the turn that runs lasts at least."""

    def begin(self) -> None:
        """A turn begins."""
        self._began = self._clock()

    def end(self, count: int) -> float:
        """The turn took `count` things: the seconds that are left of it. It lasts as long as those before it ask for, this one included."""
        now = self._clock()
        took = max(now - self._began, self.seconds)
        self.seconds = self._long if count <= FEW * took else self._short
        return max(self._began + self.seconds - now, 0.0)
