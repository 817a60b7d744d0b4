"""A list of nodes lives as long as its transaction; what is no node is none, and a reader that was cut off leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from libs.database import Pool, open_pool, prepare, reading, working
from libs.database.rows import guarded, works

pytestmark = pytest.mark.server


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    """A service with one connection and a guarded table of its own, in which two nodes have a row each."""
    url = await prepare(database, "link")
    owner = await asyncpg.connect(database, server_settings={"search_path": "link"})
    for statement in ("create table seen (node text, word text)", *guarded("seen"), "insert into seen values ('1', 'a'), ('2', 'b')"):
        await owner.execute(statement)
    await owner.close()
    pool = await open_pool(url, "link", size=1)
    yield pool
    await pool.close()


async def words(pool: Pool) -> list[str]:
    return [row["word"] for row in await pool.fetch("select word from seen order by word")]


async def test_a_list_ends_with_its_transaction(pool: Pool) -> None:
    async with reading(pool, ["1"]) as rows:
        assert await rows.fetchval("select string_agg(word, '') from seen") == "a"
    assert await words(pool) == []
    async with reading(pool, []) as rows:
        assert await rows.fetchval("select count(*) from seen") == 0


async def test_what_fails_or_is_cut_off_leaves_no_list_behind(pool: Pool) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with reading(pool, ["1", "2"]) as rows:
            await rows.fetch("select * from nowhere")
    assert await words(pool) == []

    async def long() -> None:
        async with reading(pool, ["1", "2"]) as rows:
            await rows.fetch("select pg_sleep(60)")

    asked = asyncio.create_task(long())
    await asyncio.sleep(0.1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await words(pool) == []


async def test_a_connection_that_ended_in_between_is_told_as_such(pool: Pool) -> None:
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError)):
        async with reading(pool, ["1"]) as rows:
            await rows.fetchval("select pg_terminate_backend(pg_backend_pid())")
    async with reading(pool, ["2"]) as rows:
        assert await rows.fetchval("select word from seen") == "b"


@pytest.mark.parametrize("node", ["1'; drop table seen; --", "a", "1\n", "%", '"'])
async def test_what_is_no_node_is_not_named(node: str, pool: Pool) -> None:
    with pytest.raises(ValueError, match="不是节点代码"):
        async with reading(pool, ["1", node]):
            raise AssertionError("it was begun")


async def test_work_ends_with_its_transaction(pool: Pool) -> None:
    async with working(pool, "test") as connection:
        await connection.execute("update seen set word = 'c' where node = '2'")
        assert await connection.fetchval("select string_agg(word, '' order by word) from seen") == "ac"
    assert await words(pool) == []
    async with pool.acquire() as connection, connection.transaction():
        await works(connection, "")
        assert await connection.fetchval("select count(*) from seen") == 0, "nobody's work"
        assert await connection.execute("delete from seen") == "DELETE 0"
