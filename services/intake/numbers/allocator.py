"""The serials one process holds of one node and year: given out in order, taken back, and how many to lease next. Times come in."""

from __future__ import annotations

from collections import deque
from typing import Final

BLOCK: Final = 50
LARGEST: Final = 1600
"""A block that was used up within a second is followed by one of twice its size, up to this."""
SOON: Final = 1.0
"""Within how many seconds a block counts as used up soon."""


class Allocator:
    """Leased serials that no case carries yet."""

    def __init__(self) -> None:
        self._free: deque[int] = deque()
        self._returned: set[int] = set()
        self._leased_at: float | None = None
        self._size = BLOCK

    def __bool__(self) -> bool:
        return bool(self._free or self._returned)

    def take(self) -> int:
        """The lowest serial. Raises `IndexError` when a block has to be leased first."""
        if not self._returned:
            return self._free.popleft()
        lowest = min(self._returned)
        self._returned.remove(lowest)
        return lowest

    def give_back(self, serial: int) -> None:
        """Takes back a serial that was not used after all; it is given out again in its turn, so that later cases have later numbers."""
        self._returned.add(serial)

    def wanted(self, now: float) -> int:
        """How many serials to lease at `now` (seconds of any steady clock)."""
        soon = self._leased_at is not None and now - self._leased_at < SOON
        return min(self._size * 2, LARGEST) if soon else BLOCK

    def add(self, first: int, last: int, now: float) -> None:
        """A block `first`..`last` was leased at `now`, as large as was wanted then or what the year has left."""
        self._size, self._leased_at = self.wanted(now), now
        self._free.extend(range(first, last + 1))
