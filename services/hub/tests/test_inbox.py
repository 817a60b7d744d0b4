"""The city's consumer on real PostgreSQL, fed with what links send: chains, signed words, and what does not fit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.database import open_pool, prepare
from libs.eventlog import Act, Decision, MemoryLogs, New
from libs.host import Node, Site
from libs.wire import Checkpoint, Position, Recorded, chain_hash, checkpoint_record, genesis, public_of, to_headers
from services.hub import views_city
from services.hub.app import register
from services.hub.http import verified
from services.hub.inbox import CityStream

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
COUNTY, TOWN = "511525", "511525100"
KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
OFFSETS = count()


def record(key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Any:
    return SimpleNamespace(topic="city.stream.v1", partition=0, offset=next(OFFSETS), key=key, value=value, headers=headers)


def carried(event: Recorded) -> Any:
    return record(event.node.encode(), event.data, to_headers(event))


def word(counter: int, *events: Recorded, key: Ed25519PrivateKey = KEY, node: str = COUNTY, named: Ed25519PrivateKey = KEY) -> Any:
    """A node's checkpoint that vouches for these events; `named`: the key it claims."""
    feeds = tuple(Position(e.source, e.epoch, e.sequence, e.hash) for e in events)
    found = Checkpoint(node, counter, AT, public_of(named)[0], feeds)
    return record(*checkpoint_record(found, key, f"id-{counter}"))


def filed(number: str, item: str = "511A", imported: bool = False, ref: str = "") -> tuple[str, dict[str, Any]]:
    data: dict[str, Any] = {"case": number, "pinned": {"item": item, "item_name": "食品经营许可"}, "ref": ref, "imported": imported}
    return "CaseFiled", {**data, "instants": {"timeline": "receipt"} if ref else None}


async def feed(*facts: tuple[str, dict[str, Any]], node: str = COUNTY, service: str = "intake") -> list[Recorded]:
    """A feed with these facts."""
    log = MemoryLogs(service, [node], lambda: AT).of(node)
    for name, data in facts:
        event = New(f"liandong.{service}.{name}.v1", msgspec.json.encode(data), AT)
        decision = Decision([event])
        act = Act(subject=data["case"], decide=lambda _s, d=decision: d, actor="C1", correlation=data["case"])  # type: ignore[misc]
        await log.append(act)
    return await log.feed(limit=10_000)


def forged(event: Recorded, data: bytes, before: Recorded | None = None) -> Recorded:
    """Other bytes with a hash that fits them, behind `before`."""
    changed = msgspec.structs.replace(event, data=data, prevhash=before.hash if before else event.prevhash)
    return msgspec.structs.replace(changed, hash=chain_hash(changed))


class City:
    def __init__(self, pool: Any) -> None:
        self.pool, self.stream = pool, CityStream(pool, lambda: AT)

    async def take(self, *records: Any) -> None:
        await self.stream.take(records)

    async def numbers(self) -> list[str]:
        return [row["number"] for row in await self.pool.fetch("select number from city_case order by number")]

    async def evidence(self) -> list[tuple[str, int]]:
        return [(row["kind"], row["sequence"]) for row in await self.pool.fetch("select kind, sequence from evidence order by evidence")]

    async def state(self, node: str = COUNTY) -> str:
        return next(str(n["state"]) for n in await views_city.nodes(self.pool, AT) if n["code"] == node)


@pytest.fixture
async def city(database: str) -> AsyncIterator[City]:
    pool = await open_pool(await prepare(database, "hub"), "hub")
    key, public = public_of(KEY)
    nodes = [{"code": COUNTY, "name": "高县", "parent": "511500"}, {"code": TOWN, "name": "文江镇", "parent": COUNTY}]
    site = Site("511500", (Node("511500", "宜宾", ""),))
    told = {"sites": [{"site": COUNTY, "key": key, "public_key": public, "address": "http://county", "nodes": nodes}]}
    await register(pool, site, told)
    await register(pool, site, told)
    yield City(pool)
    await pool.close()


async def test_nothing_is_applied_beyond_a_verified_checkpoint(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    await city.take(*map(carried, events))
    assert await city.numbers() == []
    await city.take(word(1, events[1]))
    assert await city.numbers() == ["c1", "c2"]
    await city.take(word(2, events[2]))
    assert await city.numbers() == ["c1", "c2", "c3"]
    assert (await verified(city.pool))["verified"]


async def test_a_batch_that_comes_again_changes_nothing(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), ("CaseClosed", {"case": "c1"}))
    records = [*map(carried, events), word(1, events[-1])]
    for _ in range(3):
        await city.take(*records)
    (node,) = [n for n in await views_city.nodes(city.pool, AT) if n["code"] == COUNTY]
    assert (node["filed"], node["closed"], node["open"], node["events"]) == (2, 1, 1, 3)
    assert await city.evidence() == []


async def test_a_word_ahead_of_its_events_waits_and_the_gap_is_seen(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    await city.take(carried(events[0]), word(1, events[2]))
    assert await city.state() == "gap"
    assert await city.numbers() == []
    await city.take(carried(events[2]))
    await city.take(carried(events[1]), carried(events[2]), word(2, events[2]))
    assert await city.state() == "live"
    assert await city.numbers() == ["c1", "c2", "c3"]


async def test_changed_bytes_are_evidence_and_the_feed_goes_on_when_the_true_ones_come(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    bent = msgspec.structs.replace(events[1], data=b'{"case":"forged"}')
    await city.take(carried(events[0]), carried(bent), word(1, events[1]))
    assert await city.evidence() == [("tampered", 2)]
    await city.take(carried(events[1]), word(2, events[1]))
    assert await city.numbers() == ["c1", "c2"]


async def test_a_forged_chain_on_the_way_is_evidence_not_a_fork(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    false = forged(events[1], b'{"case":"forged"}', events[0])
    await city.take(carried(events[0]), word(1, events[0]), carried(false))
    await city.take(word(2, events[1]))
    assert await city.evidence() == [("not-on-the-chain", 2)]
    assert await city.state() == "gap"
    await city.take(carried(events[1]), word(3, events[1]))
    assert await city.numbers() == ["c1", "c2"]
    assert (await verified(city.pool))["verified"]


async def test_two_signed_hashes_for_one_number_are_a_fork_that_stops_its_feed_alone(city: City) -> None:
    events, town = await feed(filed("c1"), filed("c2")), await feed(filed("t1"), node=TOWN)
    await city.take(*map(carried, events), word(1, events[1]))
    other = forged(events[1], b'{"case":"other"}', events[0])
    await city.take(word(2, other))
    assert await city.state() == "forked"
    assert await city.evidence() == [("fork", 2)]
    third = (await feed(filed("c1"), filed("c2"), filed("c3")))[2]
    await city.take(carried(third), word(3, third), *map(carried, town), word(1, town[0], node=TOWN))
    assert await city.numbers() == ["c1", "c2", "t1"]
    assert not (await verified(city.pool))["verified"]


async def test_a_known_number_with_other_bytes_is_evidence(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    await city.take(*map(carried, events), word(1, events[2]))
    await city.take(carried(forged(events[0], b'{"case":"x"}')), carried(events[0]), carried(events[1]))
    assert await city.evidence() == [("other-bytes", 1)]


@pytest.mark.parametrize("who", ["unknown-node", "unknown-key", "bad-signature"])
async def test_who_is_not_known_or_not_signed_moves_nothing(city: City, who: str) -> None:
    if who == "unknown-node":
        events = await feed(filed("c1"), node="511999")
        await city.take(*map(carried, events), word(1, events[0], node="511999"))
    else:
        events = await feed(filed("c1"))
        await city.take(*map(carried, events), word(1, events[0], key=OTHER, named=OTHER if who == "unknown-key" else KEY))
    assert await city.numbers() == []
    assert len(await city.evidence()) == (2 if who == "unknown-node" else 1)


async def test_a_forged_newest_word_does_not_hide_the_true_one_before_it(city: City) -> None:
    events = await feed(filed("c1"))
    await city.take(*map(carried, events), word(1, events[0]), word(99, events[0], key=OTHER))
    assert await city.numbers() == ["c1"]


async def test_an_old_word_repeated_is_no_word(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    first = word(5, events[0])
    await city.take(*map(carried, events), first, word(6, events[1]))
    await city.take(first)
    assert await city.evidence() == []
    assert (await city.pool.fetchrow("select counter from city_node where node = $1", COUNTY))["counter"] == 6


async def test_what_is_no_event_is_evidence_by_its_place(city: City) -> None:
    await city.take(record(b"k", b"{}", [("ce_type", b"x")]), record(b"k", b"\xff", [("ce_type", b"liandong.checkpoint.v1")]))
    assert [kind for kind, _ in await city.evidence()] == ["malformed", "malformed"]


async def test_facts_of_one_case_may_come_in_any_order_over_its_feeds(city: City) -> None:
    card = {"case": "c1", "card": "k", "colour": "red", "clock_kind": "promised", "officer": "C1", "due_at": "2026-11-22T16:00:00Z"}
    red = {"case": "c1", "clock": "clock:c1:promised", "kind": "promised", "due_at": "2026-11-22T16:00:00Z"}
    cards = await feed(("CardIssued", card), service="supervision")
    clocks = await feed(("ClockRed", red), service="deadline")
    events = await feed(filed("c1", item="511B"))
    await city.take(*map(carried, [*cards, *clocks]), word(1, cards[0], clocks[0]))
    await city.take(*map(carried, events), word(2, cards[0], clocks[0], events[0]))
    rows = await city.pool.fetch("select item, kind, n from city_day order by kind")
    assert [tuple(row) for row in rows] == [("511B", "filed", 1), ("511B", "red", 1)]
    found = await views_city.case(city.pool, "c1")
    assert found is not None
    assert (found["case"]["red"], found["case"]["yellow"], found["case"]["phase"]) == (True, True, "filed")


async def test_a_reader_waits_for_what_the_city_has_verified(city: City) -> None:
    events = await feed(filed("c1"))
    assert not await city.stream.wait(events[0].source, 1, 1, 0.05)
    await city.take(*map(carried, events), word(1, events[0]))
    assert await city.stream.wait(events[0].source, 1, 1, 0.05)


async def test_a_first_event_with_a_previous_one_is_not_a_beginning(city: City) -> None:
    (event,) = await feed(filed("c1"))
    assert event.prevhash == genesis()
    changed = msgspec.structs.replace(event, prevhash="sha256:" + "1" * 64)
    changed = msgspec.structs.replace(changed, hash=chain_hash(changed))
    await city.take(carried(changed))
    assert await city.evidence() == [("tampered", 1)]
