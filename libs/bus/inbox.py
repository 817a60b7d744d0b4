"""The consumer's side: each fact once and in order, whatever Kafka does (docs/one-event.md, docs/wire.md).

The cursor in PostgreSQL is the truth, Kafka's offsets are a hint. Rows commit with the cursor; commands are appended under a key before it moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import asyncpg
import msgspec
import structlog
from aiokafka import ConsumerRecord

from libs.bus import parking
from libs.bus.hearing import Effect, Hears
from libs.database import Connection, Pool
from libs.decider import Refused
from libs.eventlog import Busy, Claimed, Intent, Logs, Unknown
from libs.telemetry import batch_span
from libs.wire import Malformed, Position, Recorded, from_headers

_log = structlog.get_logger("inbox")
BEHIND: Final = "排在同一对象较早的停放记录之后"

FeedPage = Callable[[str, int, int, int], Awaitable[Sequence[Recorded]]]
"""The owner's feed API: (source, epoch, after, limit) → events."""
PAGE = 500
AWAY = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, Busy, Unknown, TimeoutError)
"""Not the record's fault: the whole batch is tried again."""

_CURSORS = """
with new as (
    insert into cursor (consumer, source, epoch, sequence, hash) select $1, source, 1, 0, '' from unnest($2::text[]) as t (source)
    on conflict do nothing
)
select 1"""
_LOCK = """
select source, epoch, sequence, hash, behind from cursor where consumer = $1 and source = any ($2::text[]) order by source for update"""
_MOVE = """
update cursor set epoch = t.epoch, sequence = t.sequence, hash = t.hash, behind = t.behind
from unnest($2::text[], $3::integer[], $4::bigint[], $5::text[], $6::boolean[]) as t (source, epoch, sequence, hash, behind)
where cursor.consumer = $1 and cursor.source = t.source"""


_CAUGHT_UP = "update cursor set behind = false where consumer = $1 and source = $2 and epoch = $3 and sequence = $4"


class Cursor(msgspec.Struct):
    """How far a consumer has come with one feed; `behind`: something is missing and is being pulled."""

    source: str
    epoch: int
    sequence: int
    hash: str
    behind: bool


def sift(cursor: Cursor, events: Sequence[Recorded]) -> list[Recorded]:
    """The events that come next, in order, dropping what was heard before; moves the cursor, marks it behind at the first gap."""
    fresh: list[Recorded] = []
    for event in events:
        if event.epoch < cursor.epoch or (event.epoch == cursor.epoch and event.sequence <= cursor.sequence):
            continue
        follows = event.epoch == cursor.epoch and event.sequence == cursor.sequence + 1
        opens = event.epoch == cursor.epoch + 1 and event.sequence == 1
        if not (opens or (follows and (cursor.sequence == 0 or event.prevhash == cursor.hash))):
            cursor.behind = True
            break
        fresh.append(event)
        cursor.epoch, cursor.sequence, cursor.hash = event.epoch, event.sequence, event.hash
    else:
        cursor.behind = False
    return fresh


class Inbox:
    """One consumer of one service. `take` is given raw records; what it returns from is done for good."""

    def __init__(self, hears: Hears, pool: Pool, logs: Logs, page: FeedPage) -> None:
        self.hears, self._pool, self._logs, self._feed = hears, pool, logs, page
        self.name = hears.name
        self._families = {name.rpartition(".v")[0] for name in hears.reader.types}
        self.behind = asyncio.Event()

    async def take(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """One batch from Kafka. Raises only when the batch must come again."""
        events: list[Recorded] = []
        for record in records:
            try:
                events.append(from_headers(record.headers, record.value))
            except Malformed as error:
                await parking.park_nameless(self._pool, self.name, record, str(error))
        await self.hear(events)

    async def hear(self, events: Sequence[Recorded]) -> None:
        """Applies what is next of each feed in one transaction with its cursor."""
        feeds: dict[str, list[Recorded]] = {}
        for event in events:
            feeds.setdefault(event.source, []).append(event)
        if not feeds:
            return
        sources = sorted(feeds)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_CURSORS, self.name, sources)
            rows = await connection.fetch(_LOCK, self.name, sources)
            cursors = [Cursor(*row.values()) for row in rows]
            fresh = [event for cursor in cursors for event in sift(cursor, feeds[cursor.source])]
            if fresh:
                await self._apply(connection, fresh)
            await _move(connection, self.name, cursors)
        self._committed()
        if any(cursor.behind for cursor in cursors):
            _log.info("inbox.behind", consumer=self.name, feeds=[c.source for c in cursors if c.behind])
            self.behind.set()

    async def _apply(self, connection: Connection, fresh: Sequence[Recorded]) -> None:
        held = await parking.held(connection, self.name, sorted({event.source for event in fresh}))
        wanted: list[Recorded] = []
        for event in fresh:
            if (event.source, event.subject) in held:
                await parking.park(connection, self.name, event, BEHIND)
            elif event.type in self.hears.reader.types:
                wanted.append(event)
            elif event.type.rpartition(".v")[0] in self._families:
                await parking.park(connection, self.name, event, f"{event.type} 比本版本新")
        if not wanted:
            return
        try:
            with batch_span(f"hear {self.name}", (event.traceparent for event in wanted)):
                async with connection.transaction():
                    await self._effects(await self.hears.apply(connection, wanted))
        except AWAY:
            raise
        except Exception as error:
            _log.info("inbox.one_by_one", consumer=self.name, records=len(wanted), error=repr(error))
            await self._singly(connection, wanted)

    async def _singly(self, connection: Connection, events: Sequence[Recorded]) -> None:
        """Something in the batch cannot be applied: each record alone, the bad one is parked, later ones of its subject behind it."""
        stuck: set[tuple[str, str]] = set()
        for event in events:
            if (event.source, event.subject) in stuck:
                await parking.park(connection, self.name, event, BEHIND)
                continue
            try:
                async with connection.transaction():
                    await self._effects(await self.hears.apply(connection, [event]))
            except AWAY:
                raise
            except Exception as error:
                _log.warning("inbox.parked", consumer=self.name, source=event.source, sequence=event.sequence, error=repr(error))
                stuck.add((event.source, event.subject))
                await parking.park(connection, self.name, event, parking.why(error))

    async def _effects(self, effects: Sequence[Effect]) -> None:
        """Appends the commands that follow; those to one stream one after the other, in order."""
        streams: dict[tuple[str, str], list[tuple[str, Intent]]] = {}
        count: dict[str, int] = {}
        for effect in effects:
            cause = effect.cause
            n = count[cause.id] = count.get(cause.id, 0) + 1
            intent = msgspec.structs.replace(
                effect.intent,
                scope="inbox",
                key=f"inbox:{self.name}:{cause.source}:{cause.epoch}:{cause.sequence}:{n}",
                correlation=effect.intent.correlation or cause.correlationid,
                causation=cause.id,
                traceparent=cause.traceparent,
            )
            streams.setdefault((effect.node, intent.subject), []).append((effect.node, intent))
        results = await asyncio.gather(*(self._in_turn(intents) for intents in streams.values()), return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise next((error for error in errors if isinstance(error, AWAY)), errors[0])

    async def _in_turn(self, intents: Sequence[tuple[str, Intent]]) -> None:
        for node, intent in intents:
            try:
                await self._logs.of(node).append(intent)
            except (Refused, Claimed) as no:
                _log.info("inbox.refused", consumer=self.name, subject=intent.subject, because=str(no))

    async def heal(self) -> None:
        """Pulls what is missing from the owner's feed API, until cancelled."""
        while True:
            rows = await self._pool.fetch("select source, epoch, sequence from cursor where consumer = $1 and behind", self.name)
            for row in rows:
                await self.pull(Position(row["source"], row["epoch"], row["sequence"], ""))
            self.behind.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(5.0):
                    await self.behind.wait()

    async def pull(self, position: Position) -> None:
        """Hears the owner's feed from `position` on, page by page, to its end."""
        while True:
            try:
                events = await self._feed(position.source, position.epoch, position.sequence, PAGE)
            except Exception as error:
                _log.warning("inbox.pull_failed", consumer=self.name, source=position.source, error=repr(error))
                return
            if not events:
                await self._pool.execute(_CAUGHT_UP, self.name, position.source, position.epoch, position.sequence)
                return
            await self.hear(events)
            reached = (await cursors(self._pool, self.name))[position.source]
            if (reached.epoch, reached.sequence) == (position.epoch, position.sequence):
                await self._broken(events[0])
                return
            position = reached

    async def _broken(self, event: Recorded) -> None:
        """The owner itself serves an event that does not continue what was heard: an alarm, and the feed stands here."""
        _log.error("inbox.broken_chain", consumer=self.name, source=event.source, epoch=event.epoch, sequence=event.sequence)
        async with self._pool.acquire() as connection:
            await parking.park(connection, self.name, event, "接不上已听取的链，来源自己给出的也接不上")

    async def retry(self, parked: Sequence[int] | None = None) -> tuple[int, int]:
        """Applies parked records again, subject by subject in order; (applied, still parked)."""
        result = await parking.retry(self._pool, self.name, parked, self._again)
        self._committed()
        return result

    def _committed(self) -> None:
        if self.hears.after is not None:
            self.hears.after()

    async def _again(self, connection: Connection, event: Recorded) -> None:
        if event.type in self.hears.reader.types:
            await self._effects(await self.hears.apply(connection, [event]))
        elif event.type.rpartition(".v")[0] in self._families:
            raise Malformed(f"{event.type} 比本版本新")


async def _move(connection: Connection, consumer: str, cursors: Sequence[Cursor]) -> None:
    await connection.execute(
        _MOVE,
        consumer,
        [c.source for c in cursors],
        [c.epoch for c in cursors],
        [c.sequence for c in cursors],
        [c.hash for c in cursors],
        [c.behind for c in cursors],
    )


async def cursors(pool: Pool, consumer: str) -> Mapping[str, Position]:
    """How far a consumer has come, per source."""
    rows = await pool.fetch("select source, epoch, sequence, hash from cursor where consumer = $1", consumer)
    return {row["source"]: Position(*row.values()) for row in rows}
