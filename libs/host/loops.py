"""Loops that are watched over: one that fails is started again after growing pauses, counted and told; one that returns is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Final

import structlog

_log = structlog.get_logger("host")

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
END_SECONDS: Final = 5.0
"""How long loops may take to end in order."""
LAST_SECONDS: Final = 2.0
"""How long after they were told a second time; one that still runs is left behind, and named in the log."""


class Loops:
    """The loops of one service. `clock` tells seconds that only go up."""

    def __init__(self, owner: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._owner, self._clock = owner, clock
        self._tasks: list[asyncio.Task[None]] = []
        self._ending = False
        self.failed: dict[str, int] = {}
        """How often each loop has failed, by name; only those that did."""
        self.down: set[str] = set()
        """The loops that wait to be started again."""

    def run(self, what: str, loop: Callable[[], Awaitable[None]], *, pause: float = FIRST_PAUSE) -> None:
        """Runs `loop` until it returns or `stop` is called; whenever it fails, again.

        It waits `pause` seconds at first, and longer from failure to failure, until a run has lasted longer than the pause would be.
        """
        self._tasks.append(asyncio.create_task(self._watched(what, loop, pause), name=f"{self._owner} {what}"))

    async def _watched(self, what: str, loop: Callable[[], Awaitable[None]], first: float) -> None:
        pause = first
        while True:
            began = self._clock()
            try:
                await loop()
            except Exception as error:  # whatever it was: a dead loop would be silence
                pause = first if self._clock() - began > pause else pause
                self._note(what, error, pause)
            else:
                return
            if self._ending:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self.down.discard(what)

    def _note(self, what: str, error: Exception, pause: float) -> None:
        self.failed[what] = self.failed.get(what, 0) + 1
        self.down.add(what)
        _log.error("host.loop_failed", owner=self._owner, loop=what, failed=self.failed[what], seconds=pause, exc_info=error)

    async def well(self) -> None:
        """Raises `RuntimeError` while a loop waits to be started again."""
        if self.down:
            raise RuntimeError(f"{self._owner}: {', '.join(sorted(self.down))}")

    async def stop(self, seconds: float = END_SECONDS) -> None:
        """Ends all loops, together, and waits for what they do at their end. A cancellation that was lost on the way is said once more.

        Takes `LAST_SECONDS` longer than `seconds` at most.
        """
        self._ending = True
        left: Collection[asyncio.Task[None]] = self._tasks
        for bound in (seconds, LAST_SECONDS):
            for task in left:
                task.cancel()
            left = (await asyncio.wait(left, timeout=bound))[1] if left else ()
        for task in left:
            _log.error("host.loop_does_not_end", loop=task.get_name())
        self._tasks.clear()
