"""Pages of a feed as a CloudEvents JSON batch with base64 data: the form of the feed API (docs/wire.md, "Feed API")."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import msgspec

from libs.wire.event import Malformed, Recorded, instant, numbers, parse_instant, speakable


class _Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
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
_SAME = ("id", "source", "type", "subject", "prevhash", "hash", "actor", "correlationid", "causationid", "to", "traceparent", "tracestate")


def encode_page(events: Sequence[Recorded]) -> bytes:
    """The events as a batch."""
    return _encoder.encode([_entry(event) for event in events])


def _entry(event: Recorded) -> _Entry:
    same = {name: getattr(event, name) for name in _SAME}
    return _Entry(
        specversion="1.0",
        time=instant(event.time),
        recordedtime=instant(event.recordedtime),
        epoch=str(event.epoch),
        sequence=f"{event.sequence:020d}",
        data_base64=base64.b64encode(event.data).decode(),
        **same,
    )


def decode_page(page: bytes) -> list[Recorded]:
    """The events of a batch, data byte for byte. Raises `Malformed`."""
    try:
        return [_event(entry) for entry in _decoder.decode(page)]
    except (msgspec.DecodeError, ValueError) as error:
        raise Malformed(f"不是来源的一页（{error}）") from None


def _event(entry: _Entry) -> Recorded:
    if entry.specversion != "1.0":
        raise Malformed("specversion 不是 1.0")
    same = {name: getattr(entry, name) for name in _SAME}
    epoch, sequence = numbers(entry.source, entry.epoch, entry.sequence)
    speakable(same.values())
    return Recorded(
        epoch=epoch,
        sequence=sequence,
        time=parse_instant(entry.time),
        recordedtime=parse_instant(entry.recordedtime),
        data=base64.b64decode(entry.data_base64, validate=True),
        **same,
    )
