"""What an event costs when a log is a hundred times as long: append, lease, views, replay, hub; and how fast a view is made anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from typing import Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.database import Pool
from libs.eventlog import PgLogs, Subject
from libs.views import Projector
from services.hub.inbox import CityStream
from services.hub.tests.county import carried, word
from services.intake.app import CODEC
from services.intake.numbers import NUMBERS, LeaseNumbers, stream
from services.intake.views import CASES_VIEW, cases_view, serials
from services.intake.views import cases as listed
from tests.bench.append import CALLERS, fresh, opened
from tests.bench.report import Row
from tests.bench.stream import NODE, cases, city_of

FETCH: Final = 1000
PER_LEASE: Final = 1000
"""Events for each lease of numbers: cases of two events, in blocks as a busy counter leases them."""
LEASES: Final = 50
PATIENCE: Final = 600.0
SHOWN: Final = (listed.CASES, listed.NODE_CASES, serials.LEASES)
"""The tables of the view."""
Rates = dict[str, float]


class Grown:
    """A county's log with its view, and a city that archives it; both grow together."""

    def __init__(self, database: str, logs: PgLogs, pool: Pool, city: CityStream, key: Ed25519PrivateKey) -> None:
        self._database, self.logs, self.log = database, logs, logs.of(NODE)
        self._pool, self._city, self._key = pool, city, key
        self._projector = Projector(logs.pool, (cases_view(CODEC),))
        self._serials = Subject(NUMBERS, CODEC)
        self._numbers, self._words = 0, count(1)
        self._told = 0

    @classmethod
    async def made(cls, owner: str) -> Grown:
        """An empty one."""
        key = Ed25519PrivateKey.generate()
        pool, city = await city_of(owner, key)
        database = await fresh(owner)
        return cls(database, await opened(database), pool, city, key)

    async def close(self) -> None:
        """Gives back the connections."""
        await self.logs.pool.close()
        await self._pool.close()

    async def to(self, length: int) -> None:
        """Lets the log grow to `length` events, leases in proportion, and the view and the city with it."""
        while (head := (await self.log.head()).sequence) < length:
            many = min(2000, (length - head) // 2 + 1)
            await asyncio.gather(*(self.log.append(intent) for intent in cases(self._numbers, many)))
            self._numbers += many
            for _ in range(2 * many // PER_LEASE):
                await self.lease()
        await self.shown()
        await self.told()

    async def lease(self) -> None:
        """One block of serials."""
        command = LeaseNumbers(year=2026, size=1, process="bench", at=datetime.now(UTC))
        await self.log.append(self._serials.intent(stream(2026), command, actor="system:intake", last=True))

    async def shown(self) -> int:
        """Lets the view come to the log's end; the number of events in the log."""
        head = await self.log.head()
        running = asyncio.ensure_future(self._projector.run())
        try:
            assert await self._projector.wait(CASES_VIEW, head, PATIENCE)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        return head.sequence

    async def told(self) -> int:
        """Lets the city hear, verify, archive and show what it has not heard; how many events those were."""
        before = self._told
        while events := await self.log.feed(self._told, FETCH):
            await self._city.take([*map(carried, events), word(next(self._words), events[-1], key=self._key, named=self._key)])
            self._told = events[-1].sequence
        return self._told - before

    async def again(self) -> None:
        """Empties the view, as its owner: the next time it is shown it is made anew from the beginning of the log."""
        owner = await asyncpg.connect(self._database, server_settings={"search_path": "intake"})
        await owner.execute(f"truncate {', '.join(table.name for table in SHOWN)}")
        await owner.execute("delete from view_position where view = $1", CASES_VIEW)
        await owner.close()
        self._projector = Projector(self.logs.pool, (cases_view(CODEC),))

    async def rates(self, many: int) -> Rates:
        """Each kind of work a second, at the length the log has now."""
        found = {"append": await per_second(lambda: self._append(many))}
        length = (await self.log.head()).sequence
        found["replay"] = await per_second(lambda: self._read(length - 2 * many))
        found["views"] = 2 * many / await seconds(self.shown)
        found["hub"] = await per_second(self.told)
        found["lease"] = LEASES / await seconds(self._leases)
        await self.shown()
        await self.told()
        return found

    async def _append(self, many: int) -> int:
        """Cases from as many callers as wait at a counter; events."""
        left = iter(cases(self._numbers, many))
        self._numbers += many

        async def caller() -> None:
            for intent in left:
                await self.log.append(intent)

        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        return 2 * many

    async def _leases(self) -> None:
        for _ in range(LEASES):
            await self.lease()

    async def _read(self, after: int) -> int:
        done = 0
        while events := await self.log.feed(after, FETCH):
            after, done = events[-1].sequence, done + len([CODEC.decode(event) for event in events])
        return done


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def per_second(work: Callable[[], Awaitable[int]]) -> float:
    """How much of what it counts is done a second."""
    began = time.perf_counter()
    done = await work()
    return done / (time.perf_counter() - began)


async def growth(owner: str, rounds: int, few: int, many: int) -> list[Row]:
    """Every figure at `many` events against the same at `few`."""
    grown = await Grown.made(owner)
    try:
        await grown.to(few)
        await grown.rates(few // 20)
        early = [await grown.rates(few // 10) for _ in range(rounds)]
        await grown.to(many)
        late = [await grown.rates(few // 10) for _ in range(rounds)]
    finally:
        await grown.close()
    return [
        Row(
            f"{name} at {many:,} events",
            f"at {few:,} events",
            0.85,
            "/s",
            [rates[name] for rates in late],
            [rates[name] for rates in early],
        )
        for name in ("append", "lease", "views", "replay", "hub")
    ]


async def rebuild(owner: str, rounds: int, length: int) -> list[Row]:
    """A view made anew from the log, against reading the log."""
    grown = await Grown.made(owner)
    try:
        await grown.to(length)
        ours, theirs = list[float](), list[float]()
        for _ in range(rounds):
            await grown.again()
            ours.append(await per_second(grown.shown))
            theirs.append(await per_second(lambda: grown._read(0)))
    finally:
        await grown.close()
    note = f"reading and decoding the log: {sorted(theirs)[len(theirs) // 2]:,.0f} events/s"
    return [Row("rebuild a view from the log", f"{length:,} events", 50_000, "events/s", ours, note=note)]
