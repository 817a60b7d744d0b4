"""The city's consumer on real PostgreSQL, fed with what links send: chains, signed words, and what does not fit."""

from __future__ import annotations

import msgspec
import pytest

from libs.testkit.house import COUNTY, TOWN
from libs.wire import chain_hash, genesis
from services.hub.events import KeyRegistered, NodeRegistered
from services.hub.tests.county import AT, CODES, KEY, OTHER, City, carried, feed, filed, forged, knowing_one_county, of, record, word
from services.hub.views import city as city_views

pytestmark = pytest.mark.server


async def test_a_registry_told_again_says_nothing_new(database: str) -> None:
    for _ in range(2):
        async with knowing_one_county(database) as city:
            nodes, (key,) = await city.house.all(NodeRegistered), await city.house.all(KeyRegistered)
            assert ([node.node for node in nodes], {node.site for node in nodes} | {key.site}) == ([COUNTY, TOWN], {COUNTY})


async def test_nothing_is_applied_beyond_a_verified_checkpoint(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    await city.take(*map(carried, events))
    assert await city.numbers() == []
    await city.take(word(1, events[1]))
    assert await city.numbers() == ["c1", "c2"]
    await city.take(word(2, events[2]))
    assert await city.numbers() == ["c1", "c2", "c3"]
    assert (await city.verified())["verified"]


async def test_a_batch_that_comes_again_changes_nothing(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), *of("c1", "CaseClosed"))
    records = [*map(carried, events), word(1, events[-1])]
    for _ in range(3):
        await city.take(*records)
    (node,) = [n for n in await city_views.nodes(city.inside, CODES, AT) if n["code"] == COUNTY]
    assert (node["filed"], node["finished"], node["open"], node["events"]) == (2, 1, 1, 3)
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
    assert (await city.verified())["verified"]


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
    assert not (await city.verified())["verified"]


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
    assert await city.inside.fetchval("select counter from city_node where node = $1", COUNTY) == 6


async def test_what_is_no_event_is_evidence_by_its_place(city: City) -> None:
    await city.take(record(b"k", b"{}", [("ce_type", b"x")]), record(b"k", b"\xff", [("ce_type", b"liandong.checkpoint.v1")]))
    assert [kind for kind, _ in await city.evidence()] == ["malformed", "malformed"]


async def test_facts_of_one_case_may_come_in_any_order_over_its_feeds(city: City) -> None:
    card = {"case": "c1", "card": "k", "colour": "red", "clock_kind": "promised", "officer": "C1", "due_at": "2026-11-22T16:00:00Z"}
    cards = await feed(("CardIssued", card), service="supervision")
    clocks = await feed(*of("c1", "ClockRed"), service="deadline")
    events = await feed(filed("c1", item="511B"))
    await city.take(*map(carried, [*cards, *clocks]), word(1, cards[0], clocks[0]))
    await city.take(*map(carried, events), word(2, cards[0], clocks[0], events[0]))
    rows = await city.inside.fetch("select item, kind, n from city_day order by kind")
    assert [tuple(row) for row in rows] == [("511B", "filed", 1), ("511B", "red", 1)]
    found = await city_views.case(city.inside, "c1")
    assert found is not None
    assert (found["case"]["red"], found["case"]["yellow"], found["case"]["phase"]) == (True, True, "filed")


async def test_a_reader_waits_for_what_the_city_has_verified(city: City) -> None:
    events = await feed(filed("c1"))
    assert not await city.reached(events[0])
    await city.take(*map(carried, events), word(1, events[0]))
    assert await city.reached(events[0])


async def test_a_first_event_with_a_previous_one_is_not_a_beginning(city: City) -> None:
    (event,) = await feed(filed("c1"))
    assert event.prevhash == genesis()
    changed = msgspec.structs.replace(event, prevhash="sha256:" + "1" * 64)
    changed = msgspec.structs.replace(changed, hash=chain_hash(changed))
    await city.take(carried(changed))
    assert await city.evidence() == [("tampered", 1)]
