"""The serials one process holds of one node and year: given out in order, taken back, and how many to lease next. Times come in."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

BLOCK: Final = 50
LARGEST: Final = 1600
"""A block that was used up within a second is followed by one of twice its size, up to this."""
SOON: Final = 1.0
"""Within how many seconds a block counts as used up soon."""


class Allocator:
    """Leased serials that no case carries yet."""

    def __init__(self) -> None:
        self._free: list[int] = []
        self._leased_at: float | None = None
        self._size = BLOCK

    def __bool__(self) -> bool:
        return bool(self._free)

    def take(self) -> int:
        """The lowest serial. Raises `IndexError` when a block has to be leased first."""
        return heappop(self._free)

    def give_back(self, serial: int) -> None:
        """Takes back a serial that was not used after all; it is given out again in its turn, so that later cases have later numbers."""
        heappush(self._free, serial)

    def wanted(self, now: float) -> int:
        """How many serials to lease at `now` (seconds of any steady clock)."""
        soon = self._leased_at is not None and now - self._leased_at < SOON
        return min(self._size * 2, LARGEST) if soon else BLOCK

    def add(self, first: int, last: int, now: float) -> None:
        """A block `first`..`last` was leased at `now`, as large as was wanted then or what the year has left."""
        self._size, self._leased_at = self.wanted(now), now
        for serial in range(first, last + 1):
            heappush(self._free, serial)
