"""Each fact once and in order, whatever the bus does: on real PostgreSQL, records made as a relay makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from libs.bus import Effect, Hears, Reader, parking
from libs.bus.cursors import cursors
from libs.bus.inbox import Inbox
from libs.bus.tests.listening import NODE, SOURCE, TYPE, Listener, facts, record
from libs.database import Connection
from libs.eventlog import Intent
from libs.wire import Recorded, chain_hash

pytestmark = pytest.mark.server


async def test_what_follows_a_batch_follows_its_commit(listener: Listener) -> None:
    told: list[int] = []

    async def counting(connection: Connection, events: Sequence[Recorded]) -> Sequence[Effect]:
        assert told == [], "not yet: the batch may still come to nothing"
        return await listener.apply(connection, events)

    async def away(_connection: Connection, _events: Sequence[Recorded]) -> Sequence[Effect]:
        raise ConnectionError("the database is away")

    async def after(apply: Any) -> None:
        hears = Hears("deadline", Reader({TYPE: dict}), apply, after=lambda: told.append(1))
        await Inbox(hears, listener.pool, listener.logs, listener.page).hear(await facts("a"))

    with pytest.raises(ConnectionError):
        await after(away)
    assert (told, await listener.heard()) == ([], [])
    await after(counting)
    assert (told, await listener.heard()) == ([1], ["a"])


async def test_what_comes_twice_is_heard_once(listener: Listener) -> None:
    events = await facts("a", "do b", "c")
    await listener.inbox.take([record(e) for e in events[:2]])
    await listener.inbox.take([record(e) for e in events])
    await listener.inbox.take([record(e) for e in events])
    assert await listener.heard() == ["a", "do b", "c"]
    assert len(await listener.logs.of(NODE).feed()) == 1
    assert (await cursors(listener.pool, "deadline"))[SOURCE].sequence == 3


async def test_a_gap_is_marked_and_pulled_from_the_owner(listener: Listener) -> None:
    listener.feed = events = await facts(*[f"t{n}" for n in range(1200)])
    await listener.inbox.take([record(e) for e in events[:3]])
    await listener.inbox.take([record(e) for e in events[1100:]])
    assert await listener.heard() == ["t0", "t1", "t2"]
    assert await listener.pool.fetchval("select behind from cursor")
    await listener.inbox.pull(SOURCE)
    assert await listener.heard() == [f"t{n}" for n in range(1200)]
    assert not await listener.pool.fetchval("select behind from cursor")


async def test_a_forged_record_on_the_way_does_not_pass_and_the_owner_heals_it(listener: Listener) -> None:
    listener.feed = events = await facts("a", "b", "c")
    forged = msgspec.structs.replace(events[1], prevhash="sha256:" + "1" * 64)
    await listener.inbox.take([record(events[0]), record(forged), record(events[2])])
    assert await listener.heard() == ["a"]
    await listener.inbox.pull(SOURCE)
    assert await listener.heard() == ["a", "b", "c"]


async def test_an_owner_whose_own_chain_is_broken_stops_there_with_a_reason(listener: Listener) -> None:
    events = await facts("a", "b", "c")
    other = msgspec.structs.replace(events[1], prevhash="sha256:" + "1" * 64)
    listener.feed = [events[0], msgspec.structs.replace(other, hash=chain_hash(other)), events[2]]
    await listener.inbox.take([record(e) for e in listener.feed])
    await listener.inbox.pull(SOURCE)
    assert await listener.heard() == ["a"]
    assert "接不上" in (await parking.parked(listener.pool))[0].reason


async def test_a_poisoned_record_is_parked_its_subject_waits_all_else_flows(listener: Listener) -> None:
    events = await facts("a", "bad", "after bad", "b", subjects=["1", "2", "2", "3"])
    listener.bad = {"bad"}
    await listener.inbox.take([record(e) for e in events])
    assert await listener.heard() == ["a", "b"]
    waiting = await parking.parked(listener.pool)
    assert [(row.sequence, row.subject) for row in waiting] == [(2, "2"), (3, "2")]
    assert waiting[0].reason.startswith("处理时出错（")
    assert "cannot read bad" in waiting[0].reason
    assert await listener.inbox.retry() == (0, 2)
    listener.bad = set()
    assert await listener.inbox.retry() == (2, 0)
    assert await listener.heard() == ["a", "b", "bad", "after bad"]


async def test_a_dismissed_record_lets_the_others_of_its_subject_go(listener: Listener) -> None:
    events = await facts("bad", "later", "latest", subjects=["2", "2", "2"])
    listener.bad = {"bad"}
    await listener.inbox.take([record(e) for e in events[:2]])
    first = (await parking.parked(listener.pool))[0].parked
    assert await parking.dismiss(listener.pool, [first]) == 1
    await listener.inbox.take([record(events[2])])
    assert await listener.inbox.retry() == (2, 0)
    assert await listener.heard() == ["later", "latest"]


@pytest.mark.parametrize(
    "damage",
    [{"ce_source": b"\xff\xfe"}, {"ce_sequence": b"x"}, {"ce_time": b"yesterday"}, {"ce_specversion": b"2.0"}],
)
async def test_a_record_that_names_no_origin_is_parked_by_its_place(listener: Listener, damage: dict[str, bytes]) -> None:
    events = await facts("a", "b")
    await listener.inbox.take([record(events[0]), record(events[1], **damage)])
    await listener.inbox.take([record(events[1], **damage)])
    waiting = await parking.parked(listener.pool)
    assert [(row.topic, row.partition, row.offset, row.source) for row in waiting] == [("t", 0, 2, "")]
    await listener.inbox.take([record(events[1])])
    assert await listener.heard() == ["a", "b"]


async def test_a_newer_version_of_a_known_type_is_parked_an_unknown_type_is_skipped(listener: Listener) -> None:
    newer = await facts("a", kind="liandong.example.Said.v2")
    await listener.inbox.take([record(e) for e in newer])
    assert "比本版本新" in (await parking.parked(listener.pool))[0].reason
    assert await listener.heard() == []


async def test_a_refused_command_is_an_answer_not_a_fault(listener: Listener) -> None:
    events = await facts("do 1", "do 2", "do 3", "d", subjects=["x", "x", "x", "y"])
    await listener.inbox.take([record(e) for e in events])
    assert len(await listener.logs.of(NODE).stream("clock:x")) == 2
    assert await parking.parked(listener.pool) == []
    assert await listener.heard() == ["do 1", "do 2", "do 3", "d"]


async def test_after_a_crash_between_command_and_cursor_nothing_is_doubled(listener: Listener) -> None:
    events = await facts("do 1")
    kept = listener.inbox.applier.effects

    async def crash(effects: Sequence[Effect]) -> None:
        await kept(effects)
        raise OSError("the line went down")

    listener.inbox.applier.effects = crash  # type: ignore[method-assign]
    with pytest.raises(OSError, match="line"):
        await listener.inbox.take([record(e) for e in events])
    listener.inbox.applier.effects = kept  # type: ignore[method-assign]
    await listener.inbox.take([record(e) for e in events])
    assert await listener.heard() == ["do 1"]
    feed = await listener.logs.of(NODE).feed()
    assert [event.causationid for event in feed] == [events[0].id]


async def test_a_person_who_sends_the_key_of_the_bus_suppresses_nothing(listener: Listener) -> None:
    taken = f"inbox:deadline:{SOURCE}:1:1:1"
    await listener.logs.of(NODE).append(Intent(subject="theirs", decide=listener.decide, actor="C1", key=taken, digest="d"))
    events = await facts("do a")
    await listener.inbox.take([record(event) for event in events])
    await listener.inbox.take([record(event) for event in events])
    assert [event.subject for event in await listener.logs.of(NODE).feed()] == ["theirs", "clock:case-0"]
    assert await listener.pool.fetchval("select count(*) from parked") == 0
