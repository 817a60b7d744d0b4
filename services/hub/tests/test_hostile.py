"""Records that mean harm or are merely broken: one clear piece of evidence, nothing half done, everything else flows."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import asyncpg
import msgspec
import pytest

from libs.testkit.house import COUNTY, TOWN
from libs.wire import Recorded, chain_hash, public_of, signed_by, to_headers
from services.hub.inbox import CityStream
from services.hub.tests.county import AT, CODES, KEY, City, carried, feed, filed, forged, record, word
from services.hub.views import archive
from services.hub.views import city as city_views

pytestmark = pytest.mark.server
SEED = 20261123


def with_header(event: Recorded, name: str, value: bytes) -> Any:
    return record(event.node.encode(), event.data, [(key, value if key == name else old) for key, old in to_headers(event)])


BROKEN = [
    ("ce_source", b"urn:liandong:511525"),
    ("ce_source", b"urn:liandong:511525:intake:more"),
    ("ce_source", b""),
    ("ce_epoch", b"99999999999"),
    ("ce_epoch", b"-1"),
    ("ce_epoch", " １".encode()),
    ("ce_sequence", b"99999999999999999999"),
    ("ce_sequence", b"00000000000000000000"),
    ("ce_sequence", b"1"),
    ("ce_time", b"2026-W48-1T01:02:03.000004Z"),
    ("ce_time", b"2026-11-31T01:02:03.000004Z"),
    ("ce_subject", b"a\nactor:somebody-else"),
    ("ce_subject", b"nul\0"),
    ("ce_actor", b"\xff\xfe"),
    ("ce_specversion", b"2.0"),
]


async def test_a_broken_record_is_evidence_and_its_neighbours_flow(city: City) -> None:
    (bad,), town = await feed(filed("c1")), await feed(*(filed(f"t{n:02d}") for n in range(len(BROKEN))), node=TOWN)
    for n, ((name, value), good) in enumerate(zip(BROKEN, town, strict=True), 1):
        await city.take(with_header(bad, name, value), carried(good), word(n, good, node=TOWN))
        assert [kind for kind, _ in await city.evidence()] == ["malformed"] * n, (name, value)
        assert len(await city.numbers()) == n, (name, value)


async def test_a_forged_checkpoint_with_impossible_numbers_stops_nobody(city: City) -> None:
    events = await feed(*(filed(f"c{n}") for n in range(4)))
    for n, (counter, event) in enumerate(zip((b"9" * 30, b"0", b"-1", b"1e3"), events, strict=True), 1):
        good = word(n, event)
        bad = record(good.key, good.value.replace(b"counter:%d" % n, b"counter:" + counter), good.headers)
        await city.take(bad, carried(event), good)
        assert len(await city.numbers()) == n, counter
    assert [kind for kind, _ in await city.evidence()] == ["malformed"] * 4


async def test_whatever_is_changed_on_the_way_the_batch_is_done_and_the_true_records_heal_it(city: City) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    events = await feed(*(filed(f"c{n}") for n in range(40)))
    true = [*map(carried, events), word(1, events[-1])]
    bent = []
    for one in true * 4:
        headers = list(one.headers)
        at = chance.randrange(len(headers))
        name, value = headers[at]
        headers[at] = chance.choice(
            [(name, None), (name, b""), (name, value[::-1]), (name, chance.randbytes(len(value))), (name[1:], value)]
        )
        bent.append(record(one.key, chance.choice([one.value, one.value[:-1], None]), headers))
    await city.take(*bent)
    assert await city.numbers() == []
    await city.take(*true)
    await city.take(*bent, *true)
    assert len(await city.numbers()) == 40
    assert (await city.verified())["verified"]


UNSHOWABLE: list[tuple[str, str, Any]] = [
    ("intake", "CaseFiled.v1", b'{"case":"c\\u00009","pinned":{"item":"a","item_name":"b"}}'),
    ("intake", "CaseFiled.v1", b'{"case":5,"pinned":{"item":"a","item_name":"b"}}'),
    ("intake", "CaseFiled.v1", b'{"case":"c9"}'),
    ("intake", "CaseFiled.v1", b'{"case":"' + b"9" * 5000 + b'","pinned":{"item":"a","item_name":"b"}}'),
    ("intake", "CaseFiled.v2", b'{"case":"c9","pinned":{"item":"a","item_name":"b"}}'),
    ("intake", "CaseClosed.v1", b""),
    ("intake", "CaseClosed.v1", b"[1]"),
    ("intake", "CaseClosed.v1", b"\xff\xfe"),
    ("deadline", "ClockStarted.v1", b'{"case":"c9","clock":"k","kind":"promised","due_at":"2026-11-22T16:00:00"}'),
    ("deadline", "ClockStarted.v1", b'{"case":"c9","kind":"promised"}'),
    ("supervision", "CardIssued.v1", b'{"case":"c9","card":"k","colour":"red"}'),
    ("supervision", "CardIssued.v1", b'{"case":"c9","card":"k","colour":"pink","due_at":"2026-11-22T16:00:00Z"}'),
    ("supervision", "FindingRaised.v1", b'{"case":"c9"}'),
]


async def test_a_signed_event_the_city_cannot_show_is_archived_and_named(city: City) -> None:
    """Known type, newer version, or cannot be applied: the rest of its feed is shown."""
    facts = [("CaseDecided", {"case": f"c{n:02d}"}) for n in range(2 * len(UNSHOWABLE))]
    events: list[Recorded] = []
    for n, event in enumerate(await feed(*facts)):
        service, name, data = UNSHOWABLE[n // 2]
        kind, payload = (f"liandong.{service}.{name}", data) if n % 2 else (event.type, event.data)
        changed = msgspec.structs.replace(event, type=kind, data=payload, prevhash=events[-1].hash if events else event.prevhash)
        events.append(msgspec.structs.replace(changed, hash=chain_hash(changed)))
    await city.take(*map(carried, events), word(1, events[-1]))
    assert await city.evidence() == [("not-shown", n) for n in range(2, len(events) + 1, 2)]
    assert await city.numbers() == [f"c{n:02d}" for n in range(0, len(events), 2)]
    assert (await city.verified()) == {"verified": True, "events": len(events), "waiting": 0, "faults": []}


async def test_attributes_as_long_as_the_wire_allows_and_times_at_the_end_of_the_calendar_are_archived(city: City) -> None:
    (event,) = await feed(filed("c1"))
    noise = random.Random(SEED).randbytes(3000).hex()
    long = msgspec.structs.replace(
        event, correlationid=noise, subject="s" * 1500, time=event.time.replace(year=9999, month=12, day=31, hour=23)
    )
    long = msgspec.structs.replace(long, hash=chain_hash(long))
    await city.take(carried(long), word(1, long))
    assert await city.evidence() == [("not-shown", 1)]
    assert [found.subject for found, _ in await archive.of_case(city.inside, noise)] == [long.subject]


async def test_a_node_cannot_touch_another_nodes_case(city: City) -> None:
    events = await feed(filed("511525-1"))
    forged_close = await feed(("CaseClosed", {"case": "511525-1"}), node=TOWN)
    await city.take(*map(carried, forged_close), word(1, forged_close[0], node=TOWN))
    await city.take(*map(carried, events), word(1, events[0]))
    found = await city_views.case(city.inside, "511525-1")
    assert found is not None
    assert (found["case"]["node"], found["case"]["phase"], found["case"]["closed_at"]) == (COUNTY, "filed", None)
    (node,) = [n for n in await city_views.nodes(city.inside, CODES, AT) if n["code"] == COUNTY]
    assert (node["open"], node["finished"]) == (1, 0)


async def test_two_members_that_hold_one_origin_after_a_rebalance_count_once(city: City) -> None:
    events = await feed(*(filed(f"c{n:03d}") for n in range(200)))
    town = await feed(*(filed(f"t{n:03d}") for n in range(50)), node=TOWN)
    other = CityStream(city.pool, lambda: AT)
    for start in range(0, 200, 20):
        part = events[start : start + 20]
        records = [*map(carried, part), word(start + 1, part[-1]), *map(carried, town), word(start + 1, town[-1], node=TOWN)]
        await asyncio.gather(city.take(*records), other.take(records[::1]))
    nodes = {n["code"]: n for n in await city_views.nodes(city.inside, CODES, AT)}
    assert (nodes[COUNTY]["filed"], nodes[TOWN]["filed"]) == (200, 50)
    assert await city.evidence() == []
    assert (await city.verified())["verified"]


async def test_a_batch_that_fails_leaves_nothing_and_is_whole_when_it_comes_again(city: City, database: str) -> None:
    events = await feed(filed("c1"), filed("c2"))
    records = [*map(carried, events), word(1, events[1])]
    owner = await asyncpg.connect(database)
    await owner.execute("alter table hub.city_day rename to gone")
    with pytest.raises(asyncpg.UndefinedTableError):
        await city.take(*records)
    assert await city.inside.fetchval("select count(*) from archived") == 0
    assert await city.inside.fetchval("select count(*) from checkpoint") == 0
    assert await city.inside.fetchval("select sum(verified) from city_feed") == 0
    await owner.execute("alter table hub.gone rename to city_day")
    await owner.close()
    await city.take(*records)
    assert await city.numbers() == ["c1", "c2"]
    assert await city.reached(events[1])


async def test_a_fork_is_kept_with_both_signatures(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    await city.take(*map(carried, events), word(1, events[1]))
    await city.take(word(2, forged(events[1], b'{"case":"other"}', events[0])))
    kept = msgspec.json.decode(await city.inside.fetchval("select record from evidence where kind = 'fork'"))
    public = public_of(KEY)[1]
    assert len(kept) == 2
    assert all(signed_by(public, one["checkpoint"].encode(), one["signature"]) for one in kept)
    hashes = {line for one in kept for line in one["checkpoint"].splitlines() if line.startswith("feed:") and " 2 sha256:" in line}
    assert len(hashes) == 2


async def test_an_archive_rewritten_with_fitting_hashes_is_not_what_was_signed(city: City, database: str) -> None:
    """Whoever owns the city's database can make a chain that fits; they cannot sign for the county."""
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    await city.take(*map(carried, events), word(1, events[2]))
    before, rewritten = events[0], []
    for event in events[1:]:
        before = forged(event, event.data.replace(b"511A", b"511X"), before)
        rewritten.append(before)
    owner = await asyncpg.connect(database)
    for event in rewritten:
        sql = "update hub.archive set data = $2, prevhash = $3, hash = $4 where sequence = $1"
        await owner.execute(sql, event.sequence, event.data, event.prevhash, event.hash)
    found = await city.verified()
    assert [(fault["sequence"], fault["fault"]) for fault in found["faults"]] == [(3, "节点签过的是另一个哈希")]
    await owner.execute("delete from hub.archive where sequence = 2")
    assert (await city.verified())["faults"][0]["sequence"] == 2
    await owner.close()
