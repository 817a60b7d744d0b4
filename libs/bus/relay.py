"""The relay: tails the logs of one service and sends the exact bytes on, at least once, in order (design: architecture.md, steps 5 and 7).

It saves its position after the broker's acknowledgement; after a crash it sends again, and cursors drop what came before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiokafka import AIOKafkaProducer

from libs.database import Connection, Pool
from libs.eventlog import tail
from libs.wire import Position, to_headers

_log = structlog.get_logger("relay")

Outgoing = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value, headers of a record that goes out beside the events."""
After = Callable[[Sequence[Position]], Awaitable[Sequence[Outgoing]]]
"""What follows a batch on the same topic: given the last position sent per feed."""

PAGE = 1000
GATHER_SECONDS = 0.02
POLL_SECONDS = 0.1
SEND_SECONDS = 30.0

_LOCK = "select pg_try_advisory_lock(hashtext('liandong relay'), hashtext($1))"
_UNLOCK = "select pg_advisory_unlock(hashtext('liandong relay'), hashtext($1))"
_SAVE = """
insert into relay (target, source, epoch, sequence, hash)
select $1, * from unnest($2::text[], $3::integer[], $4::bigint[], $5::text[])
on conflict (target, source) do update set epoch = excluded.epoch, sequence = excluded.sequence, hash = excluded.hash"""
_LOAD = "select source, epoch, sequence, hash from relay where target = $1"


async def new_producer(bootstrap: str) -> AIOKafkaProducer:
    """An idempotent producer that waits for all replicas. One that failed is thrown away and made anew."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        max_request_size=1024 * 1024,
        max_batch_size=256 * 1024,
        request_timeout_ms=20_000,
    )
    await producer.start()
    return producer


class Relay:
    """One service's logs to one topic. Exactly one is active per service and target: the others wait for the advisory lock."""

    def __init__(self, *, pool: Pool, schema: str, topic: str, bootstrap: str, after: After | None = None) -> None:
        self.topic, self.schema = topic, schema
        self.name = f"{schema}>{topic}"
        self._pool, self._bootstrap, self._after = pool, bootstrap, after
        self._woken = asyncio.Event()
        self._sent: dict[str, Position] = {}

    def wake(self) -> None:
        """There is something new."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. A broker or a database that is away is waited for."""
        delay = 0.5
        while True:
            try:
                if await self._turn():
                    delay = 0.5
            except Exception as error:
                _log.warning("relay.again", relay=self.name, error=repr(error), seconds=delay)
                delay = min(delay * 2, 10.0)
            await asyncio.sleep(delay)

    async def _turn(self) -> bool:
        """Holds the lock and serves until something fails; False: another one holds it."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(_LOCK, self.name):
                return False
            try:
                producer = await new_producer(self._bootstrap)
                try:
                    await self._serve(connection, producer)
                finally:
                    await asyncio.wait_for(producer.stop(), SEND_SECONDS)
            finally:
                if not connection.is_closed():
                    await connection.execute(_UNLOCK, self.name)
        return True

    async def _serve(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        rows = await connection.fetch(_LOAD, self.name)
        self._sent = {row["source"]: Position(row["source"], row["epoch"], row["sequence"], row["hash"]) for row in rows}
        while True:
            self._woken.clear()
            if not await self.step(connection, producer):
                await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)

    async def step(self, connection: Connection, producer: AIOKafkaProducer) -> int:
        """Sends one page; the number of events sent."""
        at = {source: (sent.epoch, sent.sequence) for source, sent in self._sent.items()}
        events = await tail(connection, at, limit=PAGE, schema=self.schema)
        if not events:
            return 0
        last = {event.source: Position(event.source, event.epoch, event.sequence, event.hash) for event in events}
        sends = [await producer.send(self.topic, e.data, key=e.node.encode(), headers=to_headers(e)) for e in events]
        if self._after is not None:
            for key, value, headers in await self._after(list(last.values())):
                sends.append(await producer.send(self.topic, value, key=key, headers=headers))
        await asyncio.wait_for(asyncio.gather(*sends), SEND_SECONDS)
        await self._save(connection, list(last.values()))
        return len(events)

    async def _save(self, connection: Connection, last: Sequence[Position]) -> None:
        await connection.execute(
            _SAVE, self.name, [p.source for p in last], [p.epoch for p in last], [p.sequence for p in last], [p.hash for p in last]
        )
        self._sent.update({position.source: position for position in last})

    @property
    def sent(self) -> tuple[Position, ...]:
        """What was sent and acknowledged, per feed."""
        return tuple(self._sent.values())
