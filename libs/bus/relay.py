"""The relay: tails the logs of services and sends the exact bytes on, at least once, in order (docs/one-event.md, "Relay and link").

It saves its position after the broker's acknowledgement; after a crash it sends again, and cursors drop what came before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

import structlog
from aiokafka import AIOKafkaProducer

from libs.database import Connection, Pool
from libs.eventlog import tail
from libs.telemetry import batch_span
from libs.wire import Position, to_headers

_log = structlog.get_logger("relay")

Outgoing = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value, headers of a record that goes out beside the events."""


class Seal(Protocol):
    """What a relay sends beside the events: the link's checkpoints."""

    async def begin(self, known: Sequence[Position]) -> None:
        """The relay starts, having sent up to `known`."""

    async def records(self, sending: Sequence[Position]) -> Sequence[Outgoing]:
        """To go out right behind a batch whose last events these are."""

    def acknowledged(self, sent: Sequence[Position]) -> None:
        """The broker has taken the batch whose last events these are."""

    async def idle(self) -> Sequence[Outgoing]:
        """To go out when there was nothing to send for `IDLE_SECONDS`, at the start and at shutdown."""


PAGE = 1000
GATHER_SECONDS = 0.02
POLL_SECONDS = 0.1
SEND_SECONDS = 30.0
IDLE_SECONDS = 30.0

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
    try:
        await producer.start()
    except BaseException:
        await producer.stop()
        raise
    return producer


class Relay:
    """The logs of some services to one topic. Exactly one is active per target: the others wait for the advisory lock."""

    def __init__(self, *, pool: Pool, schemas: Sequence[str], topic: str, bootstrap: str, seal: Seal | None = None) -> None:
        self.topic, self.schemas = topic, tuple(schemas)
        self._pool, self._bootstrap, self._seal = pool, bootstrap, seal
        self._woken = asyncio.Event()
        self._last = 0.0
        self._sent: dict[str, Position] = {}

    def wake(self) -> None:
        """A service has committed: its log has something new to send."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. A broker or a database that is away is waited for."""
        delay = 0.5
        while True:
            began = time.monotonic()
            try:
                await self._turn()
            except Exception as error:
                if time.monotonic() - began > delay:
                    delay = 0.5  # it did its work for a while: this is another trouble than the last
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    raise asyncio.CancelledError from error  # it failed while it was stopping: it stops
                _log.warning("relay.again", relay=self.topic, error=repr(error), seconds=delay)
                delay = min(delay * 2, 10.0)
            await asyncio.sleep(delay)

    async def _turn(self) -> None:
        """Holds the lock and serves until something fails; returns where another one holds it."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(_LOCK, self.topic):
                return
            try:
                producer = await new_producer(self._bootstrap)
                try:
                    await self._serve(connection, producer)
                finally:
                    async with asyncio.timeout(SEND_SECONDS):
                        await producer.stop()
            finally:
                if not connection.is_closed():
                    await connection.execute(_UNLOCK, self.topic)

    async def _serve(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        rows = await connection.fetch(_LOAD, self.topic)
        self._sent = {row["source"]: Position(row["source"], row["epoch"], row["sequence"], row["hash"]) for row in rows}
        if self._seal is not None:
            await self._seal.begin(tuple(self._sent.values()))
        try:
            await self._idle(producer)
            while True:
                self._woken.clear()
                sent = await self.step(connection, producer)
                if sent < PAGE // 2:
                    await self._rest()
                if time.monotonic() - self._last > IDLE_SECONDS:
                    await self._idle(producer)
        except asyncio.CancelledError:
            await self._last_words(producer)
            raise

    async def _idle(self, producer: AIOKafkaProducer) -> None:
        self._last = time.monotonic()
        if self._seal is not None:
            await self._send(producer, await self._seal.idle())

    async def _last_words(self, producer: AIOKafkaProducer) -> None:
        """At an orderly stop; a broker that does not take them does not keep the relay from stopping."""
        try:
            await self._idle(producer)
        except Exception as error:
            _log.warning("relay.last_words_lost", relay=self.topic, error=repr(error))

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)

    async def step(self, connection: Connection, producer: AIOKafkaProducer) -> int:
        """Sends one page; the number of events sent."""
        at = {source: (sent.epoch, sent.sequence) for source, sent in self._sent.items()}
        share = max(PAGE // len(self.schemas), 100)
        events = [event for schema in self.schemas for event in await tail(connection, at, limit=share, schema=schema)]
        if not events:
            return 0
        last = {event.source: Position(event.source, event.epoch, event.sequence, event.hash) for event in events}
        outgoing: list[Outgoing] = [(event.node.encode(), event.data, to_headers(event)) for event in events]
        if self._seal is not None:
            outgoing.extend(await self._seal.records(list(last.values())))
        with batch_span(f"relay {self.topic}", (event.traceparent for event in events)):
            await self._send(producer, outgoing)
        self._last = time.monotonic()
        if self._seal is not None:
            self._seal.acknowledged(list(last.values()))
        await self._save(connection, list(last.values()))
        return len(events)

    async def _send(self, producer: AIOKafkaProducer, outgoing: Sequence[Outgoing]) -> None:
        sends = [await producer.send(self.topic, value, key=key, headers=headers) for key, value, headers in outgoing]
        async with asyncio.timeout(SEND_SECONDS):
            await asyncio.gather(*sends)

    async def _save(self, connection: Connection, last: Sequence[Position]) -> None:
        await connection.execute(
            _SAVE, self.topic, [p.source for p in last], [p.epoch for p in last], [p.sequence for p in last], [p.hash for p in last]
        )
        self._sent.update({position.source: position for position in last})

    @property
    def sent(self) -> tuple[Position, ...]:
        """What was sent and acknowledged, per feed."""
        return tuple(self._sent.values())
