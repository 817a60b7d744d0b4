"""Loops that are watched over: one that fails is started again after growing pauses, counted and told; one that returns is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final

import structlog

_log = structlog.get_logger("host")

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
STOP_SECONDS: Final = 12.0
"""How long a loop may take to end in order: the link's sends its last checkpoint."""
LAST_SECONDS: Final = 2.0
"""How long after it was told a second time; one that still runs is left behind, and named in the log."""


class Loops:
    """The loops of one service."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._tasks: list[asyncio.Task[None]] = []
        self.failed: dict[str, int] = {}
        """How often each loop has failed, by name; only those that did."""
        self.down: set[str] = set()
        """The loops that wait to be started again."""

    def run(self, what: str, loop: Callable[[], Awaitable[None]], *, pause: float = FIRST_PAUSE) -> None:
        """Runs `loop` until it returns or `stop` is called; whenever it fails, again: at first after `pause` seconds."""
        self._tasks.append(asyncio.create_task(self._watched(what, loop, pause), name=f"{self._owner} {what}"))

    async def _watched(self, what: str, loop: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            try:
                await loop()
            except Exception as error:  # whatever it was: a dead loop would be silence
                self.failed[what] = self.failed.get(what, 0) + 1
                self.down.add(what)
                _log.error("host.loop_failed", owner=self._owner, loop=what, failed=self.failed[what], seconds=pause, exc_info=error)
            else:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self.down.discard(what)

    async def well(self) -> None:
        """Raises `RuntimeError` while a loop waits to be started again."""
        if self.down:
            raise RuntimeError(f"{self._owner}: {', '.join(sorted(self.down))}")

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ends all loops, together; what they do at their end is waited for. A cancellation that was lost on the way is said once more."""
        left: Collection[asyncio.Task[None]] = self._tasks
        for bound in (seconds, LAST_SECONDS):
            for task in left:
                task.cancel()
            left = (await asyncio.wait(left, timeout=bound))[1] if left else ()
        for task in left:
            _log.error("host.loop_does_not_end", loop=task.get_name())
        self._tasks.clear()
