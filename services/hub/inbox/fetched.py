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
_BECAUSE: Final = {Fate.EVIDENCE: "内容与哈希不符，或第一个事件接着别的", Fate.OFF_THE_CHAIN: "不在签名的链上"}


@dataclass(slots=True)
class Evidence:
    """A record or a checkpoint that does not fit: kept and reported. `once`: what names it instead of its bytes, where many are alike."""

    kind: str
    node: str
    source: str
    epoch: int
    sequence: int
    because: str
    record: bytes
    once: str = ""

    @property
    def digest(self) -> str:
        """Names this evidence, so that the same twice is one row."""
        text = f"{self.kind}\n{self.source}\n{self.epoch}\n{self.once or self.sequence}\n".encode()
        return hashlib.sha256(text + (b"" if self.once else self.record)).hexdigest()


@dataclass(slots=True)
class Fetched:
    """What one fetch brought, sorted, and what becomes of it.

    Sorted: `events` per feed in order of arrival, each with whether its hash fits; `checkpoints` per node. Weighed: `candidates` per feed
    by their hashes, for a checkpoint to choose from; `compare` has a number whose record is chosen already; `signed` is each node's newest
    checkpoint that holds.
    """

    events: dict[Key, list[tuple[Recorded, bool]]] = field(default_factory=dict)
    checkpoints: dict[str, list[Signed]] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    candidates: dict[Key, dict[str, Recorded]] = field(default_factory=dict)
    compare: list[tuple[Key, Recorded]] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)


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


def weigh(fetched: Fetched, feeds: dict[Key, Feed]) -> None:
    """Weighs every event against its feed."""
    for key, events in fetched.events.items():
        feed, candidates = feeds[key], fetched.candidates.setdefault(key, {})
        for event, sound in events:
            first = genesis(event.hash.partition(":")[0]) if event.sequence == 1 else ""
            match feed.receive(event.sequence, event.prevhash, event.hash, first, sound=sound):
                case Fate.CANDIDATE:
                    candidates.setdefault(event.hash, event)
                case Fate.COMPARE:
                    fetched.compare.append((key, event))
                case Fate.EVIDENCE as fate:
                    fetched.evidence.append(about("tampered", event, _BECAUSE[fate]))
                case Fate.OFF_THE_CHAIN as fate:
                    fetched.evidence.append(about("not-on-the-chain", event, _BECAUSE[fate]))
                case Fate.TOO_FAR:
                    fetched.evidence.append(beyond(feed, "序号远在核验过的之后"))
                case Fate.SAME | Fate.STOPPED:
                    pass


def proof(*entries: tuple[bytes, str]) -> bytes:
    """Checkpoints with their signatures: two signed hashes for one number prove a fork."""
    return msgspec.json.encode([{"checkpoint": value.decode(), "signature": signature} for value, signature in entries])


def about(kind: str, event: Recorded, because: str) -> Evidence:
    """Evidence of an event, kept whole."""
    return Evidence(kind, event.node, event.source, event.epoch, event.sequence, because, msgspec.json.encode(event))


def beyond(feed: Feed, because: str) -> Evidence:
    """Evidence that more came of a feed than is kept unsigned: once for each number that it has been verified up to."""
    node = feed.source.split(":")[2]
    return Evidence("too-many", node, feed.source, feed.epoch, feed.verified, because, b"", once=str(feed.verified))
