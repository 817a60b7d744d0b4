"""The city stream arrives: verified in memory, then one transaction. Nothing is applied beyond a verified checkpoint (docs/wire.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
from aiokafka import ConsumerRecord

from libs.database import Connection, Pool
from libs.wire import Recorded
from services.hub import views
from services.hub.inbox import keeping
from services.hub.inbox.facts import READER
from services.hub.inbox.feed import Feed, Key, Vouched
from services.hub.inbox.fetched import Evidence, Fetched, about, listed, proof, receive, sort
from services.hub.inbox.rows import fold
from services.hub.inbox.speakers import Speakers
from services.hub.views import archive

__all__ = ["READER", "CityStream"]

_log = structlog.get_logger("hub")
LOOK_SECONDS: Final = 0.02
"""How often a waiting reader looks at what other processes of the hub have done."""
BECAUSE: Final = {Vouched.FORK: "同一编号有两个签过名的哈希", Vouched.NOT_ON_THE_CHAIN: "存档的事件不在签名的链上"}


class CityStream:
    """The city's consumer. `take` does a whole fetch or nothing."""

    def __init__(self, pool: Pool, now: Callable[[], datetime]) -> None:
        self._pool, self._now = pool, now
        self._speakers = Speakers()
        self._reached: dict[Key, int] = {}
        self._moved = asyncio.Condition()

    async def take(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Takes one fetch. Raises only when it must come again."""
        fetched = sort(records)
        async with self._pool.acquire() as connection:
            if not self._speakers.knows(fetched):
                await self._speakers.read(connection)
            self._speakers.admit(fetched)
            wanted = fetched.events.keys() | listed(fetched)
            await keeping.make_feeds(connection, wanted - self._reached.keys())
            async with connection.transaction():
                feeds = await self._write(connection, fetched, wanted)
        async with self._moved:
            self._reached.update({key: feed.verified for key, feed in feeds.items()})
            self._moved.notify_all()

    async def _write(self, connection: Connection, fetched: Fetched, wanted: Set[Key]) -> dict[Key, Feed]:
        feeds, numbers = await keeping.lock_feeds(connection, wanted)
        before = {key: feed.verified for key, feed in feeds.items()}
        receive(fetched, feeds)
        await self._compare(connection, fetched)
        await self._vouch(connection, fetched, feeds)
        await keeping.store(connection, fetched, feeds, numbers, self._now())
        folded = fold(await self._verified(connection, fetched, feeds, before))
        await views.save(connection, folded)
        for event, because in folded.not_shown:
            _log.error("hub.not_shown", source=event.source, sequence=event.sequence, because=because)
            fetched.evidence.append(about("not-shown", event, because))
        await keeping.keep(connection, fetched.evidence, self._now())
        return feeds

    async def _compare(self, connection: Connection, fetched: Fetched) -> None:
        """Numbers known already: the same bytes are dropped, others are evidence."""
        known = await _hashes(connection, fetched, [(key, event.sequence) for key, event in fetched.compare])
        for key, event in fetched.compare:
            if known.get((key, event.sequence)) != event.hash:
                fetched.evidence.append(about("other-bytes", event, "与已存档的同号事件不同"))

    async def _vouch(self, connection: Connection, fetched: Fetched, feeds: dict[Key, Feed]) -> None:
        """The nodes' checkpoints move what is verified, show what is missing, or prove a fork."""
        last = await keeping.counters(connection, [checkpoint.node for checkpoint, _, _ in fetched.signed])
        # The newest may be weighed again: it may have come before its events did.
        fetched.signed = [entry for entry in fetched.signed if entry[0].counter >= last.get(entry[0].node, 0)]
        told = [((f.source, f.epoch), f.sequence) for checkpoint, _, _ in fetched.signed for f in checkpoint.feeds]
        ours = await _hashes(connection, fetched, told)
        kept = await keeping.checkpoints(connection, [checkpoint.node for checkpoint, _, _ in fetched.signed])
        for entry in fetched.signed:
            for line in entry[0].feeds:
                key = (line.source, line.epoch)
                meant = feeds[key].vouched(line.sequence, line.hash, ours.get((key, line.sequence)))
                if meant in BECAUSE:
                    _log.error("hub.chain", vouched=meant.value, source=line.source, sequence=line.sequence)
                    both = proof(entry, kept.get(entry[0].node))
                    fetched.evidence.append(Evidence(meant.value, entry[0].node, *key, line.sequence, BECAUSE[meant], both))
                if meant is Vouched.NOT_ON_THE_CHAIN:
                    fetched.drop.append(key)

    async def _verified(self, connection: Connection, fetched: Fetched, feeds: dict[Key, Feed], before: dict[Key, int]) -> list[Recorded]:
        """The events that became verified with this fetch, feed by feed in order; older ones come from the archive."""
        found: list[Recorded] = []
        for key in sorted(feeds):
            feed, start = feeds[key], before[key]
            if feed.verified == start:
                continue
            here = [event for event in fetched.archive.get(key, ()) if start < event.sequence <= feed.verified]
            upto = here[0].sequence - 1 if here else feed.verified
            if upto > start:
                found.extend(await archive.page(connection, key, start, upto))
            found.extend(here)
        return found

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
                await self._moved.wait_for(lambda: self._reached.get(key, 0) >= sequence)


async def _hashes(connection: Connection, fetched: Fetched, wanted: Sequence[tuple[Key, int]]) -> dict[tuple[Key, int], str]:
    """What is archived under these numbers, by this fetch or before."""
    here = {(key, sequence): found for key, sequence in wanted if (found := fetched.hash_of(key, sequence)) is not None}
    return here | await keeping.hashes(connection, [name for name in wanted if name not in here])
