"""What the routes and the loop of the deadline service share: clocks found, clocks ticked in ordered batches, lags waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import structlog
from fastapi import HTTPException
from opentelemetry import metrics

from libs.bus.inbox import cursors
from libs.eventlog import Decision, Subject
from libs.host import Context
from libs.wire import Recorded
from libs.workdays import Calendar
from services.deadline.clock_commands import ACTOR, Command, Tick
from services.deadline.clock_proof import Basis, Derivation, proof
from services.deadline.clock_state import Clock
from services.deadline.events import Event
from services.deadline.views import CLOCKS, CONSUMER, DueRung, due_rungs

BATCH: Final = 800
"""Clocks ticked together."""
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


Clocks = Subject[Command, Clock, Event]


class Ticked(msgspec.Struct):
    """What a pass of ticks came to: clocks asked, rungs said."""

    ticked: int = 0
    fired: int = 0


class Desk:
    """Finds and ticks the clocks of the nodes of this site."""

    def __init__(self, context: Context, clocks: Clocks, calendar: Calendar) -> None:
        self.context, self.clocks, self.calendar = context, clocks, calendar

    def hosted(self, node: str) -> str:
        """`node`, when this site hosts it; else 404."""
        if not self.context.site.line(node):
            raise HTTPException(404)
        return node

    async def proof(self, clock: str) -> tuple[Basis, Derivation]:
        """The proof of a clock, from its own facts; 404 where there are none."""
        stream = await self.context.logs.of(self.hosted(node_of(clock))).stream(clock)
        if not stream:
            raise HTTPException(404)
        return proof([self.clocks.codec.decode(recorded) for recorded in stream], self.calendar, self.context.now())

    # --- ticking ------------------------------------------------------------------------------------------------------------------

    async def tick(self, timeline: str, now: datetime) -> Ticked:
        """Lets every clock of `timeline` say what it has to say by `now`. Two passes at once are harmless. Raises `LogError`."""
        passed, after = Ticked(), _BEGINNING
        while page := await due_rungs(self.context.pool, timeline, now, after, BATCH):
            said = await self._tick(page, now)
            passed.ticked += len(page)
            passed.fired += sum(said)
            after = (page[-1].fires_at, page[-1].clock)
            if timeline == REAL:
                self._measure(page, said)
        return passed

    async def _tick(self, page: Sequence[DueRung], now: datetime) -> list[int]:
        """All of a page, side by side; a fault of one is raised after all others had their turn."""
        results = await asyncio.gather(*(self._one(rung, now) for rung in page), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if isinstance(result, int)]

    async def _one(self, rung: DueRung, now: datetime) -> int:
        act = self.clocks.act(rung.clock, Tick(now=now), actor=ACTOR, correlation=case_of(rung.clock))
        done = await self.context.logs.of(rung.node).append(msgspec.structs.replace(act, decide=_counting(act.decide)))
        return int(done.answer)

    def _measure(self, page: Sequence[DueRung], said: Sequence[int]) -> None:
        now = self.context.now()
        for rung, count in zip(page, said, strict=True):
            if count:
                _late.record((now - rung.fires_at).total_seconds())

    async def keep_ticking(self) -> None:
        """Real time, until cancelled. A database that is away is waited for."""
        await asyncio.sleep(SETTLING)
        delay = TICK_SECONDS
        while True:
            try:
                passed = await self.tick(REAL, self.context.now() - IN_FLIGHT)
                if passed.ticked:
                    _log.info("deadline.ticked", ticked=passed.ticked, fired=passed.fired)
                    await self.shown()
                delay = TICK_SECONDS
            except Exception as error:
                _log.warning("deadline.tick_again", error=repr(error), seconds=delay, exc_info=True)
                delay = min(delay * 2, 30.0)
            await asyncio.sleep(delay)

    # --- waiting ------------------------------------------------------------------------------------------------------------------

    async def shown(self, timeout: float = 2.0) -> bool:
        """Whether the view has everything of our own logs."""
        heads = [head for head in await self.context.logs.heads() if head.sequence]
        return all([await self.context.current(CLOCKS, head, timeout) for head in heads])

    async def advance(self, timeline: str, to: datetime, heard: Mapping[str, tuple[int, int]]) -> Ticked:
        """Virtual time goes on to `to`, once the facts up to `heard` (source → epoch, number) have reached their clocks; else 503."""
        ready = await _within(HEARING, lambda: self._heard(heard)) and await self.shown(HEARING)
        if not ready:
            raise HTTPException(503, headers={"Retry-After": "2"})
        return await self.tick(timeline, to)

    async def _heard(self, wanted: Mapping[str, tuple[int, int]]) -> bool:
        reached = {source: (at.epoch, at.sequence) for source, at in (await cursors(self.context.pool, CONSUMER)).items()}
        return all(reached.get(source, (1, 0)) >= position for source, position in wanted.items())


async def _within(seconds: float, so: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it becomes so in time; asked every 50 ms."""
    end = asyncio.get_running_loop().time() + seconds
    while not await so():
        if asyncio.get_running_loop().time() >= end:
            return False
        await asyncio.sleep(0.05)
    return True


def _counting(decide: Callable[[Sequence[Recorded]], Decision]) -> Callable[[Sequence[Recorded]], Decision]:
    """The same decision, answered with the number of its events."""

    def counted(stream: Sequence[Recorded]) -> Decision:
        decision = decide(stream)
        return msgspec.structs.replace(decision, answer=str(len(decision.events)).encode())

    return counted


def case_of(clock: str) -> str:
    """The case whose clock it is: `clock:<case>:<name>`."""
    return clock.split(":")[1]


def node_of(clock: str) -> str:
    """The node whose log keeps the clock: that of the case's number."""
    return case_of(clock).partition("-")[0]
