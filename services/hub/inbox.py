"""The city stream arrives: verified in memory, then one transaction. Nothing is applied beyond a verified checkpoint (wire.md, "What a receiver does")."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
import structlog
from aiokafka import ConsumerRecord

from libs.database import Connection, Pool
from libs.wire import (
    CHECKPOINT_TYPE,
    Checkpoint,
    Malformed,
    Recorded,
    chain_hash,
    from_headers,
    genesis,
    newest,
    parse_checkpoint,
    signed_by,
)
from services.hub import views, views_archive
from services.hub.feed import Batch, Evidence, Feed, Key, Verdict, Word

_log = structlog.get_logger("hub")


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
        async with self._pool.acquire() as connection, connection.transaction():
            if not self._registry.knows(batch):
                await self._registry.read(connection)
            self._admit(batch)
            feeds = await views_archive.lock_feeds(connection, batch.events.keys() | _listed(batch))
            before = {key: feed.verified for key, feed in feeds.items()}
            receive(batch, feeds)
            await self._compare(connection, batch)
            await self._vouch(connection, batch, feeds)
            await views_archive.store(connection, batch, feeds, self._now())
            await views.apply(connection, await self._verified(connection, batch, feeds, before))
        async with self._moved:
            self._reached.update({key: feed.verified for key, feed in feeds.items()})
            self._moved.notify_all()

    def _admit(self, batch: Batch) -> None:
        """Drops who is not in the registry; of each node the newest word whose signature holds."""
        for key in [key for key in batch.events if key[0].split(":")[2] not in self._registry.nodes]:
            node = key[0].split(":")[2]
            batch.evidence.extend(_evidence("unknown-node", event, f"{node} 不在登记册中") for event in batch.events.pop(key))
        for node, words in batch.checkpoints.items():
            while words:
                top = newest([word for word, _, _ in words])
                entry = next(entry for entry in words if entry[0] is top)
                if (wrong := self._wrong(entry)) is None:
                    batch.words.append(entry)
                    break
                batch.evidence.append(Evidence("checkpoint", node, f"urn:liandong:{node}", 0, entry[0].counter, wrong, entry[1]))
                words.remove(entry)

    def _wrong(self, entry: tuple[Checkpoint, bytes, str]) -> str | None:
        word, value, signature = entry
        site = self._registry.nodes.get(word.node)
        key = self._registry.keys.get(word.key)
        if site is None or key is None or key[0] != site:
            return "不认识的节点或密钥"
        return None if signed_by(key[1], value, signature) else "签名不符"

    async def _compare(self, connection: Connection, batch: Batch) -> None:
        """Numbers known already: the same bytes are dropped, others are evidence."""
        known = await views_archive.hashes(connection, [(key, event.sequence) for key, event in batch.compare])
        known.update({(key, event.sequence): event.hash for key, event in batch.archive})
        for key, event in batch.compare:
            if known.get((key, event.sequence)) != event.hash:
                batch.evidence.append(_evidence("other-bytes", event, "与已存档的同号事件不同"))

    async def _vouch(self, connection: Connection, batch: Batch, feeds: dict[Key, Feed]) -> None:
        """The nodes' words move what is verified, show what is missing, or prove a fork."""
        last = await views_archive.counters(connection, [word.node for word, _, _ in batch.words])
        batch.words = [entry for entry in batch.words if entry[0].counter > last.get(entry[0].node, 0)]
        named = [((f.source, f.epoch), f.sequence) for word, _, _ in batch.words for f in word.feeds]
        ours = await views_archive.hashes(connection, named)
        ours.update({(key, event.sequence): event.hash for key, event in batch.archive})
        for word, value, _ in batch.words:
            for said in word.feeds:
                key = (said.source, said.epoch)
                meant = feeds[key].vouched(said.sequence, said.hash, ours.get((key, said.sequence)))
                if meant in (Word.FORK, Word.NOT_ON_THE_CHAIN):
                    _log.error("hub.chain", word=meant.value, source=said.source, sequence=said.sequence)
                    because = "同一编号有两个签过名的哈希" if meant is Word.FORK else "存档的事件不在签名的链上"
                    batch.evidence.append(Evidence(meant.value, word.node, said.source, said.epoch, said.sequence, because, value))
                    batch.drop.extend([key] if meant is Word.NOT_ON_THE_CHAIN else [])

    async def _verified(self, connection: Connection, batch: Batch, feeds: dict[Key, Feed], before: dict[Key, int]) -> list[Recorded]:
        """The events that became verified with this batch, feed by feed in order; older ones come from the archive."""
        mine: dict[Key, list[Recorded]] = {}
        for key, event in batch.archive:
            mine.setdefault(key, []).append(event)
        found: list[Recorded] = []
        for key in sorted(feeds):
            feed, start = feeds[key], before[key]
            if feed.verified == start:
                continue
            here = [event for event in mine.get(key, ()) if start < event.sequence <= feed.verified]
            upto = here[0].sequence - 1 if here else feed.verified
            if upto > start:
                found.extend(await views_archive.page(connection, key, start, upto))
            found.extend(here)
        return found

    async def wait(self, source: str, epoch: int, sequence: int, timeout: float) -> bool:
        """True as soon as the city has verified up to the position."""
        row = await self._pool.fetchval("select verified from city_feed where source = $1 and epoch = $2", source, epoch)
        if (row or 0) >= sequence:
            return True
        try:
            async with asyncio.timeout(timeout), self._moved:
                await self._moved.wait_for(lambda: self._reached.get((source, epoch), 0) >= sequence)
        except TimeoutError:
            return False
        return True


def sort(records: Sequence[ConsumerRecord[bytes, bytes]]) -> Batch:
    """Events and words of a fetch; what is neither is evidence."""
    batch = Batch()
    for record in records:
        try:
            headers = dict(record.headers)
            if headers.get("ce_type") == CHECKPOINT_TYPE.encode():
                value = record.value or b""
                word = parse_checkpoint(value)
                signature = (headers.get("ce_signature") or b"").decode("ascii", "replace")
                batch.checkpoints.setdefault(word.node, []).append((word, value, signature))
                continue
            event = from_headers(record.headers, record.value)
            if event.source.count(":") != 3 or not event.source.startswith("urn:liandong:"):
                raise Malformed(f"{event.source[:60]!r} is no origin")
            batch.events.setdefault((event.source, event.epoch), []).append(event)
        except Malformed as error:
            where = f"{record.topic}/{record.partition}/{record.offset}"
            kept = msgspec.json.encode([[name, (value or b"").hex()] for name, value in record.headers])
            batch.evidence.append(Evidence("malformed", "", where, 0, record.offset, str(error), kept + (record.value or b"")))
    return batch


def receive(batch: Batch, feeds: dict[Key, Feed]) -> None:
    """Every event against its feed."""
    for key, events in batch.events.items():
        feed = feeds[key]
        for event in events:
            sound = _sound(event)
            first = genesis(event.hash.partition(":")[0])
            match feed.receive(event.sequence, event.prevhash, event.hash, first, sound=sound):
                case Verdict.ARCHIVE:
                    batch.archive.append((key, event))
                case Verdict.COMPARE:
                    batch.compare.append((key, event))
                case Verdict.EVIDENCE:
                    because = "接不上链" if sound else "内容与哈希不符"
                    batch.evidence.append(_evidence("tampered", event, because))
                case Verdict.SAME | Verdict.GAP | Verdict.STOPPED:
                    pass


def _sound(event: Recorded) -> bool:
    try:
        return chain_hash(event) == event.hash
    except Malformed:
        return False


def _evidence(kind: str, event: Recorded, because: str) -> Evidence:
    return Evidence(kind, event.node, event.source, event.epoch, event.sequence, because, msgspec.json.encode(event))


def _listed(batch: Batch) -> set[Key]:
    return {(feed.source, feed.epoch) for word, _, _ in batch.words for feed in word.feeds}
