"""The event as it travels: CloudEvents attributes, canonical text and chain hash (docs/wire.md, "Headers", "Hash chain")."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import msgspec

MAX_DATA: Final = 256 * 1024
"""Bytes a payload may have; one larger is refused at append, for it would block a gapless feed."""
MAX_HEADERS: Final = 8 * 1024
"""Bytes all headers of an event may have together."""

Headers = Sequence[tuple[str, bytes]]

_SOURCE: Final = re.compile(r"urn:liandong:[0-9]{6,12}:[a-z][a-z0-9-]{0,40}")
_EPOCH: Final = re.compile(r"[1-9][0-9]{0,8}")
_LAST: Final = 2**63 - 1
_FIXED: Final = (("content-type", b"application/json"), ("ce_specversion", b"1.0"))
ID_PLACE: Final = len(_FIXED)
"""At which place the event's id stands among the headers of `to_headers`."""
_TRACE: Final = frozenset({"traceparent", "tracestate"})
_PLAIN: Final = _TRACE | {"content-type"}
"""Attributes whose headers do not begin with `ce_`."""


class Malformed(Exception):
    """A record on the wire is not an event of this form."""


class Recorded(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An event as it stands in a log: stamped, chained, immutable. `data` are the exact payload bytes, never parsed and written again."""

    source: str
    epoch: int
    sequence: int
    id: str
    type: str
    subject: str
    time: datetime
    """Business time, aware UTC."""
    recordedtime: datetime
    actor: str
    prevhash: str
    hash: str
    data: bytes
    to: str = ""
    correlationid: str = ""
    causationid: str = ""
    traceparent: str = ""
    tracestate: str = ""
    version: int = 0
    """Place in its own stream, 1, 2, 3 …; known in the log only, it does not travel."""

    @property
    def node(self) -> str:
        """The code of the node on whose behalf it was written."""
        return node_of(self.source)

    @property
    def name(self) -> str:
        """How triggers and evidence name it: source#epoch#number."""
        return f"{self.source}#{self.epoch}#{self.sequence}"


class Position(msgspec.Struct, frozen=True, gc=False):
    """A place in a feed."""

    source: str
    epoch: int
    sequence: int
    hash: str

    @property
    def node(self) -> str:
        """The code of the node whose feed it is."""
        return node_of(self.source)


def node_of(source: str) -> str:
    """The node of an origin, by its code."""
    return source.split(":")[2]


def origin(node: str, service: str) -> str:
    """The source of everything `service` does on behalf of `node`."""
    return f"urn:liandong:{node}:{service}"


def genesis(alg: str = "sha256") -> str:
    """The previous hash of the first event of an epoch."""
    return f"{alg}:{'0' * 64}"


def instant(moment: datetime) -> str:
    """UTC with microseconds and `Z`, the one form in which times are written: `2026-11-23T01:02:03.000004Z`."""
    text: str = msgspec.to_builtins(moment if moment.tzinfo is UTC else moment.astimezone(UTC))  # quicker than isoformat or a cache of it
    return text if len(text) == 27 else f"{text[:19]}.000000Z"


def digest(alg: str, data: bytes) -> str:
    """`<alg>:<hex>` of `data`. Raises `Malformed` for an algorithm this epoch form does not know."""
    if alg == "sha256":
        return f"sha256:{hashlib.sha256(data).hexdigest()}"
    if alg == "sm3":
        return f"sm3:{hashlib.new('sm3', data).hexdigest()}"
    raise Malformed(f"不认识哈希算法 {alg!r}")


def canonical(event: Recorded, alg: str = "sha256") -> str:
    """The text that is hashed. Values contain no line break: append refuses them."""
    return (
        f"liandong-chain/1\nsource:{event.source}\nepoch:{event.epoch}\nsequence:{event.sequence}\nprevhash:{event.prevhash}\n"
        f"id:{event.id}\ntype:{event.type}\nsubject:{event.subject}\ntime:{instant(event.time)}\n"
        f"recordedtime:{instant(event.recordedtime)}\nactor:{event.actor}\nto:{event.to}\n"
        f"correlationid:{event.correlationid}\ncausationid:{event.causationid}\ndatahash:{digest(alg, event.data)}\n"
    )


def chain_hash(event: Recorded) -> str:
    """The hash the event must carry; its algorithm is that of `prevhash`."""
    alg = event.prevhash.partition(":")[0]
    return digest(alg, canonical(event, alg).encode())


def broken(event: Recorded, before: Position | None) -> str | None:
    """Why `event` does not follow `before` (None: the beginning of its epoch), or None where it does."""
    expected_sequence = 1 if before is None else before.sequence + 1
    alg = event.prevhash.partition(":")[0]
    expected_prevhash = genesis(alg) if before is None else before.hash
    if event.sequence != expected_sequence:
        return f"应为第 {expected_sequence} 号，实为第 {event.sequence} 号"
    if event.prevhash != expected_prevhash:
        return "接不上前一个事件的链"
    if event.hash != chain_hash(event):
        return "内容与哈希不符"
    return None


def to_headers(event: Recorded) -> list[tuple[str, bytes]]:
    """The attributes as Kafka headers, CloudEvents binary mode; the value of the record is `event.data`."""
    headers = [
        *_FIXED,
        ("ce_id", event.id.encode()),
        ("ce_source", event.source.encode()),
        ("ce_type", event.type.encode()),
        ("ce_subject", event.subject.encode()),
        ("ce_time", instant(event.time).encode()),
        ("ce_recordedtime", instant(event.recordedtime).encode()),
        ("ce_epoch", b"%d" % event.epoch),
        ("ce_sequence", b"%020d" % event.sequence),
        ("ce_prevhash", event.prevhash.encode()),
        ("ce_hash", event.hash.encode()),
        ("ce_actor", event.actor.encode()),
    ]
    if event.correlationid:
        headers.append(("ce_correlationid", event.correlationid.encode()))
    if event.causationid:
        headers.append(("ce_causationid", event.causationid.encode()))
    if event.to:
        headers.append(("ce_to", event.to.encode()))
    if event.traceparent:
        headers.append(("traceparent", event.traceparent.encode()))
    if event.tracestate:
        headers.append(("tracestate", event.tracestate.encode()))
    return headers


def from_headers(headers: Iterable[tuple[str, bytes | None]], data: bytes | None) -> Recorded:
    """The event of a Kafka record. Raises `Malformed`, naming what is wrong."""
    return _event(_attributes(headers), data or b"")


def received(headers: Iterable[tuple[str, bytes | None]], data: bytes | None) -> tuple[Recorded, bool]:
    """The event of a record, and whether its hash is that of its bytes: hashed from the headers as they came. Raises `Malformed`."""
    found = _attributes(headers)
    event = _event(found, data or b"")
    alg = event.prevhash.partition(":")[0]
    if alg not in ("sha256", "sm3"):
        return event, False
    text = (
        f"liandong-chain/1\nsource:{event.source}\nepoch:{event.epoch}\nsequence:{event.sequence}\nprevhash:{event.prevhash}\n"
        f"id:{event.id}\ntype:{event.type}\nsubject:{event.subject}\ntime:{found['ce_time']}\n"
        f"recordedtime:{found['ce_recordedtime']}\nactor:{event.actor}\nto:{event.to}\n"
        f"correlationid:{event.correlationid}\ncausationid:{event.causationid}\ndatahash:{digest(alg, event.data)}\n"
    )
    return event, digest(alg, text.encode()) == event.hash


def _attributes(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """The attributes among the headers; all others are a mirror's or an agent's, whatever they hold.

    A trace is covered by no hash: the first one is the event's, and one that is no text is none.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if value is None or not (name.startswith("ce_") or name in _PLAIN):
            continue
        try:
            text = value.decode()
        except UnicodeDecodeError as wrong:
            if name in _TRACE:
                continue
            raise Malformed(f"消息头 {name} 不是 UTF-8 文字（{wrong}）") from None
        if found.setdefault(name, text) != text and name not in _TRACE:
            raise Malformed(f"消息头 {name} 有两个不同的值")
    if found.get("ce_specversion") != "1.0":
        raise Malformed("ce_specversion 不是 1.0")
    return found


def _event(found: Mapping[str, str], data: bytes) -> Recorded:
    try:
        epoch, sequence = numbers(found["ce_source"], found["ce_epoch"], found["ce_sequence"])
        event = Recorded(
            source=found["ce_source"],
            epoch=epoch,
            sequence=sequence,
            id=found["ce_id"],
            type=found["ce_type"],
            subject=found["ce_subject"],
            time=parse_instant(found["ce_time"]),
            recordedtime=parse_instant(found["ce_recordedtime"]),
            actor=found["ce_actor"],
            prevhash=found["ce_prevhash"],
            hash=found["ce_hash"],
            data=data,
            to=found.get("ce_to", ""),
            correlationid=found.get("ce_correlationid", ""),
            causationid=found.get("ce_causationid", ""),
            traceparent=found.get("traceparent", ""),
            tracestate=found.get("tracestate", ""),
        )
    except KeyError as missing:
        raise Malformed(f"缺少消息头 {missing.args[0]}") from None
    speakable(found.values())
    return event


@lru_cache(4096)
def _feed(source: str, epoch: str) -> int:
    if not _SOURCE.fullmatch(source):
        raise Malformed(f"{source[:60]!r} 不是来源")
    if not _EPOCH.fullmatch(epoch):
        raise Malformed(f"{epoch[:40]!r} 不是世代")
    return int(epoch)


def numbers(source: str, epoch: str, sequence: str) -> tuple[int, int]:
    """Epoch and number as they stand on the wire. Raises `Malformed` for another form, a number no log can give, or what is no origin."""
    if len(sequence) != 20 or not (sequence.isascii() and sequence.isdigit()) or not 0 < int(sequence) <= _LAST:
        raise Malformed(f"{sequence[:40]!r} 不是序号")
    return _feed(source, epoch), int(sequence)


def speakable(values: Iterable[str]) -> None:
    """Raises `Malformed` for a line break, with which another event could have the same canonical text, and for NUL, which no store keeps."""
    text = "".join(values)
    if "\n" in text or "\r" in text or "\0" in text:
        raise Malformed("属性里有换行或空字符")


def parse_instant(text: str) -> datetime:
    """The moment of the one form. Raises `Malformed`."""
    if len(text) != 27 or text[4:20:3] != "--T::." or text[-1] != "Z":
        raise Malformed(f"{text[:40]!r} 不是精确到微秒的 UTC 时刻")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"{text!r} 没有这一时刻") from None
