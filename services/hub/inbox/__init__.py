"""The city stream arrives: verified in memory, then one transaction. Nothing is applied beyond a verified checkpoint (docs/wire.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import structlog
from aiokafka import ConsumerRecord

from libs.database import Connection, Pool
from libs.wire import Recorded, node_of
from services.hub.inbox import keeping
from services.hub.inbox.choosing import ChosenOfFeed, settle
from services.hub.inbox.facts import READER
from services.hub.inbox.feed import Feed, Key, Vouched
from services.hub.inbox.fetched import Evidence, Fetched, Signed, about, beyond, proof, sort, weigh
from services.hub.inbox.keeping import Locked
from services.hub.inbox.showing import OF_THE_DATA, NotShown, show, show_carefully
from services.hub.inbox.speakers import Speakers
from services.hub.views import archive

__all__ = ["READER", "CityStream"]

_log = structlog.get_logger("hub")
Showing = Callable[[Connection, Sequence[Recorded]], Awaitable[NotShown]]
LOOK_SECONDS: Final = 0.02
"""How often a waiting reader looks at what other processes of the hub have done."""
LATE_SECONDS: Final = 0.5
"""How often it is looked for feeds of which more is verified than was shown."""


class CityStream:
    """The city's consumer. `take` does a whole fetch or nothing; `catch_up` shows what one fetch cannot."""

    def __init__(self, pool: Pool, now: Callable[[], datetime]) -> None:
        self._pool, self._now = pool, now
        self._speakers = Speakers()
        self._feeds: dict[Key, Feed] = {}
        self._counters: dict[str, int] = {}
        self._moved = asyncio.Condition()
        self._late = asyncio.Event()

    async def take(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Takes one fetch. Raises only when it must come again."""
        try:
            await self._take(records, show)
        except OF_THE_DATA as error:
            _log.warning("hub.carefully", records=len(records), error=repr(error))
            await self._take(records, show_carefully)

    async def _take(self, records: Sequence[ConsumerRecord[bytes, bytes]], showing: Showing) -> None:
        async with self._pool.acquire() as connection:
            while not await self._taken(connection, sort(records), showing):
                await self._speakers.hear(connection)

    async def _taken(self, connection: Connection, fetched: Fetched, showing: Showing) -> bool:
        """Writes the fetch, unless the registry has moved since it was heard: then nothing is written."""
        self._speakers.admit(fetched)
        keys = self._moving(fetched)
        await keeping.make_feeds(connection, keys - self._feeds.keys())
        async with connection.transaction():
            locked, version = await keeping.lock_feeds(connection, keys)
            if version != self._speakers.version:
                return False
            await self._write(connection, fetched, locked, showing)
        await self._done(locked, fetched.signed)
        return True

    def _moving(self, fetched: Fetched) -> set[Key]:
        """The feeds that this fetch may move: those with events, and those of which a checkpoint says something new."""
        keys = set(fetched.events)
        for checkpoint, _, _ in fetched.signed:
            for line in checkpoint.feeds:
                key = (line.source, line.epoch)
                known = self._feeds.get(key)
                if line.sequence and self._speakers.speaks(key) and (known is None or known.verified_hash != line.hash):
                    keys.add(key)
        return keys

    async def _write(self, connection: Connection, fetched: Fetched, locked: Locked, showing: Showing) -> None:
        feeds = {key: feed for key, (_, feed) in locked.items()}
        weigh(fetched, feeds)
        await self._compare(connection, fetched)
        await self._vouch(connection, fetched, feeds)
        await self._settle(connection, locked, fetched, showing)
        await keeping.keep_checkpoints(connection, fetched.signed, self._now())

    async def _settle(self, connection: Connection, locked: Locked, fetched: Fetched, showing: Showing) -> None:
        """Chooses, archives and shows; what does not fit is kept as evidence."""
        verified, rows = list[Recorded](), list[tuple[Any, ...]]()
        for key in sorted(locked):
            number, feed = locked[key]
            forked = feed.forked
            choice = await settle(connection, number, feed, fetched.candidates.get(key, {}))
            verified += choice.verified
            rows += [keeping.row_of(number, event) for event in choice.verified]
            fetched.evidence += _beside(feed, choice)
            if feed.forked and not forked:
                await self._fork(connection, fetched, feed, feed.verified)
        await keeping.archive(connection, rows)
        await keeping.move(connection, [feed for _, feed in locked.values()])
        for event, because in await showing(connection, verified) if verified else []:
            _log.error("hub.not_shown", source=event.source, sequence=event.sequence, because=because)
            fetched.evidence.append(about("not-shown", event, because))
        await keeping.keep(connection, fetched.evidence, self._now())

    async def _compare(self, connection: Connection, fetched: Fetched) -> None:
        """Numbers whose record is chosen already: the same bytes are dropped, others are evidence."""
        known = await keeping.hashes(connection, [(key, event.sequence) for key, event in fetched.compare])
        for key, event in fetched.compare:
            if known.get((key, event.sequence)) != event.hash:
                fetched.evidence.append(about("other-bytes", event, "与已存档的同号事件不同"))

    async def _vouch(self, connection: Connection, fetched: Fetched, feeds: dict[Key, Feed]) -> None:
        """The nodes' checkpoints say how far their feeds are signed, or prove a fork."""
        unknown = [checkpoint.node for checkpoint, _, _ in fetched.signed if checkpoint.node not in self._counters]
        self._counters |= await keeping.counters(connection, unknown)
        # The newest may be weighed again: it may have come before its events did.
        fetched.signed = [entry for entry in fetched.signed if entry[0].counter >= self._counters.get(entry[0].node, 0)]
        lines = [(line, key) for entry in fetched.signed for line in entry[0].feeds if (key := (line.source, line.epoch)) in feeds]
        older = await keeping.hashes(connection, [(key, line.sequence) for line, key in lines if 0 < line.sequence < feeds[key].verified])
        for line, key in lines:
            if feeds[key].vouched(line.sequence, line.hash, older.get((key, line.sequence))) is Vouched.FORK:
                await self._fork(connection, fetched, feeds[key], line.sequence)

    async def _fork(self, connection: Connection, fetched: Fetched, feed: Feed, sequence: int) -> None:
        """Two signed hashes for one number: the feed stops, and what was signed is kept with its signatures."""
        _log.error("hub.fork", source=feed.source, epoch=feed.epoch, sequence=sequence)
        node = node_of(feed.source)
        said = [entry[1:] for entry in fetched.signed if entry[0].node == node]
        both = proof(*said, *await keeping.newest(connection, node))
        fetched.evidence.append(Evidence("fork", node, feed.source, feed.epoch, sequence, "同一编号有两个签过名的哈希", both))

    async def _done(self, locked: Locked, signed: Sequence[Signed]) -> None:
        """Tells those who wait. What was written is known from now on without asking."""
        async with self._moved:
            self._feeds.update({key: feed for key, (_, feed) in locked.items()})
            self._counters.update({checkpoint.node: checkpoint.counter for checkpoint, _, _ in signed})
            self._moved.notify_all()
        if any(feed.chosen or (feed.looking and not feed.missing) for _, feed in locked.values()):
            self._late.set()

    async def catch_up(self) -> None:
        """Shows page by page, feed by feed in turn, what came late in one piece; until cancelled."""
        while True:
            self._late.clear()
            for key in await keeping.late(self._pool):
                await self._page(key)
            with suppress(TimeoutError):
                async with asyncio.timeout(LATE_SECONDS):
                    await self._late.wait()

    async def _page(self, key: Key) -> None:
        """One page of one late feed, unless another process has it in hand."""
        try:
            locked = await self._turn(key, show)
        except OF_THE_DATA as error:
            _log.warning("hub.carefully", source=key[0], epoch=key[1], error=repr(error))
            locked = await self._turn(key, show_carefully)
        await self._done(locked, ())

    async def _turn(self, key: Key, showing: Showing) -> Locked:
        async with self._pool.acquire() as connection, connection.transaction():
            locked, _ = await keeping.lock_feeds(connection, [key], waiting=False)
            await self._settle(connection, locked, Fetched(), showing)
        return locked

    async def wait(self, source: str, epoch: int, sequence: int, timeout: float) -> bool:
        """True as soon as the city has verified up to the position, here or in another process of the hub."""
        key = (source, epoch)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while (await archive.verified_to(self._pool, key)) < sequence:
                    await self._until(key, sequence)
                return True
        return False

    async def _until(self, key: Key, sequence: int) -> None:
        """Waits until this process has come so far, or it is time to look again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS), self._moved:
                await self._moved.wait_for(lambda: key in self._feeds and self._feeds[key].verified >= sequence)


def _beside(feed: Feed, choice: ChosenOfFeed) -> list[Evidence]:
    """What of a feed is not on its signed chain, and that not all could be kept that nobody signed."""
    lost = [about("not-on-the-chain", event, "不在签名的链上") for event in choice.lost]
    return lost if choice.whole else [*lost, beyond(feed, "未经签名的记录多于可留存的")]
