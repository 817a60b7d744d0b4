"""Who watches over loops in the tests of the bus: what the host does, without its pauses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress


class Supervised:
    """Starts again what fails, and counts it."""

    def __init__(self) -> None:
        self.failed: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def run(self, what: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Runs `loop` until `stop`."""
        self._tasks.append(asyncio.create_task(self._watched(what, loop)))

    async def _watched(self, what: str, loop: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await loop()
            except Exception:
                self.failed[what] = self.failed.get(what, 0) + 1
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Ends them and waits for what they do at their end."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
