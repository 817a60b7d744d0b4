"""The city stream arrives: verified in memory, then one transaction. Nothing is applied beyond a verified checkpoint (wire.md, "What a receiver does")."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from datetime import datetime
from typing import Final

import msgspec
import structlog
from aiokafka import ConsumerRecord

from libs.database import Connection, Pool
from libs.wire import (
    CHECKPOINT_TYPE,
    Malformed,
    Recorded,
    genesis,
    parse_checkpoint,
    received,
    signed_by,
)
from services.hub import views, views_archive
from services.hub.feed import Batch, Evidence, Feed, Key, Signed, Verdict, Word

_log = structlog.get_logger("hub")
_CHECKPOINT: Final = CHECKPOINT_TYPE.encode()
LOOK_SECONDS: Final = 0.02
"""How often a waiting reader looks at what other processes of the hub have done."""
BECAUSE: Final = {Word.FORK: "同一编号有两个签过名的哈希", Word.NOT_ON_THE_CHAIN: "存档的事件不在签名的链上"}


class Registry:
    """Who may speak: nodes and their sites, keys and their halves; read anew when somebody unknown speaks."""

    def __init__(self) -> None:
        self.nodes: dict[str, str] = {}
        self.keys: dict[str, tuple[str, str]] = {}

    async def read(self, connection: Connection) -> None:
        nodes = await connection.fetch("select node, site from registry_node")
        keys = await connection.fetch("select key, site, public_key from registry_key where not revoked")
        self.nodes = {row["node"]: row["site"] for row in nodes}
        self.keys = {row["key"]: (row["site"], row["public_key"]) for row in keys}

    def knows(self, batch: Batch) -> bool:
        """Whether everybody in the batch is known."""
        spoke = {source.split(":")[2] for source, _ in batch.events} | set(batch.checkpoints)
        keys = {word.key for words in batch.checkpoints.values() for word, _, _ in words}
        return spoke <= set(self.nodes) and keys <= set(self.keys)


class CityStream:
    """The city's consumer. `take` does a whole batch or nothing."""

    def __init__(self, pool: Pool, now: Callable[[], datetime]) -> None:
        self._pool, self._now = pool, now
        self._registry = Registry()
        self._reached: dict[Key, int] = {}
        self._moved = asyncio.Condition()

    async def take(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Raises only when the batch must come again."""
        batch = sort(records)
        async with self._pool.acquire() as connection:
            if not self._registry.knows(batch):
                await self._registry.read(connection)
            self._admit(batch)
            wanted = batch.events.keys() | _listed(batch)
            await views_archive.make_feeds(connection, wanted - self._reached.keys())
            async with connection.transaction():
                feeds = await self._write(connection, batch, wanted)
        async with self._moved:
            self._reached.update({key: feed.verified for key, feed in feeds.items()})
            self._moved.notify_all()

    async def _write(self, connection: Connection, batch: Batch, wanted: Set[Key]) -> dict[Key, Feed]:
        feeds, numbers = await views_archive.lock_feeds(connection, wanted)
        before = {key: feed.verified for key, feed in feeds.items()}
        receive(batch, feeds)
        await self._compare(connection, batch)
        await self._vouch(connection, batch, feeds)
        await views_archive.store(connection, batch, feeds, numbers, self._now())
        for event, because in await views.apply(connection, await self._verified(connection, batch, feeds, before)):
            _log.error("hub.not_shown", source=event.source, sequence=event.sequence, because=because)
            batch.evidence.append(_evidence("not-shown", event, because))
        await views_archive.keep(connection, batch.evidence, self._now())
        return feeds

    def _admit(self, batch: Batch) -> None:
        """Drops who is not in the registry; of each node the newest word whose signature holds."""
        for key in [key for key in batch.events if key[0].split(":")[2] not in self._registry.nodes]:
            node = key[0].split(":")[2]
            batch.evidence.extend(_evidence("unknown-node", event, f"{node} 不在登记册中") for event, _ in batch.events.pop(key))
        for node, words in batch.checkpoints.items():
            for entry in sorted(words, key=lambda entry: entry[0].counter, reverse=True):
                if (wrong := self._wrong(entry)) is None:
                    batch.words.append(entry)
                    break
                batch.evidence.append(Evidence("checkpoint", node, f"urn:liandong:{node}", 0, entry[0].counter, wrong, _signed(entry)))

    def _wrong(self, entry: Signed) -> str | None:
        word, value, signature = entry
        site = self._registry.nodes.get(word.node)
        key = self._registry.keys.get(word.key)
        if site is None or key is None or key[0] != site:
            return "不认识的节点或密钥"
        return None if signed_by(key[1], value, signature) else "签名不符"

    async def _compare(self, connection: Connection, batch: Batch) -> None:
        """Numbers known already: the same bytes are dropped, others are evidence."""
        known = await _hashes(connection, batch, [(key, event.sequence) for key, event in batch.compare])
        for key, event in batch.compare:
            if known.get((key, event.sequence)) != event.hash:
                batch.evidence.append(_evidence("other-bytes", event, "与已存档的同号事件不同"))

    async def _vouch(self, connection: Connection, batch: Batch, feeds: dict[Key, Feed]) -> None:
        """The nodes' words move what is verified, show what is missing, or prove a fork."""
        last = await views_archive.counters(connection, [word.node for word, _, _ in batch.words])
        # The newest may be weighed again: it may have come before its events did.
        batch.words = [entry for entry in batch.words if entry[0].counter >= last.get(entry[0].node, 0)]
        ours = await _hashes(connection, batch, [((f.source, f.epoch), f.sequence) for word, _, _ in batch.words for f in word.feeds])
        kept = await views_archive.words(connection, [word.node for word, _, _ in batch.words])
        for entry in batch.words:
            for said in entry[0].feeds:
                key = (said.source, said.epoch)
                meant = feeds[key].vouched(said.sequence, said.hash, ours.get((key, said.sequence)))
                if meant in BECAUSE:
                    _log.error("hub.chain", word=meant.value, source=said.source, sequence=said.sequence)
                    proof = _signed(entry, kept.get(entry[0].node))
                    batch.evidence.append(Evidence(meant.value, entry[0].node, *key, said.sequence, BECAUSE[meant], proof))
                if meant is Word.NOT_ON_THE_CHAIN:
                    batch.drop.append(key)

    async def _verified(self, connection: Connection, batch: Batch, feeds: dict[Key, Feed], before: dict[Key, int]) -> list[Recorded]:
        """The events that became verified with this batch, feed by feed in order; older ones come from the archive."""
        found: list[Recorded] = []
        for key in sorted(feeds):
            feed, start = feeds[key], before[key]
            if feed.verified == start:
                continue
            here = [event for event in batch.archive.get(key, ()) if start < event.sequence <= feed.verified]
            upto = here[0].sequence - 1 if here else feed.verified
            if upto > start:
                found.extend(await views_archive.page(connection, key, start, upto))
            found.extend(here)
        return found

    async def wait(self, source: str, epoch: int, sequence: int, timeout: float) -> bool:
        """True as soon as the city has verified up to the position, here or in another process of the hub."""
        key = (source, epoch)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while (await views_archive.verified_to(self._pool, key)) < sequence:
                    await self._until(key, sequence)
                return True
        return False

    async def _until(self, key: Key, sequence: int) -> None:
        """Until this process has come so far, or it is time to look again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS), self._moved:
                await self._moved.wait_for(lambda: self._reached.get(key, 0) >= sequence)


def sort(records: Sequence[ConsumerRecord[bytes, bytes]]) -> Batch:
    """Events and words of a fetch; what is neither is evidence."""
    batch = Batch()
    for record in records:
        try:
            if ("ce_type", _CHECKPOINT) in record.headers:
                value = record.value or b""
                word = parse_checkpoint(value)
                signature = (dict(record.headers).get("ce_signature") or b"").decode("ascii", "replace")
                batch.checkpoints.setdefault(word.node, []).append((word, value, signature))
                continue
            event, sound = received(record.headers, record.value)
            batch.events.setdefault((event.source, event.epoch), []).append((event, sound))
        except Malformed as error:
            where = f"{record.topic}/{record.partition}/{record.offset}"
            kept = msgspec.json.encode([[name, (value or b"").hex()] for name, value in record.headers])
            batch.evidence.append(Evidence("malformed", "", where, 0, record.offset, str(error), kept + (record.value or b"")))
    return batch


def receive(batch: Batch, feeds: dict[Key, Feed]) -> None:
    """Every event against its feed."""
    for key, events in batch.events.items():
        feed = feeds[key]
        for event, sound in events:
            first = genesis(event.hash.partition(":")[0])
            match feed.receive(event.sequence, event.prevhash, event.hash, first, sound=sound):
                case Verdict.ARCHIVE:
                    batch.archive.setdefault(key, []).append(event)
                case Verdict.COMPARE:
                    batch.compare.append((key, event))
                case Verdict.EVIDENCE:
                    because = "接不上链" if sound else "内容与哈希不符"
                    batch.evidence.append(_evidence("tampered", event, because))
                case Verdict.SAME | Verdict.GAP | Verdict.STOPPED:
                    pass


def _signed(entry: Signed, before: tuple[bytes, str] | None = None) -> bytes:
    """A node's word with its signature, and the one kept before it: two signed hashes for one number prove a fork."""
    words = [entry[1:], *([before] if before else [])]
    return msgspec.json.encode([{"checkpoint": value.decode(), "signature": signature} for value, signature in words])


async def _hashes(connection: Connection, batch: Batch, wanted: Sequence[tuple[Key, int]]) -> dict[tuple[Key, int], str]:
    """What is archived under these numbers, by this batch or before."""
    here = {(key, sequence): found for key, sequence in wanted if (found := batch.hash_of(key, sequence)) is not None}
    return here | await views_archive.hashes(connection, [name for name in wanted if name not in here])


def _evidence(kind: str, event: Recorded, because: str) -> Evidence:
    return Evidence(kind, event.node, event.source, event.epoch, event.sequence, because, msgspec.json.encode(event))


def _listed(batch: Batch) -> set[Key]:
    return {(feed.source, feed.epoch) for word, _, _ in batch.words for feed in word.feeds}
