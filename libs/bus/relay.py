"""The relay: follows the logs of services and sends the exact bytes on, at least once, in order (docs/one-event.md, "Relay and link").

What it has sent is saved after the broker's acknowledgement, at most a quarter of a second later; after a crash it sends again, and cursors
drop what came before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Protocol

import structlog

from libs.bus.sending import CLOSE_SECONDS, Outgoing, Sender, end, new_producer
from libs.database import Connection, Pool, gone
from libs.eventlog import Ring, Tail
from libs.telemetry import batch_span
from libs.turns import Pace
from libs.wire import Position, Recorded, to_headers

_log = structlog.get_logger("relay")


class Seal(Protocol):
    """What a relay sends beside the events: the link's checkpoints."""

    async def begin(self, known: Sequence[Position]) -> None:
        """The relay starts, having sent up to `known`."""

    async def records(self, sending: Sequence[Position]) -> Sequence[Outgoing]:
        """To go out right behind a batch whose last events these are."""

    def acknowledged(self, sent: Sequence[Position]) -> None:
        """The broker has taken the batch whose last events these are."""

    async def due(self) -> Sequence[Outgoing]:
        """To go out now because too long nothing did; asked at every turn, and at the start."""

    async def idle(self) -> Sequence[Outgoing]:
        """To go out last, at an orderly stop."""


PAGE: Final = 1000
GATHER_SECONDS: Final = (0.06, 0.02)
"""How long a turn lasts at least, while little comes and while much does."""
POLL_SECONDS = 0.1
LONGEST_POLL_SECONDS: Final = 1.0
"""Between two looks while nothing comes: what this process commits wakes it, what another one does is found by looking."""
SAVE_SECONDS: Final = 0.25
"""How long what was sent goes unsaved."""
LOCK_SECONDS: Final = 0.5
"""How often it is asked whether the one that is active has gone."""
LAST_SECONDS: Final = 3.0
"""How long last words may take."""

_LOCK: Final = "select pg_try_advisory_lock(hashtext('liandong relay'), hashtext($1))"
_UNLOCK: Final = "select pg_advisory_unlock(hashtext('liandong relay'), hashtext($1))"
_SAVE: Final = """
insert into relay (target, source, epoch, sequence, hash)
select $1, * from unnest($2::text[], $3::integer[], $4::bigint[], $5::text[])
on conflict (target, source) do update set epoch = excluded.epoch, sequence = excluded.sequence, hash = excluded.hash"""
_LOAD: Final = "select source, epoch, sequence, hash from relay where target = $1"


class Relay:
    """The logs of some services to one topic. Exactly one is active per target: the others wait for the advisory lock.

    `rings`: by schema, what this process has committed last.
    """

    def __init__(
        self,
        *,
        pool: Pool,
        schemas: Sequence[str],
        topic: str,
        bootstrap: str,
        seal: Seal | None = None,
        rings: Mapping[str, Ring] | None = None,
    ) -> None:
        self.topic, self.schemas, self.bootstrap = topic, tuple(schemas), bootstrap
        self._pool, self._seal = pool, seal
        self._tails = [Tail((rings or {}).get(schema), schema) for schema in self.schemas]
        self._woken = asyncio.Event()
        self._sent: dict[str, Position] = {}
        self._unsaved: set[str] = set()
        self._saved = 0.0
        self._ahead: list[Recorded] = []
        self._pace, self._poll = Pace(*GATHER_SECONDS), POLL_SECONDS

    def wake(self) -> None:
        """A service has committed: its log has something new to send."""
        self._woken.set()

    @property
    def sent(self) -> tuple[Position, ...]:
        """What was sent and acknowledged, per feed."""
        return tuple(self._sent.values())

    async def run(self) -> None:
        """Until cancelled; then what is committed goes out, and the seal's last words. Raises where the broker or the database is away."""
        while True:
            async with self._pool.acquire() as connection:
                if await connection.fetchval(_LOCK, self.topic):
                    await self._active(connection)
            await asyncio.sleep(LOCK_SECONDS)

    async def _active(self, connection: Connection) -> None:
        """Under the lock, until something fails. The lock is the connection's: where it is lost, so is what is read and saved by it."""
        try:
            producer = await new_producer(self.bootstrap)
            try:
                await self._serve(connection, Sender(producer, self.topic))
            finally:
                await end(producer)
        finally:
            if not gone(connection):
                await connection.execute(_UNLOCK, self.topic)

    async def _serve(self, connection: Connection, sender: Sender) -> None:
        await self.begin(connection)
        try:
            while True:
                self._pace.begin()
                self._woken.clear()
                count = await self.step(connection, sender)
                await self._speak(sender)
                await self._save_in_time(connection)
                if count < PAGE // 2:
                    await self._rest(count)
        except asyncio.CancelledError:
            await self._last_words(connection, sender)
            raise

    async def begin(self, connection: Connection) -> None:
        """Goes on from what was saved."""
        rows = await connection.fetch(_LOAD, self.topic)
        self._sent = {row["source"]: Position(row["source"], row["epoch"], row["sequence"], row["hash"]) for row in rows}
        self._unsaved.clear()
        self._ahead = []
        if self._seal is not None:
            await self._seal.begin(self.sent)

    async def _rest(self, count: int) -> None:
        """Waits for the end of the turn, and where there was nothing to send for the next commit, but no longer than it may."""
        if count:
            self._poll = POLL_SECONDS
        else:
            try:
                async with asyncio.timeout(SAVE_SECONDS if self._unsaved else self._poll):
                    await self._woken.wait()
            except TimeoutError:
                self._poll = min(self._poll * 1.5, max(LONGEST_POLL_SECONDS, POLL_SECONDS))
                return
        await asyncio.sleep(self._pace.end(count))

    async def step(self, connection: Connection, sender: Sender) -> int:
        """Sends what comes next of every log; the number of events sent."""
        events, self._ahead = self._ahead or await self._next(connection, {}), []
        if not events:
            return 0
        last = {event.source: Position(event.source, event.epoch, event.sequence, event.hash) for event in events}
        keys = {source: position.node.encode() for source, position in last.items()}
        behind = [] if self._seal is None else await self._seal.records(list(last.values()))
        outgoing = chain(((keys[event.source], event.data, to_headers(event)) for event in events), behind)
        with batch_span(f"relay {self.topic}", (event.traceparent for event in events)):
            if len(events) < PAGE // 2:
                await sender.send(outgoing)
            else:
                self._ahead = await self._reading_ahead(connection, last, sender.send(outgoing))
        self._acknowledged(last)
        return len(events)

    async def _reading_ahead(
        self, connection: Connection, last: Mapping[str, Position], sending: Coroutine[Any, Any, None]
    ) -> list[Recorded]:
        """What comes behind `last`, read while that is on its way: the log's work and the broker's overlap. Raises what the sending raises."""
        reading = asyncio.create_task(self._next(connection, last))
        try:
            await sending
            return await reading
        finally:
            reading.cancel()  # the connection is free again before anything else is asked of it
            await asyncio.wait([reading])

    async def _next(self, connection: Connection, sending: Mapping[str, Position]) -> list[Recorded]:
        """What comes next of every log behind what was sent, and is being sent."""
        at = {source: (sent.epoch, sent.sequence) for source, sent in {**self._sent, **sending}.items()}
        share = max(PAGE // len(self.schemas), 100)
        return [event for tail in self._tails for event in await tail.next(connection, at, limit=share)]

    def _acknowledged(self, last: Mapping[str, Position]) -> None:
        self._sent.update(last)
        self._unsaved.update(last)
        if self._seal is not None:
            self._seal.acknowledged(list(last.values()))

    async def _speak(self, sender: Sender) -> None:
        if self._seal is not None and (due := await self._seal.due()):
            await sender.send(due)

    async def _save_in_time(self, connection: Connection) -> None:
        if self._unsaved and time.monotonic() - self._saved >= SAVE_SECONDS:
            await self.save(connection)

    async def save(self, connection: Connection) -> None:
        """Saves what was sent and acknowledged since it was saved last."""
        last = [self._sent[source] for source in sorted(self._unsaved)]
        await connection.execute(
            _SAVE, self.topic, [p.source for p in last], [p.epoch for p in last], [p.sequence for p in last], [p.hash for p in last]
        )
        self._saved = time.monotonic()
        self._unsaved.clear()

    async def _last_words(self, connection: Connection, sender: Sender) -> None:
        """At an orderly stop what is committed goes out, and the seal's last words behind it, or it is said that they did not."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                while await self.step(connection, sender):
                    pass
                if self._seal is not None:
                    await sender.send(await self._seal.idle())
                await self.save(connection)
        except Exception as error:
            _log.error("relay.last_words_lost", relay=self.topic, sent=[p.source for p in self.sent], error=repr(error))


LONGEST_END: Final = LAST_SECONDS + CLOSE_SECONDS
"""How long an orderly stop takes at most."""
