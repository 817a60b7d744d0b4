"""Unsigned records are candidates: a checkpoint's hash chooses among them, whoever came first (docs/wire.md)."""

from __future__ import annotations

import msgspec
import pytest

from libs.testkit.house import COUNTY, TOWN
from libs.wire import Position, Recorded, chain_hash
from services.hub.inbox import CityStream
from services.hub.inbox.candidates import ALIKE, MOST_BYTES
from services.hub.inbox.feed import FARTHEST
from services.hub.tests.county import AT, City, carried, feed, filed, forged, knowing_one_county, word

pytestmark = pytest.mark.server


def false_chain(events: list[Recorded], after: Recorded | None = None) -> list[Recorded]:
    """A forger's chain under the same numbers, each hash fitting."""
    made: list[Recorded] = []
    for event in events:
        before = made[-1] if made else after
        made.append(forged(event, event.data.replace(b"511A", b"511X"), before))
    return made


async def test_a_forged_first_comer_does_not_displace_the_true_record(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    false = false_chain(events[1:], events[0])
    await city.take(carried(events[0]), *map(carried, false))
    await city.take(*map(carried, events[1:]))
    await city.take(word(1, events[2]))
    assert await city.numbers() == ["c1", "c2", "c3"]
    assert await city.evidence() == [("not-on-the-chain", 2), ("not-on-the-chain", 3)]
    assert await city.verified() == {"verified": True, "events": 3, "waiting": 0, "faults": []}


async def test_a_record_under_another_number_than_the_signed_one_is_not_the_record_that_was_signed(city: City) -> None:
    """A signer's word that names the hash of number 2 as number 3: what is chosen would never be whole, and be tried for ever."""
    events = await feed(filed("c1"), filed("c2"))
    twice = forged(msgspec.structs.replace(events[1], id="again"), events[1].data, events[1])
    await city.take(carried(events[0]), word(1, events[0]))
    await city.take(carried(events[1]), carried(twice), word(2, msgspec.structs.replace(twice, sequence=3)))
    assert (await city.state(), await city.numbers()) == ("gap", ["c1"])


async def test_the_true_record_wins_within_one_fetch_too(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    false = false_chain(events)
    await city.take(*map(carried, [*false, *events]), word(1, events[2]))
    assert await city.numbers() == ["c1", "c2", "c3"]
    assert await city.state() == "live"


async def test_a_true_record_that_came_behind_a_hole_is_kept_for_its_turn(city: City) -> None:
    events = await feed(*(filed(f"c{n}") for n in range(6)))
    await city.take(carried(events[0]), *map(carried, events[3:]), word(1, events[5]))
    assert await city.state() == "gap"
    await city.take(*map(carried, events[1:3]))
    assert await city.numbers() == [f"c{n}" for n in range(6)]
    assert await city.state() == "live"


async def test_candidates_outlive_a_restart(database: str) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    async with knowing_one_county(database) as city:
        await city.take(*map(carried, [*false_chain(events), *events]))
    async with knowing_one_county(database) as city:
        await city.take(word(1, events[2]))
        assert await city.numbers() == ["c1", "c2", "c3"]


async def test_two_members_hold_the_candidates_together(city: City) -> None:
    events = await feed(*(filed(f"c{n}") for n in range(4)))
    other = CityStream(city.pool, lambda: AT)
    await city.take(*map(carried, events[:2]))
    await other.take([*map(carried, events[2:])])
    await city.take(word(1, events[3]))
    assert await city.numbers() == ["c0", "c1", "c2", "c3"]


async def test_only_what_a_checkpoint_chose_stands_in_the_archive(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    await city.take(*map(carried, events), word(1, events[0]))
    assert [event.sequence for event in await city.archived()] == [1]


async def test_an_epoch_that_is_not_in_the_registry_is_evidence(city: City) -> None:
    (event,) = await feed(filed("c1"))
    for changes in ({"epoch": 7}, {"source": f"urn:liandong:{COUNTY}:nonsense"}):
        odd = msgspec.structs.replace(event, **changes)
        odd = msgspec.structs.replace(odd, hash=chain_hash(odd))
        await city.take(carried(odd), word(1, odd))
        assert await city.evidence() != []
    assert await city.numbers() == []
    assert {kind for kind, _ in await city.evidence()} == {"unknown-epoch"}
    assert await city.inside.fetchval("select count(*) from city_feed where epoch = 7 or source like '%nonsense'") == 0
    await city.take(carried(event), word(9, event))
    assert await city.numbers() == ["c1"]


async def test_a_number_far_ahead_that_nobody_signed_is_no_gap(city: City) -> None:
    (event,) = await feed(filed("c1"))
    far = msgspec.structs.replace(event, sequence=2**62, prevhash="sha256:" + "1" * 64)
    far = msgspec.structs.replace(far, hash=chain_hash(far))
    await city.take(carried(far), carried(event), word(1, event))
    assert await city.state() == "live"
    assert (await city.verified())["verified"]


async def test_two_signed_histories_are_a_fork_however_far_apart_their_numbers_are(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    other, town = false_chain(events), await feed(filed("t1"), node=TOWN)
    await city.take(carried(events[0]), word(1, events[0]))
    await city.take(*map(carried, other), word(2, other[2]), carried(town[0]), word(1, town[0], node=TOWN))
    assert await city.state() == "forked"
    assert ("fork", 1) in await city.evidence()
    assert await city.numbers() == ["c1", "t1"]


async def test_a_feed_whose_whole_fetch_is_off_the_signed_chain_is_dropped_and_the_fetch_is_done(city: City) -> None:
    """What was just taken in of a feed and what is dropped of it meet in one batch, beside a feed that did not move."""
    events, town = await feed(filed("c1"), filed("c2")), await feed(filed("t1"), node=TOWN)
    await city.take(*map(carried, town), word(1, town[0], node=TOWN))
    await city.take(*map(carried, false_chain(events)), word(1, events[1]), carried(town[0]), word(2, town[0], node=TOWN))
    assert await city.numbers() == ["t1"]
    assert await city.evidence() == [("not-on-the-chain", 2)]
    await city.take(*map(carried, events), word(2, events[1]))
    assert await city.numbers() == ["c1", "c2", "t1"]


async def test_a_line_about_a_feed_that_sent_nothing_yet_is_no_gap(city: City) -> None:
    events = await feed(filed("c1"))
    source = f"urn:liandong:{COUNTY}:catalogue"
    nothing = msgspec.structs.replace(events[0], source=source, sequence=0, hash=Position(source, 1, 0, "sha256:" + "0" * 64).hash)
    await city.take(carried(events[0]), word(1, events[0], nothing))
    assert await city.state() == "live"


def variants(event: Recorded, count: int) -> list[Recorded]:
    """Other records under the number of `event`, each hash fitting."""
    return [forged(event, b'{"case":"forged-%d"}' % n) for n in range(count)]


async def test_of_one_number_only_so_many_candidates_are_kept_and_the_rest_is_said_once(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    await city.take(carried(events[0]), word(1, events[0]))
    for _ in range(2):
        await city.take(*map(carried, variants(events[1], 3 * ALIKE)))
    assert await city.inside.fetchval("select count(*) from candidate") == ALIKE
    assert await city.evidence() == [("too-many", 1)]
    await city.take(carried(events[1]), word(2, events[1]))
    assert await city.numbers() == ["c1", "c2"]
    assert await city.inside.fetchval("select count(*) from candidate") == 0
    assert await city.inside.fetchval("select held from city_feed") == 0


async def test_of_one_feed_only_so_many_bytes_are_kept_and_the_nearest_numbers_stay(city: City) -> None:
    events = await feed(*(filed(f"c{n}") for n in range(3)))
    large = b'"' + b"x" * 250_000 + b'"'
    flood = [forged(msgspec.structs.replace(events[2], sequence=n), large) for n in range(1000, 1000 + MOST_BYTES // len(large) + 10)]
    for start in range(0, len(flood), 100):
        await city.take(*map(carried, flood[start : start + 100]))
    await city.take(*map(carried, events))
    stored = await city.inside.fetchval("select sum(octet_length(data) + 600) from candidate")
    assert await city.inside.fetchval("select held from city_feed") == stored <= MOST_BYTES
    assert ("too-many", 0) in await city.evidence()
    await city.take(word(1, events[2]))
    assert await city.numbers() == ["c0", "c1", "c2"]


async def test_a_number_far_ahead_is_not_kept_at_all(city: City) -> None:
    (event,) = await feed(filed("c1"))
    far = [forged(msgspec.structs.replace(event, sequence=FARTHEST + n), event.data, event) for n in range(1, 20)]
    await city.take(*map(carried, far))
    assert await city.inside.fetchval("select count(*) from candidate") == 0
    assert await city.evidence() == [("too-many", 0)]
