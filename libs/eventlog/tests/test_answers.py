"""Everybody who waits is answered, whatever becomes of the pool, the commit or those who are woken; and nobody waits for a hot stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from libs.database import open_pool, prepare
from libs.eventlog import Done, PgLogs, Unknown
from libs.eventlog.tests.acts import counts

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, tzinfo=UTC)
NODE = "511525"


@pytest.fixture
async def logs(database: str) -> AsyncIterator[PgLogs]:
    pool = await open_pool(await prepare(database, "intake"), "intake")
    made = PgLogs(pool, "intake", [NODE])
    await made.open()
    yield made
    await pool.close()


async def answers(logs: PgLogs, count: int) -> list[Any]:
    """What `count` callers are told, each within ten seconds."""
    async with asyncio.timeout(10):
        return await asyncio.gather(*(logs.of(NODE).append(counts(f"case-{n}")) for n in range(count)), return_exceptions=True)


@pytest.mark.parametrize(
    "statement", ["alter role {role} nologin", "alter role {role} password 'another'", "alter role {role} connection limit 0"]
)
async def test_whoever_waits_for_a_connection_that_is_refused_is_told(database: str, statement: str) -> None:
    url = await prepare(database, "intake")
    logs = PgLogs(await open_pool(url, "intake"), "intake", [NODE])
    await logs.open()
    await logs.pool.expire_connections()
    admin = await asyncpg.connect(database)
    role = await logs.pool.fetchval("select current_user")
    await logs.pool.expire_connections()
    try:
        await admin.execute(statement.format(role=f'"{role}"'))
        told = await answers(logs, 5)
        assert all(isinstance(one, Exception) for one in told)
    finally:
        await admin.execute(f'alter role "{role}" login connection limit -1')
        await admin.close()
        logs.pool.terminate()


async def test_a_database_that_is_away_is_said_once_and_so_is_its_return(logs: PgLogs, database: str) -> None:
    role = await logs.pool.fetchval("select current_user")
    admin = await asyncpg.connect(database)
    with capture_logs() as said:
        for again in range(2):
            await admin.execute(f'alter role "{role}" nologin')
            for _ in range(3):
                await logs.pool.expire_connections()
                assert all(isinstance(one, Unknown) for one in await answers(logs, 2))
            await admin.execute(f'alter role "{role}" login')
            assert all(isinstance(one, Done) for one in await answers(logs, 2)), again
    await admin.close()
    assert [line["event"] for line in said] == ["append.lost", "append.again"] * 2


async def test_a_waker_that_raises_leaves_nobody_unanswered(logs: PgLogs) -> None:
    told: list[str] = []

    def bad() -> None:
        raise RuntimeError("not me")

    logs.woken[:] = [bad, lambda: told.append("next")]
    assert [one.version for one in await answers(logs, 3)] == [1, 1, 1]
    assert told
    assert set(told) == {"next"}
    assert [one.version for one in await answers(logs, 3)] == [2, 2, 2]


async def test_closing_the_pool_answers_those_who_wait(logs: PgLogs) -> None:
    waiting = asyncio.gather(*(logs.of(NODE).append(counts(f"case-{n}")) for n in range(3000)), return_exceptions=True)
    await asyncio.sleep(0)
    logs.pool.terminate()
    async with asyncio.timeout(10):
        told = await waiting
    assert len(told) == 3000
    assert all(isinstance(one, Exception) for one in told)


async def test_a_drain_that_is_cancelled_tells_those_who_wait_and_the_next_caller_is_served(logs: PgLogs) -> None:
    waiting = [asyncio.ensure_future(logs.of(NODE).append(counts(f"case-{n}"))) for n in range(1000)]
    await asyncio.sleep(0)
    (work,) = [task for task in asyncio.all_tasks() if task.get_name() == "append"]
    work.cancel()
    async with asyncio.timeout(10):
        told = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, Unknown) for one in told)
    assert [one.version for one in await answers(logs, 2)] == [1, 1]


async def test_a_hot_stream_does_not_keep_the_others_waiting(logs: PgLogs) -> None:
    order: list[str] = []

    async def act(subject: str) -> None:
        await logs.of(NODE).append(counts(subject))
        order.append(subject)

    await asyncio.gather(*(act("hot") for _ in range(1200)), *(act(f"case-{n}") for n in range(100)))
    assert len([subject for subject in order[:150] if subject != "hot"]) == 100
    stream = await logs.of(NODE).stream("hot")
    assert [event.data for event in stream] == [str(n).encode() for n in range(1200)]


async def test_one_key_sent_a_thousand_times_does_not_keep_the_others_waiting(logs: PgLogs) -> None:
    order: list[str] = []

    async def act(subject: str, key: str) -> None:
        await logs.of(NODE).append(counts(subject, key))
        order.append(key)

    await asyncio.gather(*(act(f"same-{n}", "same") for n in range(1000)), *(act(f"case-{n}", str(n)) for n in range(100)))
    assert len([key for key in order[:150] if key != "same"]) == 100
    assert len(await logs.of(NODE).feed(limit=2000)) == 101


async def test_one_intent_at_two_nodes_is_answered_at_both(database: str) -> None:
    logs = PgLogs(await open_pool(await prepare(database, "intake"), "intake"), "intake", [NODE, "511525100"])
    await logs.open()
    same = counts("case-1", key="k")
    async with asyncio.timeout(10):
        told = await asyncio.gather(*(logs.of(node).append(same) for node in (NODE, "511525100")))
    assert [one.position.source.split(":")[2] for one in told] == [NODE, "511525100"]
    await logs.pool.close()


async def test_whoever_waits_in_vain_for_a_free_connection_is_told(logs: PgLogs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.eventlog.committer.CONNECT_SECONDS", 0.2)
    held = [await logs.pool.acquire() for _ in range(logs.pool.get_max_size())]
    told = await answers(logs, 5)
    assert all(isinstance(one, Unknown) for one in told)
    for connection in held:
        await logs.pool.release(connection)
    assert [one.version for one in await answers(logs, 2)] == [1, 1]


async def test_a_caller_who_has_gone_keeps_nobody_behind_waiting(logs: PgLogs) -> None:
    callers = [asyncio.ensure_future(logs.of(NODE).append(counts("case-1"))) for _ in range(10)]
    await asyncio.sleep(0)
    for caller in callers[:9]:
        caller.cancel()
    async with asyncio.timeout(10):
        assert (await callers[9]).version >= 1
    assert [one.version for one in (await answers(logs, 2))[:1]] == [1]


async def test_of_many_acts_whose_caller_has_gone_none_is_done_that_was_not_begun(logs: PgLogs) -> None:
    held = [await logs.pool.acquire() for _ in range(logs.pool.get_max_size())]
    many = asyncio.create_task(logs.of(NODE).append_all([counts(f"case-{n}") for n in range(5)]))
    await asyncio.sleep(0)
    many.cancel()
    await asyncio.wait([many])
    for connection in held:
        await logs.pool.release(connection)
    assert [one.version for one in await answers(logs, 1)] == [1]
    assert [event.subject for event in await logs.of(NODE).feed()] == ["case-0"]
