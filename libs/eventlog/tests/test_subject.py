"""A decider and its wire form, bound together."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum

import msgspec
import pytest

from libs.decider import Decider, Refused, record
from libs.eventlog import Claim, Claimed, Codec, MemoryLogs, Subject
from libs.wire import Malformed

AT = datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC)


class Colour(str, Enum):
    RED = "red"


@record
class Part:
    name: str
    days: int | None = None


@record
class Opened:
    door: str
    colour: Colour
    parts: tuple[Part, ...]
    day: date
    at: datetime
    late: bool = False


@record
class Open:
    door: str
    at: datetime


def decide(command: Open, state: int) -> list[Opened]:
    if state:
        raise Refused("open", "门已打开")
    part = Part(name="锁", days=3)
    return [Opened(door=command.door, colour=Colour.RED, parts=(part,), day=date(2026, 11, 23), at=command.at)]


CODEC = Codec("house", [Opened], versions={"Opened": 2})
DOOR = Subject(Decider(0, decide, lambda state, event: state + 1), CODEC, claims=lambda e: [Claim("door", e.door)], to=lambda e: "511500")


async def test_a_command_becomes_events_and_comes_back_as_the_same_records() -> None:
    log = MemoryLogs("house", ["511525"]).of("511525")
    await log.append(DOOR.intent("door:1", Open(door="1", at=AT), actor="C1"))
    (event,) = await log.stream("door:1")
    assert (event.type, event.to, event.time, event.correlationid) == ("liandong.house.Opened.v2", "511500", AT, "door:1")
    assert CODEC.decode(event) == decide(Open(door="1", at=AT), 0)[0]
    assert DOOR.state([event]) == 1
    with pytest.raises(Refused):
        await log.append(DOOR.intent("door:1", Open(door="1", at=AT), actor="C1"))
    with pytest.raises(Claimed):
        await log.append(DOOR.intent("door:2", Open(door="1", at=AT), actor="C1"))


async def test_a_field_added_later_has_its_default_and_a_field_unknown_is_passed_over() -> None:
    log = MemoryLogs("house", ["511525"]).of("511525")
    await log.append(DOOR.intent("door:1", Open(door="1", at=AT), actor="C1"))
    (event,) = await log.stream("door:1")
    older = msgspec.json.decode(event.data)
    del older["late"]
    newer = {**older, "weight": 7}
    for data in (older, newer):
        assert CODEC.decode(msgspec.structs.replace(event, data=msgspec.json.encode(data))).late is False


async def test_what_cannot_be_read_says_where_it_stands() -> None:
    log = MemoryLogs("house", ["511525"]).of("511525")
    await log.append(DOOR.intent("door:1", Open(door="1", at=AT), actor="C1"))
    (event,) = await log.stream("door:1")
    for bad in (msgspec.structs.replace(event, type="liandong.house.Opened.v1"), msgspec.structs.replace(event, data=b"{}")):
        with pytest.raises(Malformed, match=r"不认识 .*v1|urn:liandong:511525:house#1 .*内容不合"):
            CODEC.decode(bad)


@pytest.mark.parametrize(
    "data",
    [
        b'{"door":"\xff\xfe","colour":"red","parts":[],"day":"2026-11-23","at":"2026-11-23T00:00:00Z"}',
        b'{"door":"1","colour":"red","parts":[{"name":"\xc3\x28"}],"day":"2026-11-23","at":"2026-11-23T00:00:00Z"}',
        b'{"door":"1","colour":"red","parts":[],"day":"2026-11-23","at":"9999-12-31T23:59:59-10:00"}',
        b'{"door":"1","colour":"red","parts":[],"day":"2026-11-23","at":"0001-01-01T00:00:00+10:00"}',
        b'{"door":"1","colour":"red","parts":[],"day":"2026-11-23","at":"2026-11-23T00:00:00"}',
        b'{"door":"1","colour":"red","parts":[{"name":"a","days":9223372036854775808}],"day":"2026-11-23","at":"2026-11-23T00:00:00Z"}',
        b'{"door":"1","colour":"red","parts":[{"name":"a","days":-9223372036854775809}],"day":"2026-11-23","at":"2026-11-23T00:00:00Z"}',
        b'{"door":"1\\u0000","colour":"red","parts":[],"day":"2026-11-23","at":"2026-11-23T00:00:00Z"}',
        b'{"door":"1","more":' + b"[" * 100_000,
        b"",
    ],
)
async def test_whatever_is_odd_in_a_payload_is_malformed_and_nothing_else(data: bytes) -> None:
    log = MemoryLogs("house", ["511525"]).of("511525")
    await log.append(DOOR.intent("door:1", Open(door="1", at=AT), actor="C1"))
    (event,) = await log.stream("door:1")
    with pytest.raises(Malformed, match="urn:liandong:511525:house#1"):
        CODEC.decode(msgspec.structs.replace(event, data=data))


async def test_instants_come_out_as_utc_and_large_numbers_in_text_stay() -> None:
    log = MemoryLogs("house", ["511525"]).of("511525")
    await log.append(DOOR.intent("door:1", Open(door="1", at=AT), actor="C1"))
    (event,) = await log.stream("door:1")
    data = (
        b'{"door":"99999999999999999999 \\\\u0000","colour":"red","parts":[{"name":"a","days":9223372036854775807}],'
        b'"day":"2026-11-23","at":"2026-11-23T08:00:00+08:00","more":99999999999999999999}'
    )
    opened = CODEC.decode(msgspec.structs.replace(event, data=data))
    assert (opened.at, opened.at.tzinfo) == (datetime(2026, 11, 23, tzinfo=UTC), UTC)
    assert (opened.door, opened.parts[0].days) == ("99999999999999999999 \\u0000", 2**63 - 1)
