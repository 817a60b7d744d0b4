"""What one fetch of the city stream brought: events and signed checkpoints sorted, every event weighed against its feed, what does not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiokafka import ConsumerRecord

from libs.wire import CHECKPOINT_TYPE, Checkpoint, Malformed, Recorded, genesis, parse_checkpoint, received
from services.hub.inbox.feed import Fate, Feed, Key

Signed = tuple[Checkpoint, bytes, str]
"""A node's checkpoint, its bytes, its signature."""
_CHECKPOINT: Final = CHECKPOINT_TYPE.encode()


@dataclass(slots=True)
class Evidence:
    """A record or a checkpoint that does not fit: kept and reported."""

    kind: str
    node: str
    source: str
    epoch: int
    sequence: int
    because: str
    record: bytes

    @property
    def digest(self) -> str:
        """Names this evidence, so that the same twice is one row."""
        text = f"{self.kind}\n{self.source}\n{self.epoch}\n{self.sequence}\n".encode()
        return hashlib.sha256(text + self.record).hexdigest()


@dataclass(slots=True)
class Fetched:
    """What one fetch brought, sorted, and what becomes of it.

    Sorted: `events` per feed in order of arrival, each with whether its hash fits; `checkpoints` per node. Weighed: `archive` continues its
    feed, `compare` has a number known already; `signed` is each node's newest checkpoint that holds; of the feeds in `drop` the archive
    is not on the signed chain.
    """

    events: dict[Key, list[tuple[Recorded, bool]]] = field(default_factory=dict)
    checkpoints: dict[str, list[Signed]] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    archive: dict[Key, list[Recorded]] = field(default_factory=dict)
    compare: list[tuple[Key, Recorded]] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)
    drop: list[Key] = field(default_factory=list)

    def hash_of(self, key: Key, sequence: int) -> str | None:
        """What this fetch archives under a number, if it does: what it archives of a feed lies side by side."""
        mine = self.archive.get(key)
        at = sequence - mine[0].sequence if mine else -1
        return mine[at].hash if mine and 0 <= at < len(mine) else None


def sort(records: Sequence[ConsumerRecord[bytes, bytes]]) -> Fetched:
    """Events and checkpoints of a fetch; what is neither is evidence."""
    fetched = Fetched()
    for record in records:
        try:
            if ("ce_type", _CHECKPOINT) in record.headers:
                value = record.value or b""
                checkpoint = parse_checkpoint(value)
                signature = (dict(record.headers).get("ce_signature") or b"").decode("ascii", "replace")
                fetched.checkpoints.setdefault(checkpoint.node, []).append((checkpoint, value, signature))
                continue
            event, sound = received(record.headers, record.value)
            fetched.events.setdefault((event.source, event.epoch), []).append((event, sound))
        except Malformed as error:
            where = f"{record.topic}/{record.partition}/{record.offset}"
            kept = msgspec.json.encode([[name, (value or b"").hex()] for name, value in record.headers])
            fetched.evidence.append(Evidence("malformed", "", where, 0, record.offset, str(error), kept + (record.value or b"")))
    return fetched


def receive(fetched: Fetched, feeds: dict[Key, Feed]) -> None:
    """Weighs every event against its feed."""
    for key, events in fetched.events.items():
        feed = feeds[key]
        for event, sound in events:
            first = genesis(event.hash.partition(":")[0])
            match feed.receive(event.sequence, event.prevhash, event.hash, first, sound=sound):
                case Fate.ARCHIVE:
                    fetched.archive.setdefault(key, []).append(event)
                case Fate.COMPARE:
                    fetched.compare.append((key, event))
                case Fate.EVIDENCE:
                    because = "接不上链" if sound else "内容与哈希不符"
                    fetched.evidence.append(about("tampered", event, because))
                case Fate.SAME | Fate.GAP | Fate.STOPPED:
                    pass


def proof(entry: Signed, before: tuple[bytes, str] | None = None) -> bytes:
    """A checkpoint with its signature, and the one kept before it: two signed hashes for one number prove a fork."""
    both = [entry[1:], *([before] if before else [])]
    return msgspec.json.encode([{"checkpoint": value.decode(), "signature": signature} for value, signature in both])


def about(kind: str, event: Recorded, because: str) -> Evidence:
    """Evidence of an event, kept whole."""
    return Evidence(kind, event.node, event.source, event.epoch, event.sequence, because, msgspec.json.encode(event))


def listed(fetched: Fetched) -> set[Key]:
    """The feeds that the checkpoints which hold speak of."""
    return {(feed.source, feed.epoch) for checkpoint, _, _ in fetched.signed for feed in checkpoint.feeds}
