"""Loops that are watched over: one that fails is started again after growing pauses, counted and told; one that returns is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Final

import structlog

from libs.host.away import Servers
from libs.telemetry import NotReady

_log = structlog.get_logger("host")

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
AWAY_PAUSE: Final = 2.0
"""The longest pause of a loop whose server is away."""
TRIAL_SECONDS: Final = 2.0
"""How long a loop that was started again has to run before it is believed; twice as long after each time it was believed too soon."""
LONGEST_TRIAL: Final = 600.0
END_SECONDS: Final = 5.0
"""How long loops may take to end in order."""
LAST_SECONDS: Final = 2.0
"""How long after they were told a second time; one that still runs is left behind, and named in the log."""


class LoopRun:
    """What is known of one loop: since when it runs (None: it waits to be started again), how often it has failed, what it has to show for itself."""

    def __init__(self, first: float) -> None:
        self.first, self.pause = first, first
        self.since: float | None = None
        self.failed = 0
        self.lasted = 0.0
        """How many seconds the last run went well."""
        self.trial = 0.0
        """Seconds a run has to last before the loop is believed."""
        self.relapsed = 0.0
        """When it last failed after it was believed."""

    def proven(self, now: float) -> bool:
        """Whether the loop is believed to run well."""
        return self.since is not None and now - self.since >= self.trial

    def fails(self, now: float, away: bool) -> float:
        """The run has failed, `away`: for a server's sake; how long to wait."""
        believed = self.lasted >= self.trial
        if away:
            self.trial = max(self.trial, TRIAL_SECONDS)
        elif believed and self.trial and now - self.relapsed < LONGEST_TRIAL:
            self.trial = min(self.trial * 2, LONGEST_TRIAL)
        elif believed:
            self.trial = TRIAL_SECONDS
        self.pause = self.first if believed or not self.failed else min(self.pause * 2, LONGEST_PAUSE)
        self.relapsed = now if believed else self.relapsed
        self.failed += 1
        return self.pause


class Loops:
    """The loops of one service. `clock` tells seconds that only go up; `servers` are told of every failure, and say when one is back."""

    def __init__(self, owner: str, clock: Callable[[], float] = time.monotonic, servers: Servers | None = None) -> None:
        self._owner, self._clock = owner, clock
        self._servers = servers or Servers()
        self._tasks: list[asyncio.Task[None]] = []
        self._runs: dict[str, LoopRun] = {}
        self._ending = False
        self.left: tuple[str, ...] = ()
        """The loops that did not end when they were stopped."""

    @property
    def failed(self) -> dict[str, int]:
        """How often each loop has failed, by name; only those that did."""
        return {what: run.failed for what, run in self._runs.items() if run.failed}

    @property
    def down(self) -> set[str]:
        """The loops that wait to be started again, and those that were and have not shown yet that they run."""
        now = self._clock()
        return {what for what, run in self._runs.items() if not run.proven(now)}

    def run(self, what: str, loop: Callable[[], Awaitable[None]], *, pause: float = FIRST_PAUSE) -> None:
        """Runs `loop` until it returns or `stop` is called; whenever it fails, again.

        It waits `pause` seconds at first, and longer from failure to failure, until a run has lasted long enough to be believed.
        """
        self._tasks.append(asyncio.create_task(self._watched(what, loop, pause), name=f"{self._owner} {what}"))

    async def _watched(self, what: str, loop: Callable[[], Awaitable[None]], first: float) -> None:
        run = self._runs[what] = LoopRun(first)
        while True:
            began = run.since = self._clock()
            try:
                await loop()
            except asyncio.CancelledError as stray:
                if (task := asyncio.current_task()) is None or task.cancelling():
                    raise
                fault: BaseException = stray  # something it waited for was cancelled, not the loop
            except Exception as error:  # whatever it was: a dead loop would be silence
                fault = error
            else:
                run.trial = 0.0
                return
            await self._again(what, run, began, fault)
            if self._ending:
                return

    async def _again(self, what: str, run: LoopRun, began: float, fault: BaseException) -> None:
        """Counts and tells a failure, and waits; for a server that is away only until it is back."""
        failed_at = self._clock()
        run.lasted, run.since = failed_at - began, None
        server = None if self._ending else await self._servers.blamed(fault)
        pause = run.fails(failed_at, server is not None and server.away)
        if server is None:
            _log.error("host.loop_failed", owner=self._owner, loop=what, failed=run.failed, seconds=pause, exc_info=fault)
        if self._ending:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(pause if server is None else min(pause, AWAY_PAUSE)):
                await (server.answers.wait() if server is not None and server.away else asyncio.Event().wait())

    async def well(self) -> None:
        """Raises `NotReady` with the names of the loops that are down."""
        if down := self.down:
            raise NotReady(f"loops: {', '.join(sorted(down))}")

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
        self.left = tuple(task.get_name() for task in left)
        for name in self.left:
            _log.error("host.loop_does_not_end", loop=name)
        self._tasks.clear()
