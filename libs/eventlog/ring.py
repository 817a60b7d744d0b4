"""What this process committed last, kept in memory: whoever follows the log closely need not read it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from libs.wire import Recorded

MOST_BYTES: Final = 8 * 2**20
_ATTRIBUTES: Final = 1024
"""Counted for an event beside its payload."""


class _Stretch:
    """The events of one feed that follow each other, the oldest given up first."""

    def __init__(self, epoch: int, after: int) -> None:
        self.epoch, self.after, self.last = epoch, after, after
        self._events: dict[int, Recorded] = {}

    def put(self, event: Recorded) -> None:
        self.last = event.sequence
        self._events[self.last] = event

    def give_up(self) -> None:
        self.after += 1
        del self._events[self.after]

    def behind(self, sequence: int, limit: int) -> list[Recorded]:
        return [self._events[number] for number in range(sequence + 1, min(sequence + limit, self.last) + 1)]


class Ring:
    """The events committed last by this process, per source in order, bounded in bytes. Put only after the commit has returned.

    A source whose number does not follow is begun anew with what came: another process has written in between, and that is in the log alone.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._stretches: dict[str, _Stretch] = {}
        self._order: deque[tuple[_Stretch, int]] = deque()

    @property
    def sources(self) -> Sequence[str]:
        """All feeds of which something was put."""
        return tuple(self._stretches)

    def put(self, events: Iterable[Recorded]) -> None:
        """Adds what was committed, in the order of its feeds; gives up the oldest of all beyond the bound."""
        for event in events:
            stretch = self._stretches.get(event.source)
            if stretch is None or (stretch.epoch, stretch.last + 1) != (event.epoch, event.sequence):
                stretch = self._stretches[event.source] = _Stretch(event.epoch, event.sequence - 1)
            stretch.put(event)
            self._order.append((stretch, _size(event)))
            self._bytes += _size(event)
        while self._bytes > self._most:
            stretch, size = self._order.popleft()
            stretch.give_up()
            self._bytes -= size

    def after(self, source: str, epoch: int, sequence: int, limit: int) -> list[Recorded] | None:
        """At most `limit` events behind the position, [] where there is nothing newer. None: the position is not in it, the log must be read."""
        stretch = self._stretches.get(source)
        if stretch is None or stretch.epoch != epoch or not stretch.after <= sequence <= stretch.last:
            return None
        return stretch.behind(sequence, limit)


def _size(event: Recorded) -> int:
    return len(event.data) + _ATTRIBUTES
