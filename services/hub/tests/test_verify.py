"""The archive held against what was signed: what is missing is found, whatever else was cut with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from libs.testkit.house import COUNTY
from libs.wire import public_of
from services.hub.inbox.registering import revoke
from services.hub.tests.county import AT, KEY, City, carried, feed, filed, of, word

pytestmark = pytest.mark.server


@pytest.fixture
async def owner(database: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(database, server_settings={"search_path": "hub"})
    yield connection
    await connection.close()


async def faults(city: City) -> list[tuple[str, int]]:
    found = await city.get("/verify")
    assert found["verified"] is (not found["faults"])
    return [(fault["source"].rpartition(":")[2], fault["sequence"]) for fault in found["faults"]]


async def test_an_archive_that_was_cut_is_found_though_its_position_was_cut_with_it(city: City, owner: Any) -> None:
    events = await feed(filed("c1"), filed("c2"), filed("c3"))
    await city.take(*map(carried, events), word(1, events[2]))
    assert await faults(city) == []
    await owner.execute("delete from archive where sequence > 1")
    assert await faults(city) == [("intake", 2)]
    await owner.execute("update city_feed set verified = 1, verified_hash = $1", events[0].hash)
    assert await faults(city) == [("intake", 2)]


async def test_more_may_ask_at_once_than_there_are_connections(city: City) -> None:
    """Nobody holds one while they wait for another."""
    events = await feed(filed("c1"))
    await city.take(*map(carried, events), word(1, events[0]))
    found = await asyncio.gather(*(city.verified() for _ in range(2 * city.pool.get_max_size())))
    assert {one["events"] for one in found} == {1}


async def test_a_signed_feed_that_is_missing_is_named(city: City, owner: Any) -> None:
    events, clocks = await feed(filed("c1")), await feed(*of("c1", "ClockRed"), service="deadline")
    await city.take(*map(carried, [*events, *clocks]), word(1, events[0], clocks[0]))
    await owner.execute("delete from archive where feed = (select feed from city_feed where source like '%deadline')")
    await owner.execute("delete from city_feed where source like '%deadline'")
    assert await faults(city) == [("deadline", 1)]


async def test_a_word_ahead_of_its_events_is_a_fault_until_they_come(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    await city.take(carried(events[0]), word(1, events[1]))
    assert await faults(city) != []
    await city.take(carried(events[1]))
    assert await faults(city) == []


async def test_a_newest_word_that_was_removed_is_missed(city: City, owner: Any) -> None:
    events = await feed(filed("c1"))
    await city.take(*map(carried, events), word(1, events[0]))
    await owner.execute("delete from checkpoint")
    assert (COUNTY, 1) in await faults(city)


async def test_a_registry_that_says_something_else_than_its_log_is_found(city: City, owner: Any) -> None:
    events = await feed(filed("c1"))
    await city.take(*map(carried, events), word(1, events[0]))
    await owner.execute("update registry_node set site = '511526' where node = $1", COUNTY)
    assert ("hub", 0) in await faults(city)


async def test_a_key_revoked_while_the_city_runs_is_honoured_at_once(city: City) -> None:
    events = await feed(filed("c1"), filed("c2"))
    await city.take(carried(events[0]), word(1, events[0]))
    key = public_of(KEY)[0]
    await revoke(city.log, city.pool, key, AT)
    await revoke(city.log, city.pool, key, AT)
    await city.take(carried(events[1]), word(2, events[1]))
    assert await city.numbers() == ["c1"]
    assert await city.evidence() == [("checkpoint", 2)]
