"""The serials one process holds of one node and year: given out in order, taken back, and how many to lease next. Times come in."""

from __future__ import annotations

from collections import deque
from typing import Final

from services.intake.numbers import LAST

BLOCK: Final = 50
LARGEST: Final = 1600
"""A block that was used up within a second is followed by one of twice its size, up to this."""
SOON: Final = 1.0
"""Within how many seconds a block counts as used up soon."""
LATER: Final = 10.0
"""After how many seconds a large block is followed by an ordinary one again."""


class Allocator:
    """Leased serials that no case carries yet."""

    def __init__(self) -> None:
        self._free: deque[int] = deque()  # in order
        self._lasts: list[int] = []  # of every block that was leased
        self._leased_at: float | None = None
        self._size = BLOCK

    def __bool__(self) -> bool:
        return bool(self._free)

    @property
    def low(self) -> bool:
        """Whether half of the last block is used, so that the next one is to be leased, as far as the year has one."""
        return 2 * len(self._free) <= self._size and not (self._lasts and self._lasts[-1] == LAST)

    def take(self) -> int:
        """The lowest serial. Raises `IndexError` when a block has to be leased first."""
        return self._free.popleft()

    def give_back(self, serial: int) -> None:
        """Takes back a serial that was not used after all; it is given out again in its turn, so that later cases have later numbers."""
        self._free = deque(sorted((serial, *self._free)))

    def lost(self, serial: int) -> None:
        """Forgets the block of a serial that was voided, and the blocks before it: who voids takes all that was leased."""
        end = next(last for last in self._lasts if last >= serial)
        self._free = deque(free for free in self._free if free > end)

    def left(self) -> tuple[int, ...]:
        """All serials that are left, in order."""
        return tuple(self._free)

    def wanted(self, now: float) -> int:
        """How many serials to lease at `now` (seconds of any steady clock)."""
        lasted = LATER if self._leased_at is None else now - self._leased_at
        if lasted >= LATER:
            return BLOCK
        return min(self._size * 2, LARGEST) if lasted < SOON else self._size

    def add(self, first: int, last: int, now: float) -> None:
        """A block `first`..`last` was leased at `now`, as large as was wanted then or what the year has left."""
        self._size, self._leased_at = self.wanted(now), now
        self._free.extend(range(first, last + 1))
        self._lasts.append(last)
