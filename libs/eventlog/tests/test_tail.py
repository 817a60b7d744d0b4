"""The ring of what was committed last, and whoever follows a log by it: nothing is missed, nothing comes twice, nothing is read that is at hand."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from libs.database import Pool, open_pool, prepare
from libs.eventlog import Consequence, Intent, MemoryLogs, New, PgLogs, Ring, Tail, tail
from libs.wire import Recorded, genesis

AT = datetime(2026, 11, 23, tzinfo=UTC)
NODE, OTHER = "511525", "511525100"
SOURCE, OTHERS = f"urn:liandong:{NODE}:intake", f"urn:liandong:{OTHER}:intake"


def says(subject: str, text: str = "x", events: int = 1) -> Intent:
    said = [New("liandong.example.Said.v1", text.encode(), AT)] * events
    return Intent(subject=subject, decide=lambda _stream: Consequence(said), actor="C0117")


async def feed(count: int, text: str = "x") -> list[Recorded]:
    log = MemoryLogs("intake", [NODE]).of(NODE)
    await log.append(says("case-1", text, count))
    return await log.feed(limit=count)


async def test_the_ring_gives_what_lies_behind_a_position_it_has() -> None:
    ring, events = Ring(), await feed(10)
    assert ring.after(SOURCE, 1, 0, 10) is None
    ring.put(events[3:6])
    ring.put(events[6:8])
    assert ring.sources == (SOURCE,)
    assert ring.after(SOURCE, 1, 3, 100) == events[3:8]
    assert ring.after(SOURCE, 1, 5, 2) == events[5:7]
    assert ring.after(SOURCE, 1, 8, 100) == []
    for epoch, sequence in ((1, 2), (1, 9), (2, 5)):
        assert ring.after(SOURCE, epoch, sequence, 100) is None


async def test_the_ring_begins_anew_where_a_number_does_not_follow() -> None:
    ring, events = Ring(), await feed(10)
    ring.put(events[:3])
    ring.put(events[5:7])
    assert ring.after(SOURCE, 1, 3, 100) is None, "4 and 5 are in the log alone"
    assert ring.after(SOURCE, 1, 5, 100) == events[5:7]
    ring.put([msgspec.structs.replace(events[0], epoch=2)])
    assert ring.after(SOURCE, 1, 7, 100) is None
    assert [event.epoch for event in ring.after(SOURCE, 2, 0, 100) or ()] == [2]


async def test_the_ring_gives_up_its_oldest_beyond_its_bytes() -> None:
    events = await feed(5000, "x" * 1000)
    ring = Ring(most_bytes=100_000)
    for start in range(0, 5000, 7):
        ring.put(events[start : start + 7])
    kept = next(events[n:] for n in range(5000) if ring.after(SOURCE, 1, n, 5000) is not None)
    assert 30 < len(kept) < 100
    assert ring.after(SOURCE, 1, kept[0].sequence - 1, 5000) == kept
    ring.put([msgspec.structs.replace(event, sequence=event.sequence + 10_000) for event in events[:1]])
    assert ring.after(SOURCE, 1, 10_000, 5) is not None
    big = Ring(most_bytes=10)
    big.put(events[:2])
    assert (big.after(SOURCE, 1, 0, 5), big.after(SOURCE, 1, 2, 5)) == (None, [])


async def test_what_the_ring_gave_up_is_not_kept() -> None:
    events, others = await feed(100), [msgspec.structs.replace(event, source=OTHERS) for event in await feed(100)]
    before = [sys.getrefcount(event) for event in [*events, *others]]
    ring = Ring(most_bytes=10_000)
    ring.put(events)
    ring.put(others)
    held = sum(now - then for now, then in zip([sys.getrefcount(event) for event in [*events, *others]], before, strict=True))
    assert 0 < held < 10, "of many feeds each would keep what is large, and a quiet one for ever"


@pytest.fixture
async def url(database: str) -> str:
    return await prepare(database, "intake")


@pytest.fixture
async def logs(url: str) -> AsyncIterator[PgLogs]:
    made = await opened(url)
    yield made
    await made.pool.close()


async def opened(url: str) -> PgLogs:
    logs = PgLogs(await open_pool(url, "intake"), "intake", [NODE, OTHER])
    await logs.open()
    return logs


class Follower:
    """Follows a log by a `Tail`, counting its statements and moving on by what it was given."""

    def __init__(self, pool: Pool, ring: Ring | None) -> None:
        self.now, self.statements, self.at = 0.0, 0, dict[str, tuple[int, int]]()
        self.got: list[tuple[str, int]] = []
        self.pool = pool
        self.tail = Tail(ring, clock=lambda: self.now)

    async def next(self, limit: int = 1000) -> int:
        async with self.pool.acquire() as connection:

            def count(_query: Any) -> None:
                self.statements += 1

            connection.add_query_logger(count)
            events = await self.tail.next(connection, self.at, limit=limit)
            connection.remove_query_logger(count)
        self.got += [(event.source, event.sequence) for event in events]
        self.at.update({event.source: (event.epoch, event.sequence) for event in events})
        return len(events)

    def numbers(self, source: str = SOURCE) -> Sequence[int]:
        return [sequence for of, sequence in self.got if of == source]


@pytest.mark.server
async def test_no_statement_is_made_where_the_ring_answers(logs: PgLogs) -> None:
    follower = Follower(logs.pool, logs.ring)
    await logs.of(NODE).append(says("case-1"))
    await follower.next()
    before = follower.statements
    assert before > 0
    for n in range(5):
        await logs.of(NODE).append(says(f"case-{n}", events=2))
        await logs.of(OTHER).append(says(f"case-{n}"))
        await follower.next()
    assert await follower.next() == 0
    assert follower.statements == before
    assert follower.numbers() == list(range(1, 12))
    assert follower.numbers(OTHERS) == list(range(1, 6))


@pytest.mark.server
async def test_what_another_process_wrote_is_seen_at_the_next_look_and_in_order(logs: PgLogs, url: str) -> None:
    other, follower = await opened(url), Follower(logs.pool, logs.ring)
    await logs.of(NODE).append(says("case-1"))
    await follower.next()
    await other.of(NODE).append(says("case-2"))
    assert await follower.next() == 0, "not in this process's ring, and it is not yet time to look"
    follower.now = 0.6
    assert await follower.next() == 1
    await other.of(NODE).append(says("case-3"))
    await logs.of(NODE).append(says("case-4"))
    assert await follower.next() == 2, "the ring begins behind the position: the log is read at once"
    assert follower.numbers() == [1, 2, 3, 4]
    await other.pool.close()


@pytest.mark.server
async def test_a_backlog_is_read_without_waiting_for_the_next_look(logs: PgLogs) -> None:
    for n in range(10):
        await logs.of(NODE).append(says(f"case-{n}", events=30))
    await logs.of(OTHER).append(says("case-1", events=300))
    follower = Follower(logs.pool, Ring())
    while await follower.next(limit=100):
        pass
    assert follower.numbers() == list(range(1, 301))
    assert follower.numbers(OTHERS) == list(range(1, 301))
    assert await follower.next() == 0


@pytest.mark.server
async def test_without_a_ring_every_call_reads_the_log(logs: PgLogs) -> None:
    follower = Follower(logs.pool, None)
    for n in range(3):
        await logs.of(NODE).append(says(f"case-{n}"))
        assert await follower.next() == 1


@pytest.mark.server
@pytest.mark.parametrize("whole", [True, False])
async def test_an_epoch_is_read_to_its_end_before_the_next_one(logs: PgLogs, database: str, whole: bool) -> None:
    await logs.of(NODE).append(says("case-1", events=130))
    owner = await open_pool(database, "intake", size=1)
    opened = await owner.fetchval("insert into feed (source, epoch, alg) values ($1, 2, 'sha256') returning feed", SOURCE)
    await owner.execute("update head set feed = $2, epoch = 2, sequence = 0, hash = $3 where source = $1", SOURCE, opened, genesis())
    await owner.close()
    await logs.of(NODE).append(says("case-2", events=70))
    at, got = dict[str, tuple[int, int]](), list[tuple[int, int]]()
    while events := await tail(logs.pool, at, limit=1, whole=whole):
        got += [(event.epoch, event.sequence) for event in events]
        at[SOURCE] = got[-1]
    assert got == [(1, n) for n in range(1, 131)] + [(2, n) for n in range(1, 71)]
