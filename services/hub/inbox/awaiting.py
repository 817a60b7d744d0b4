"""What comes before its checkpoint waits for it in memory: a fetch ends where the broker cuts it, and records written without theirs are written twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from aiokafka import ConsumerRecord

from libs.bus import Take
from libs.wire import CHECKPOINT_TYPE

MOST_HELD: Final = 10_000
"""Records that wait at most."""
MOST_BYTES_HELD: Final = 16 * 1024 * 1024
_CHECKPOINT: Final = ("ce_type", CHECKPOINT_TYPE.encode())


class Awaiting:
    """Gives records on up to the newest checkpoint that came. When `save` has returned, everything that came before has been given on.

    What could not be given on stays: an offset behind it is committed after `save` alone, and what comes again is known by its hash.
    """

    def __init__(self, give: Take) -> None:
        self._give = give
        self._held: list[ConsumerRecord[bytes, bytes]] = []
        self._turn = asyncio.Lock()

    async def take(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Takes one fetch."""
        async with self._turn:
            came = [*self._held, *records]
            ready = next((n for n in range(len(came), 0, -1) if _CHECKPOINT in came[n - 1].headers), 0)
            if _too_much(came[ready:]):
                ready = len(came)
            if ready:
                await self._give(came[:ready])
            self._held = came[ready:]

    async def save(self) -> None:
        """Gives on what waits."""
        async with self._turn:
            if self._held:
                await self._give(self._held)
                self._held = []


def _too_much(records: Sequence[ConsumerRecord[bytes, bytes]]) -> bool:
    return len(records) > MOST_HELD or sum(len(record.value or b"") for record in records) > MOST_BYTES_HELD
