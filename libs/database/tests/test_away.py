"""What is the server's fault, and what is the fault of what it was asked."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import asyncpg
import pytest

from libs.database import Connection, away, gone, open_pool, unopened_pool

pytestmark = pytest.mark.server


async def raised(asked: Any) -> BaseException:
    """What comes of asking."""
    try:
        await asked
    except Exception as error:
        return error
    raise AssertionError("it was answered")


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("select $1::bigint", 2**70),
        ("select $1::integer", 2**40),
        ("select $1::bigint", "word"),
        ("select $1::text", "\0"),
        ("select $1::text", "\ud800"),
        ("select 1 / $1::integer", 0),
        ("select $1::timestamptz", "tomorrow"),
    ],
)
async def test_a_value_that_cannot_be_sent_or_kept_is_its_own_fault(database: str, statement: str, value: object) -> None:
    pool = await open_pool(database, "public")
    assert not away(await raised(pool.fetchval(statement, value)))
    await pool.close()


async def test_a_server_that_is_not_there_or_cuts_the_line_is_away(database: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and nobody answers there
        assert away(await raised(asyncpg.connect(f"postgresql://u@127.0.0.1:{nobody.getsockname()[1]}/d")))
    assert away(await raised(unopened_pool().fetchval("select 1")))
    pool = await open_pool(database, "public")
    assert away(await raised(pool.fetchval("select pg_terminate_backend(pg_backend_pid())")))
    connection: Any = await asyncpg.connect(database)
    await connection.close()
    assert away(await raised(connection.fetchval("select 1")))
    await pool.close()


async def test_two_transactions_that_wait_for_each_other_are_nobodys_fault(database: str) -> None:
    pool = await open_pool(database, "public")
    await pool.execute("create table t (n integer primary key); insert into t values (1), (2)")
    both = asyncio.Barrier(2)

    async def update(first: int, second: int) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("update t set n = n where n = $1", first)
            await both.wait()
            await connection.execute("update t set n = n where n = $1", second)

    lost = [error for error in await asyncio.gather(update(1, 2), update(2, 1), return_exceptions=True) if error is not None]
    assert [away(error) for error in lost] == [True]
    await pool.close()


async def asked_of(connection: Connection) -> None:
    await connection.execute("select 1")


async def test_a_connection_that_broke_is_gone_and_hides_no_cause(database: str) -> None:
    """The pool takes it back as soon as it is closed: asked for it then, the driver raises an error of its own."""
    pool = await open_pool(database, "public")
    async with pool.acquire() as connection:
        assert not gone(connection)
        admin = await asyncpg.connect(database)
        await admin.execute("select pg_terminate_backend($1)", connection.get_server_pid())
        await admin.close()
        assert away(await raised(asked_of(connection)))
        assert gone(connection)
    await pool.close()
