"""What a payload may be: whatever else it is, it is one event's fault, never a reader's that stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from libs.bus import Reader
from libs.wire import Malformed, Recorded, genesis


@dataclass(frozen=True)
class Stop:
    """A part of a fact."""

    since: datetime
    days: int = 0


@dataclass(frozen=True)
class Heard:
    """A fact as a consumer reads it, with instants and numbers in every place one can stand."""

    at: datetime | None = None
    text: str = ""
    number: int = 0
    stops: tuple[Stop, ...] = ()
    pair: tuple[int, datetime] | None = None
    by_name: dict[str, Stop] | None = None
    more: Any = None


AT = datetime(2026, 11, 23, tzinfo=UTC)
TYPE = "liandong.example.Said.v1"
READER = Reader({TYPE: Heard})


def read(data: bytes) -> Any:
    """What the consumer makes of a payload."""
    event = Recorded(
        source="urn:liandong:511525:example",
        epoch=1,
        sequence=1,
        id="1",
        type=TYPE,
        subject="s",
        time=AT,
        recordedtime=AT,
        actor="C1",
        prevhash=genesis(),
        hash="",
        data=data,
    )
    return READER.read(event)


@pytest.mark.parametrize(
    "data",
    [
        b'{"text":"\xff"}',
        b'{"number":9223372036854775808}',
        b'{"number":-9223372036854775809}',
        b'{"stops":[{"since":"2026-01-01T00:00:00Z","days":99999999999999999999}]}',
        b'{"at":"9999-12-31T23:59:59-10:00"}',
        b'{"at":"0001-01-01T00:00:00+10:00"}',
        b'{"at":"2026-01-01T00:00:00"}',
        b'{"stops":[{"since":"9999-12-31T23:59:59-10:00"}]}',
        b'{"pair":[1,"9999-12-31T23:59:59-10:00"]}',
        b'{"by_name":{"x":{"since":"9999-12-31T23:59:59-10:00"}}}',
        b'{"more":{"x":[1,{"y":99999999999999999999}]}}',
        b'{"unread":' + b"[" * 100_000,
        b"[]",
        b"",
    ],
)
def test_what_cannot_be_taken_is_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)


def test_instants_come_out_in_utc_wherever_they_stand() -> None:
    heard = read(
        b'{"at":"2026-01-01T08:00:00+08:00","stops":[{"since":"2026-01-01T08:00:00+08:00"}],"pair":[7,"2026-01-01T08:00:00+08:00"],'
        b'"by_name":{"x":{"since":"2026-01-01T08:00:00+08:00"}},"more":[9223372036854775807]}'
    )
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    found = [heard.at, heard.stops[0].since, heard.pair[1], heard.by_name["x"].since]
    assert [(one, one.tzinfo) for one in found] == [(moment, UTC)] * 4
    assert heard.more == [9223372036854775807]


def test_what_is_in_utc_already_is_the_decoders_own_value() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert read(b'{"at":"2026-01-01T00:00:00Z","number":3}') == Heard(at=moment, number=3)
    assert moment != datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))
