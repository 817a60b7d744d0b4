"""The ticker: lets clocks say what is due, in ordered batches, in real time by a loop and in virtual time when told how far it goes on.

A clock's fault is its own: it is left out, all others are asked. While the machine's time is in doubt (`wall`, `machine`), real time stands.
A herd that is due at one midnight leaves room for requests: few clocks are asked together, and the next page waits until this one is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import structlog
from opentelemetry import metrics

from libs.bus import cursors
from libs.eventlog import Busy, Subject, Unknown
from libs.host import Context
from services.deadline.clock import ACTOR, Command, State
from services.deadline.clock.rungs import TickClock
from services.deadline.clock.starting import case_of
from services.deadline.events import Event
from services.deadline.inbox.remembered import from_kept
from services.deadline.ticker.aside import Aside
from services.deadline.ticker.machine import MachineTime
from services.deadline.views import CONSUMER, VIEW, Speaker, waiting_by

BATCH: Final = 800
"""Clocks read together."""
TOGETHER: Final = 32
"""Clocks asked together: as long as that takes, requests wait. So many are written at once; fewer would wait for others to share a commit."""
TICK_SECONDS: Final = 1.0
IN_FLIGHT: Final = timedelta(seconds=2)
"""What was done before midnight may still be on its way: rungs wait as long, their instants stay their own."""
SETTLING: Final = 10.0
"""Seconds after the start in which facts are heard before the first tick: nobody is carded for what was done while we were away."""
HEARING: Final = 30.0
"""Seconds an advance waits until what was done is heard."""
REAL: Final = ""
"""The timeline of real time."""
_BEGINNING: Final = (datetime(1, 1, 2, tzinfo=UTC), "")
_log = structlog.get_logger("deadline")
_late = metrics.get_meter("liandong.deadline").create_histogram(
    "liandong.deadline.tick.lateness", unit="s", description="from a rung's instant to the commit of its event"
)


class Ticked(msgspec.Struct):
    """How many clocks a pass of ticks asked, how many rungs they said, and how many were left out: those beyond the calendar, those that failed."""

    ticked: int = 0
    fired: int = 0
    beyond: int = 0
    failed: int = 0


class Ticker:
    """Ticks the clocks of the nodes of this site."""

    def __init__(self, context: Context, clocks: Subject[Command, State, Event]) -> None:
        self.context, self.clocks = context, clocks
        self.time, self.aside = MachineTime(context), Aside()
        self._settled = False

    async def tick(self, timeline: str, now: datetime) -> Ticked:
        """Lets every clock of `timeline` say what it has to say by `now`; one that cannot is left out and keeps none from speaking.

        Two passes at once are harmless. A database that is away, or takes nothing, is raised.
        """
        passed, after = Ticked(), _BEGINNING
        faults: dict[str, Exception] = {}
        while page := await waiting_by(self.context.pool, timeline, now, after, BATCH):
            for n in range(0, len(page), TOGETHER):
                some = page[n : n + TOGETHER]
                said = await asyncio.gather(*(self._one(clock, now, faults) for clock in some))
                passed.fired += sum(said)
                if timeline == REAL:
                    self._measure(some, said)
            passed.ticked += len(page)
            after = (page[-1].fires_at, page[-1].clock)
            await self.shown()
        self.aside.took(timeline, faults)
        passed.beyond, passed.failed = self.aside.beyond(timeline), self.aside.failed(timeline)
        return passed

    async def _one(self, speaker: Speaker, now: datetime, faults: dict[str, Exception]) -> int:
        """How many rungs the clock said; where it could not, `faults` holds why."""
        try:
            command = TickClock(now=now, holdings=from_kept(speaker.holdings))
            intent = self.clocks.intent(speaker.clock, command, actor=ACTOR, correlation=case_of(speaker.clock))
            return len((await self.context.logs.of(speaker.node).append(intent)).events)
        except (Busy, Unknown):
            raise
        except Exception as fault:  # whatever it was: it is this clock's alone, and `aside` tells it
            faults[speaker.clock] = fault if not faults else fault.with_traceback(None)  # of a herd that fails only one is told whole
            return 0

    def _measure(self, page: Sequence[Speaker], said: Sequence[int]) -> None:
        now = self.context.now()
        for clock, count in zip(page, said, strict=True):
            if count:
                _late.record((now - clock.fires_at).total_seconds())

    async def keep_ticking(self) -> None:
        """Ticks real time until cancelled, while the machine's time is believed. Raises where the database is away or takes nothing: who runs
        the loop starts it again.
        """
        if not self._settled:
            await asyncio.sleep(SETTLING)
            self._settled = True
        while True:
            await self._pass()
            await asyncio.sleep(TICK_SECONDS)

    async def _pass(self) -> None:
        """A pass in real time; none while the machine's time is in doubt. Raises where the database is away or takes nothing."""
        if (now := await self.time.believed()) is None:
            return
        passed = await self.tick(REAL, now - IN_FLIGHT)
        if passed.ticked > passed.beyond + passed.failed:
            _log.info("deadline.ticked", ticked=passed.ticked, fired=passed.fired)

    async def advance(self, timeline: str, to: datetime, heard: Mapping[str, tuple[int, int]]) -> Ticked | None:
        """Lets virtual time go on to `to`, once the facts up to `heard` (source → epoch, number) have reached their clocks; None: they
        did not in time. Where a clock failed, time has not gone on: it is to be asked again.
        """
        ready = await within(HEARING, lambda: self._heard(heard)) and await self.shown(HEARING)
        return await self.tick(timeline, to) if ready else None

    async def shown(self, timeout: float = 2.0) -> bool:
        """Whether the view shows everything in the logs of this service within `timeout` seconds."""
        heads = [head for head in await self.context.logs.heads() if head.sequence]
        return all([await self.context.current(VIEW, head, timeout) for head in heads])

    async def _heard(self, wanted: Mapping[str, tuple[int, int]]) -> bool:
        reached = {source: (at.epoch, at.sequence) for source, at in (await cursors(self.context.pool, CONSUMER)).items()}
        return all(reached.get(source, (1, 0)) >= position for source, position in wanted.items())


async def within(seconds: float, so: Callable[[], Awaitable[bool]]) -> bool:
    """Whether `so` comes true within `seconds`; it is asked every 50 ms."""
    end = asyncio.get_running_loop().time() + seconds
    while not await so():
        if asyncio.get_running_loop().time() >= end:
            return False
        await asyncio.sleep(0.05)
    return True
