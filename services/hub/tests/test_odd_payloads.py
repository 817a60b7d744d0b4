"""A signed event with an odd payload becomes `not-shown`, it alone: the rest of its feed and all other feeds flow."""

from __future__ import annotations

import random
from collections.abc import Sequence

import asyncpg
import msgspec
import pytest

from libs.testkit.house import COUNTY, TOWN
from libs.testkit.neighbours import sample
from libs.wire import Recorded, chain_hash
from services.hub.inbox import READER
from services.hub.tests.county import City, carried, feed, filed, of, word

pytestmark = pytest.mark.server
SEED = 20261128
CARD = b'{"case":"c9","card":"k","colour":"red","clock_kind":"a","department":"b","post":"c","officer":"d","due_at":"%s"}'
FINDING = b'{"case":"c9","finding":"f","detector":"d","rule_version":%s,"evidence":["%s"]}'
DEEP = b"[" * 100_000 + b"]" * 100_000

ODD: list[tuple[str, str, bytes]] = [
    ("intake", "CaseFiled", b'{"case":"c9","pinned":{"item":"a","item_name":"\xff\xfe"}}'),
    ("intake", "CaseFiled", b'{"case":"c9\xc3","pinned":{"item":"a","item_name":"b"}}'),
    ("intake", "CaseFiled", b'{"case":"c9","pinned":{"item":"a","item_name":"\\ud800"}}'),
    ("intake", "CaseFiled", b'{"case":"c9","pinned":{"item":"a","item_name":"nul\\u0000"}}'),
    ("intake", "CaseClosed", b'{"case":"c9","deep":' + DEEP + b"}"),
    ("intake", "ClocksSuspended", b'{"case":"c9","number":1' + b"0" * 40 + b"}"),
    ("deadline", "ClockStarted", b'{"case":"c9","clock":"k","kind":"a","label":"b","due_at":"9999-12-31T23:59:59-10:00"}'),
    ("deadline", "ClockStarted", b'{"case":"c9","clock":"k","kind":"a","label":"b","due_at":"0001-01-01T00:00:00+10:00"}'),
    ("deadline", "ClockResumed", b'{"case":"c9","clock":"k","due_at":"9999-12-31T23:59:59-00:01"}'),
    ("deadline", "ClockYellow", b'{"case":"c9","clock":"k","kind":"\xed\xa0\x80"}'),
    ("supervision", "CardIssued", CARD % b"9999-12-31T23:59:59-10:00"),
    ("supervision", "FindingRaised", FINDING % (b"3000000000", b"x#1#1")),
    ("supervision", "FindingRaised", FINDING % (b"-3000000000", b"x#1#1")),
    ("supervision", "FindingRaised", FINDING % (b"1" + b"0" * 30, b"x#1#1")),
    ("supervision", "FindingRaised", FINDING % (b"1", b"\xff")),
]


def mixed(sound: Sequence[Recorded], odd: Sequence[tuple[str, bytes]]) -> list[Recorded]:
    """A feed in which every second event has an odd type and payload."""
    events: list[Recorded] = []
    for n, event in enumerate(sound):
        kind, data = odd[n // 2] if n % 2 else (event.type, event.data)
        changed = msgspec.structs.replace(event, type=kind, data=data, prevhash=events[-1].hash if events else event.prevhash)
        events.append(msgspec.structs.replace(changed, hash=chain_hash(changed)))
    return events


@pytest.mark.parametrize("which", range(len(ODD)))
async def test_one_signed_event_with_an_odd_payload_stops_nobody(city: City, which: int) -> None:
    service, name, data = ODD[which]
    events = mixed(await feed(filed("c1"), filed("c2"), filed("c3")), [(f"liandong.{service}.{name}.v1", data)])
    town = await feed(filed("t1"), node=TOWN)
    await city.take(*map(carried, [*events, *town]), word(1, events[-1]), word(1, town[-1], node=TOWN))
    assert await city.numbers() == ["c1", "c3", "t1"]
    assert await city.evidence() == [("not-shown", 2)]
    assert await city.verified() == {"verified": True, "events": 4, "waiting": 0, "faults": []}


async def test_what_the_database_alone_cannot_take_is_found_event_by_event(city: City, database: str) -> None:
    owner = await asyncpg.connect(database)
    await owner.execute("alter table hub.city_case add constraint odd check (item_name is distinct from 'odd')")
    await owner.close()
    odd = [("liandong.intake.CaseFiled.v1", b'{"case":"c9","pinned":{"item":"a","item_name":"odd"}}')] * 3
    events = mixed(await feed(*(filed(f"c{n}") for n in range(7))), odd)
    town = await feed(filed("t1"), node=TOWN)
    await city.take(*map(carried, [*events, *town]), word(1, events[-1]), word(1, town[-1], node=TOWN))
    assert await city.numbers() == ["c0", "c2", "c4", "c6", "t1"]
    assert await city.evidence() == [("not-shown", 2), ("not-shown", 4), ("not-shown", 6)]


async def test_bent_payloads_of_every_fact_are_shown_or_named(city: City) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    odd = []
    for kind in sorted(READER.types) * 6:
        data = bytearray(msgspec.json.encode(sample(kind.split(".")[1], kind.split(".")[2])))
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        odd.append((kind, bytes(data)))
    events = mixed(await feed(*(filed(f"n{n:03d}") for n in range(2 * len(odd)))), odd)
    for start in range(0, len(events), 60):
        part = events[start : start + 60]
        await city.take(*map(carried, part), word(start + 1, part[-1]))
    assert await city.reached(events[-1])
    assert [number for number in await city.numbers() if number.startswith("n")] == [f"n{n:03d}" for n in range(0, len(events), 2)]


@pytest.mark.parametrize("data", [b'{"case":"\xff"}', b'{"case":' + DEEP + b"}", b'{"case":"c1","n":1' + b"0" * 60 + b"}"])
async def test_the_page_of_a_case_shows_an_odd_payload_empty(city: City, data: bytes) -> None:
    events = mixed(await feed(filed("511525-20261123-000001-7"), *of("511525-20261123-000001-7", "StepDone")), [("x.y.Odd.v1", data)])
    await city.take(*map(carried, events), word(1, events[-1]))
    found = await city.get("/cases/511525-20261123-000001-7")
    assert [entry["sequence"] for entry in found["timeline"]] == [1, 2]
    assert (await city.state(COUNTY)) == "live"
