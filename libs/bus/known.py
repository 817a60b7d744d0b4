"""Events whose bytes this process has read and hashed already: another of its consumers need not do so again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from libs.wire import ID_PLACE, Headers, Recorded

MOST: Final = 4000
MOST_BYTES: Final = 4096
"""Of a payload; a larger one is rare, and read again."""


class Known:
    """The events of one process that were sound, the oldest given up first. What is found is the same to the byte, headers and payload."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._events: OrderedDict[bytes, tuple[tuple[tuple[str, bytes], ...], Recorded]] = OrderedDict()

    def put(self, headers: Headers, event: Recorded) -> None:
        """The event goes under these headers, and its hash is that of its bytes."""
        if len(event.data) > MOST_BYTES or len(headers) <= ID_PLACE:
            return
        self._events[headers[ID_PLACE][1]] = tuple(headers), event
        if len(self._events) > self._most:
            self._events.popitem(last=False)

    def find(self, headers: Headers, data: bytes | None) -> Recorded | None:
        """The event of a record; None: it has to be read."""
        if len(headers) <= ID_PLACE:
            return None
        found = self._events.get(headers[ID_PLACE][1])
        return found[1] if found is not None and found[1].data == data and found[0] == tuple(headers) else None
