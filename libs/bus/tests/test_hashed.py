"""A consumer hashes what it hears: bytes that are not the hashed ones are never applied, on the way or from their owner (docs/wire.md)."""

from __future__ import annotations

import msgspec
import pytest

from libs.bus import parking
from libs.bus.cursors import cursors
from libs.bus.tests.listening import SOURCE, Listener, facts, record
from libs.wire import Position, Recorded

pytestmark = pytest.mark.server


def changed(event: Recorded) -> Recorded:
    """The event with other bytes than those that were hashed, and everything else as it was."""
    return msgspec.structs.replace(event, data=b"forged")


async def at(listener: Listener) -> Position:
    return (await cursors(listener.pool, "deadline"))[SOURCE]


@pytest.mark.parametrize("n", [0, 1, 2])
async def test_bytes_changed_on_the_way_are_not_applied_and_the_owner_heals_it(listener: Listener, n: int) -> None:
    listener.feed = events = await facts("a", "b", "c")
    arriving = [*events]
    arriving[n] = changed(events[n])
    await listener.inbox.take([record(event) for event in arriving])
    assert await listener.heard() == ["a", "b", "c"][:n]
    assert await listener.pool.fetchval("select behind from cursor")
    await listener.inbox.pull(SOURCE)
    assert await listener.heard() == ["a", "b", "c"]
    assert not await listener.pool.fetchval("select behind from cursor")
    assert await parking.parked(listener.pool) == []


async def test_a_changed_copy_of_what_was_heard_is_dropped(listener: Listener) -> None:
    events = await facts("a", "b")
    await listener.inbox.take([record(event) for event in events])
    await listener.inbox.take([record(changed(events[0]))])
    assert await listener.heard() == ["a", "b"]
    assert not await listener.pool.fetchval("select behind from cursor")


async def test_bytes_that_are_changed_at_their_owners_stop_the_feed_there_with_a_reason(listener: Listener) -> None:
    events = await facts("a", "b", "c")
    listener.feed = [events[0], changed(events[1]), events[2]]
    await listener.inbox.take([record(event) for event in listener.feed])
    await listener.inbox.pull(SOURCE)
    assert await listener.heard() == ["a"]
    (row,) = await parking.parked(listener.pool)
    assert (row.sequence, "哈希" in row.reason) == (2, True)
    listener.feed = events
    await listener.inbox.pull(SOURCE)
    assert await listener.heard() == ["a", "b", "c"], "the owner was mended: what was parked for it does not hold its subject"
    assert await parking.parked(listener.pool) == []


async def test_the_first_event_of_a_feed_follows_nothing(listener: Listener) -> None:
    listener.feed = events = await facts("a", "b")
    cut = msgspec.structs.replace(events[1], sequence=1)
    await listener.inbox.take([record(cut)])
    assert await listener.heard() == []
    await listener.inbox.pull(SOURCE)
    assert await listener.heard() == ["a", "b"]
