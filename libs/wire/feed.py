"""Pages of a feed as a CloudEvents JSON batch with base64 data: the form of the feed API (docs/wire.md, "Feed API")."""

from __future__ import annotations

import base64
from binascii import a2b_base64
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from libs.wire.event import Malformed, Position, Recorded, broken, genesis, instant, numbers, parse_instant, speakable


class _Entry(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    recordedtime: str
    epoch: str
    sequence: str
    prevhash: str
    hash: str
    actor: str
    correlationid: str = ""
    causationid: str = ""
    to: str = ""
    traceparent: str = ""
    tracestate: str = ""
    datacontenttype: str = "application/json"
    data_base64: str = ""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[_Entry])


def encode_page(events: Sequence[Recorded]) -> bytes:
    """The events as a batch."""
    return _encoder.encode([_entry(event) for event in events])


def _entry(event: Recorded) -> _Entry:
    return _Entry(
        specversion="1.0",
        id=event.id,
        source=event.source,
        type=event.type,
        subject=event.subject,
        time=instant(event.time),
        recordedtime=instant(event.recordedtime),
        epoch=str(event.epoch),
        sequence=f"{event.sequence:020d}",
        prevhash=event.prevhash,
        hash=event.hash,
        actor=event.actor,
        correlationid=event.correlationid,
        causationid=event.causationid,
        to=event.to,
        traceparent=event.traceparent,
        tracestate=event.tracestate,
        data_base64=base64.b64encode(event.data).decode(),
    )


def decode_page(page: bytes) -> list[Recorded]:
    """The events of a batch, data byte for byte. Raises `Malformed`."""
    try:
        return [_event(entry) for entry in _decoder.decode(page)]
    except (msgspec.DecodeError, ValueError) as error:
        raise Malformed(f"不是来源的一页（{error}）") from None


def follow(page: bytes, before: Position | None) -> tuple[Position | None, str | None]:
    """How far the events of a batch continue the feed behind `before` (None: from its beginning), and why the next one does not; None: all do.
    It says what `broken` says of the events of `decode_page`, in half of the time. Raises `Malformed`.
    """
    if (reached := _sound(page, before)) is not None:
        return reached, None
    for event in decode_page(page):  # what is wrong is found and told by the plain way
        if (fault := broken(event, before)) is not None:
            return before, fault
        before = Position(event.source, event.epoch, event.sequence, event.hash)
    return before, None


def _sound(page: bytes, before: Position | None) -> Position | None:
    """The last of the events, where every one is well-formed and hashed by SHA-256 and continues the one before; None: look closer.

    A value has a line break or NUL only behind a backslash: JSON has it no other way.
    """
    try:
        return None if b"\\" in page else _last(_decoder.decode(page), before)
    except (msgspec.DecodeError, ValueError, Malformed):
        return None


def _last(entries: Sequence[_Entry], before: Position | None) -> Position | None:
    """Hashed are the texts as they came: an instant is looked at, and not written again."""
    number, previous = (before.sequence, before.hash) if before else (0, genesis())
    source = epoch = ""
    recorded: str | None = None
    if not previous.startswith("sha256:"):
        return None
    for entry in entries:
        number += 1
        if entry.specversion != "1.0" or entry.sequence != f"{number:020d}" or entry.prevhash != previous:
            return None
        if entry.source != source or entry.epoch != epoch:
            source, epoch = entry.source, entry.epoch
            numbers(source, epoch, entry.sequence)
        if entry.recordedtime != recorded:  # events that were written together have one
            recorded = entry.recordedtime
            parse_instant(recorded)
        parse_instant(entry.time)
        previous = _hash(entry, number)
        if entry.hash != previous:
            return None
    return None if not source else Position(source, *numbers(source, epoch, f"{number:020d}"), previous)


def _hash(entry: _Entry, number: int) -> str:
    data = sha256(a2b_base64(entry.data_base64, strict_mode=True)).hexdigest()
    text = (
        f"liandong-chain/1\nsource:{entry.source}\nepoch:{entry.epoch}\nsequence:{number}\nprevhash:{entry.prevhash}\n"
        f"id:{entry.id}\ntype:{entry.type}\nsubject:{entry.subject}\ntime:{entry.time}\n"
        f"recordedtime:{entry.recordedtime}\nactor:{entry.actor}\nto:{entry.to}\n"
        f"correlationid:{entry.correlationid}\ncausationid:{entry.causationid}\ndatahash:sha256:{data}\n"
    )
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _event(entry: _Entry) -> Recorded:
    if entry.specversion != "1.0":
        raise Malformed("specversion 不是 1.0")
    epoch, sequence = numbers(entry.source, entry.epoch, entry.sequence)
    speakable((
        entry.id, entry.source, entry.type, entry.subject, entry.prevhash, entry.hash, entry.actor, entry.correlationid, entry.causationid,
        entry.to, entry.traceparent, entry.tracestate,
    ))  # fmt: skip
    return Recorded(
        source=entry.source,
        epoch=epoch,
        sequence=sequence,
        id=entry.id,
        type=entry.type,
        subject=entry.subject,
        time=parse_instant(entry.time),
        recordedtime=parse_instant(entry.recordedtime),
        actor=entry.actor,
        prevhash=entry.prevhash,
        hash=entry.hash,
        data=a2b_base64(entry.data_base64, strict_mode=True),
        to=entry.to,
        correlationid=entry.correlationid,
        causationid=entry.causationid,
        traceparent=entry.traceparent,
        tracestate=entry.tracestate,
    )
