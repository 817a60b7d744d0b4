"""The consumer's side: each fact once and in order, whatever Kafka does (docs/one-event.md, docs/wire.md).

The cursor in PostgreSQL is the truth, Kafka's offsets are a hint. Rows commit with the cursor; commands are appended under a key before it moves;
a batch that holds nothing to be heard moves it in memory only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec
import structlog
from aiokafka import ConsumerRecord

from libs.bus import parking
from libs.bus.applying import Applier
from libs.bus.cursors import Cursor, Cursors, sift
from libs.bus.hearing import Hears
from libs.bus.known import Known
from libs.database import Pool
from libs.eventlog import Logs
from libs.wire import Malformed, Position, Recorded, chain_hash, received

_log = structlog.get_logger("inbox")

FeedPage = Callable[[str, int, int, int], Awaitable[Sequence[Recorded]]]
"""The owner's feed API: (source, epoch, after, limit) → events."""
PAGE: Final = 500
HEAL_SECONDS: Final = 5.0
"""How often it is looked whether a feed is behind, besides when that is noticed."""
SAVE_SECONDS: Final = 1.0
"""How long the rows may lag behind what was heard."""
QUIET_SECONDS: Final = 0.1
"""They are saved as soon as nothing was heard for so long."""

Feeds = Mapping[str, Sequence[Recorded]]
"""Events by source, in the order in which they came."""


class Inbox:
    """One consumer of one service. `take` is given raw records; when `save` has returned, what it was given before is done for good."""

    def __init__(self, hears: Hears, pool: Pool, logs: Logs, page: FeedPage, known: Known | None = None) -> None:
        self.hears, self._pool, self._feed, self._known = hears, pool, page, known or Known()
        self.name = hears.name
        self.applier = Applier(hears, logs)
        self.behind = asyncio.Event()
        self._cursors = Cursors(hears.name)
        self._one = asyncio.Lock()  # a batch after the other: what is in memory is one process's
        self._moved = asyncio.Event()

    async def take(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """One batch from Kafka. Raises only when the batch must come again."""
        events: list[Recorded] = []
        for record in records:
            try:
                events.append(self._read(record))
            except Malformed as error:
                await parking.park_nameless(self._pool, self.name, record, str(error))
        await self.hear(events)

    def _read(self, record: ConsumerRecord[bytes, bytes]) -> Recorded:
        if (event := self._known.find(record.headers, record.value)) is not None:
            return event
        event, sound = received(record.headers, record.value)
        if sound:
            self._known.put(record.headers, event)
        return _hashed(event, sound)

    async def hear(self, events: Sequence[Recorded], *, pulled: bool = False) -> None:
        """Applies what is next of each feed. What is to be heard commits with the cursors; where there is nothing, they move in memory."""
        feeds: dict[str, list[Recorded]] = {}
        for event in events:
            feeds.setdefault(event.source, []).append(event)
        if not feeds:
            return
        async with self._one:
            cursors = await self._cursors.of(self._pool, feeds)
            nothing = not self._next(cursors, feeds, pulled) and not any(map(self._cursors.moves, cursors))
            if nothing:
                self._cursors.keep(cursors, written=False)
                self._moved.set()
            else:
                cursors = await self._write(feeds, pulled)
        if not nothing:
            self._committed()
        self._tell(cursors)

    def _next(self, cursors: Sequence[Cursor], feeds: Feeds, pulled: bool) -> list[Recorded]:
        """Moves the cursors over what comes next; what of it concerns the consumer."""
        fresh = (event for cursor in cursors for event in sift(cursor, feeds[cursor.source], pulled=pulled))
        return [event for event in fresh if self.applier.concerns(event)]

    async def _write(self, feeds: Feeds, pulled: bool) -> list[Cursor]:
        """Applies what comes next and moves the rows, in one transaction."""
        async with self._pool.acquire() as connection, connection.transaction():
            cursors = await self._cursors.locked(connection, sorted(feeds))
            if concerned := self._next(cursors, feeds, pulled):
                await self.applier.apply(connection, concerned)
            await self._cursors.write(connection, cursors)
        self._cursors.keep(cursors, written=True)
        return cursors

    def _tell(self, cursors: Sequence[Cursor]) -> None:
        if behind := [cursor.source for cursor in cursors if cursor.behind]:
            _log.info("inbox.behind", consumer=self.name, feeds=behind)
            self.behind.set()

    async def save(self) -> None:
        """Lets the rows follow what moved in memory: done before an offset is committed, so that it is never ahead of them."""
        async with self._one:
            await self._cursors.save(self._pool)

    async def keep(self) -> None:
        """Saves when nothing was heard for a while, and once a second at the latest, until cancelled; then once more."""
        try:
            while True:
                await self._moved.wait()
                await self._pause()
                await self.save()
        except asyncio.CancelledError:
            await self.save()
            raise

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SAVE_SECONDS):
                while self._moved.is_set():
                    self._moved.clear()
                    await asyncio.sleep(QUIET_SECONDS)
        self._moved.clear()

    async def heal(self) -> None:
        """Pulls what is missing from the owners' feed APIs, until cancelled. Raises what kept it from one of them, after it has asked all."""
        while True:
            self.behind.clear()
            rows = await self._pool.fetch("select source from cursor where consumer = $1 and behind order by source", self.name)
            failed = [error for row in rows if (error := await self._tried(row["source"])) is not None]
            if failed:
                raise failed[0]
            with suppress(TimeoutError):
                async with asyncio.timeout(HEAL_SECONDS):
                    await self.behind.wait()

    async def _tried(self, source: str) -> Exception | None:
        try:
            await self.pull(source)
        except Exception as error:  # raised again when all feeds were asked: one that is away keeps no other waiting
            _log.warning("inbox.pull_failed", consumer=self.name, source=source, error=repr(error))
            return error
        return None

    async def pull(self, source: str) -> None:
        """Hears the owner's feed from where the consumer is on, page by page, to its end."""
        while True:
            at = await self._position(source)
            events = [_hashed(event, chain_hash(event) == event.hash) for event in await self._feed(source, at.epoch, at.sequence, PAGE)]
            if not events:
                await self._caught_up(at)
                return
            await self.hear(events, pulled=True)
            if await self._position(source) == at:
                await self._broken(events[0])
                return

    async def _position(self, source: str) -> Position:
        """How far the consumer is, in memory too: its row may lag."""
        return (await self._cursors.of(self._pool, [source]))[0].position

    async def _caught_up(self, at: Position) -> None:
        """The owner has no more: nothing is missing up to here, unless more was missed meanwhile."""
        async with self._one, self._pool.acquire() as connection, connection.transaction():
            (cursor,) = await self._cursors.locked(connection, [at.source])
            if cursor.position == at:
                cursor.behind = False
            await self._cursors.write(connection, [cursor])
            await parking.mended(connection, self.name, at)
        self._cursors.keep([cursor], written=True)

    async def _broken(self, event: Recorded) -> None:
        """The owner itself serves an event that does not continue what was heard: an alarm, and the feed stands here."""
        _log.error("inbox.broken_chain", consumer=self.name, source=event.source, epoch=event.epoch, sequence=event.sequence)
        reason = "接不上已听取的链，来源自己给出的也接不上" if event.prevhash else "内容与哈希不符，来源自己给出的也不符"
        await parking.park_unsound(self._pool, self.name, event, reason)

    async def retry(self, parked: Sequence[int] | None = None) -> tuple[int, int]:
        """Applies parked records again, subject by subject in order; (applied, still parked)."""
        try:
            return await parking.retry(self._pool, self.name, parked, self.applier.again)
        finally:  # each record commits by itself: a retry that fails half way has applied some
            self._committed()

    def _committed(self) -> None:
        if self.hears.after is not None:
            self.hears.after()


def _hashed(event: Recorded, sound: bool) -> Recorded:
    """The event; one whose hash is not that of its bytes continues nothing, so that no cursor goes over it."""
    return event if sound else msgspec.structs.replace(event, prevhash="")
