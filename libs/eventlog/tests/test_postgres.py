"""What only the PostgreSQL log can show: roles and triggers, two processes, a broken row, lost connections."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest

from libs.database import open_pool, prepare, service_url
from libs.eventlog import Busy, PgLogs, Scope, verify
from libs.eventlog.tests.acts import counts, end_connections

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, tzinfo=UTC)
NODE = "511525"


async def open_logs(url: str) -> PgLogs:
    logs = PgLogs(await open_pool(url, "intake"), "intake", [NODE])
    await logs.open()
    return logs


@pytest.mark.parametrize(
    "statement", ["update event set actor = 'x'", "delete from event", "truncate event", "delete from head", "truncate claim"]
)
async def test_neither_the_service_nor_the_owner_can_change_the_log(database: str, statement: str) -> None:
    logs = await open_logs(await prepare(database, "intake"))
    await logs.of(NODE).append(counts("case-1", key="k"))
    for url in (service_url(database, "intake"), database):
        connection = await asyncpg.connect(url, server_settings={"search_path": "intake"})
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)):
            await connection.execute(statement)
        await connection.close()
    assert (await verify(logs.of(NODE))).events == 1
    await logs.pool.close()


@pytest.mark.parametrize("scope", ["http", "inbox", "import"])
async def test_idempotency_keys_are_kept_for_ever(database: str, scope: Scope) -> None:
    logs = await open_logs(await prepare(database, "intake"))
    await logs.of(NODE).append(msgspec.structs.replace(counts("case-1", key="k"), scope=scope))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await logs.pool.execute("delete from claim where scope = $1", scope)
    await logs.pool.close()


async def test_two_processes_on_one_origin_are_fair_and_correct(database: str) -> None:
    url = await prepare(database, "intake")
    first, second = await open_logs(url), await open_logs(url)
    order: list[int] = []

    async def load(which: int, logs: PgLogs) -> None:
        async def one(n: int) -> None:
            await logs.of(NODE).append(counts(f"case-{n % 50}", key=f"{which}-{n}"))
            order.append(which)

        for start in range(0, 2000, 250):
            await asyncio.gather(*(one(n) for n in range(start, start + 250)))

    await asyncio.gather(load(1, first), load(2, second))
    checked = await verify(first.of(NODE))
    assert (checked.fault, checked.events) == (None, 4000)
    for n in range(50):
        stream = await first.of(NODE).stream(f"case-{n}")
        assert [event.data for event in stream] == [str(i).encode() for i in range(80)]
    assert 0.4 <= order[:2000].count(1) / 2000 <= 0.6, "neither process starves"
    await first.pool.close()
    await second.pool.close()


async def superuser(database: str) -> asyncpg.Connection[asyncpg.Record]:
    """Somebody with the power to go round the triggers."""
    connection = await asyncpg.connect(database, server_settings={"search_path": "intake"})
    await connection.execute("set session_replication_role = replica")
    return connection


@pytest.mark.parametrize(
    ("deed", "sequence"),
    [
        ("update event set data = 'forged' where sequence = 7", 7),
        ("update event set actor = 'X' where sequence = 7", 7),
        ("delete from event where sequence = 7", 7),
        ("delete from event where sequence = 10", 10),
        ("update event set version = 2 where sequence = 7", 7),
        ("update event set subject = 'case-5', version = 2 where sequence = 7", 7),
        ("update event set sequence = case sequence when 6 then 7 else 6 end, version = version + 100 where sequence in (6, 7)", 6),
    ],
)
async def test_verify_names_the_origin_and_the_number(database: str, deed: str, sequence: int) -> None:
    logs = await open_logs(await prepare(database, "intake"))
    for n in range(10):
        await logs.of(NODE).append(counts(f"case-{n}"))
    connection = await superuser(database)
    if "case sequence" in deed:
        await connection.execute("alter table event drop constraint event_pkey")
    await connection.execute(deed)
    await connection.close()
    checked = await verify(logs.of(NODE))
    assert re.search(r"[\u4e00-\u9fff]", checked.fault or "")
    assert (checked.source, checked.sequence) == (f"urn:liandong:{NODE}:intake", sequence)
    await logs.pool.close()


async def test_a_frozen_transaction_is_ended_and_the_others_go_on(database: str) -> None:
    url = await prepare(database, "intake")
    logs = await open_logs(url)
    frozen, ended = await asyncpg.connect(url, server_settings={"search_path": "intake"}), asyncio.Event()
    frozen.add_termination_listener(lambda _: ended.set())
    await frozen.execute("begin")
    await frozen.execute("select set_config('idle_in_transaction_session_timeout', '1s', true) from head for update")
    done = await asyncio.wait_for(logs.of(NODE).append(counts("case-1")), 10)
    assert done.version == 1
    await asyncio.wait_for(ended.wait(), 10)
    with pytest.raises(asyncpg.InterfaceError):
        await frozen.execute("commit")
    await logs.pool.close()


async def test_a_lost_connection_is_told_and_the_repeat_by_key_happens_once(database: str) -> None:
    logs = await open_logs(await prepare(database, "intake"))

    async def kill() -> None:
        for _ in range(20):
            await end_connections(database)
            await asyncio.sleep(0.01)

    async def insist(n: int) -> None:
        for _ in range(100):
            try:
                await logs.of(NODE).append(counts(f"case-{n}", key=f"k{n}"))
            except Exception:
                await asyncio.sleep(0.02)
            else:
                return
        raise AssertionError("never taken")

    killing = asyncio.create_task(kill())
    await asyncio.gather(*(insist(n) for n in range(300)))
    await killing
    checked = await verify(logs.of(NODE))
    assert (checked.fault, checked.events) == (None, 300)
    await logs.pool.close()


async def test_a_full_queue_says_busy_and_what_was_taken_is_answered(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.eventlog.committer.MAX_WAITING", 50)
    logs = await open_logs(await prepare(database, "intake"))
    results = await asyncio.gather(*(logs.of(NODE).append(counts(f"case-{n}")) for n in range(80)), return_exceptions=True)
    busy = [result for result in results if isinstance(result, Busy)]
    assert len(busy) == 30
    assert len(await logs.of(NODE).feed()) == 50
    await logs.pool.close()
