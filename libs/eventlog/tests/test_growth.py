"""What is asked of a log costs the same however much is in it: no statement scans what it does not give back."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from libs.database import Pool, open_pool, prepare
from libs.eventlog import Claim, Consequence, Intent, New, PgLogs, sql, verify
from libs.eventlog.rows import SHOWN
from libs.eventlog.tail import PAGE, WHOLE

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, tzinfo=UTC)
NODE = "511525"
COUNT = 6000


def act(n: int, run: str = "a") -> Intent:
    said = [New("liandong.example.Said.v1", b"{}", AT)] * 3
    claims = [Claim("placement", f"{run}{n}")]
    return Intent(subject=f"{run}-{n // 2}", decide=lambda _s: Consequence(said, claims), actor="C1", key=f"{run}{n}", scope="import")


async def plan(pool: Pool, statement: str) -> str:
    """How PostgreSQL goes about a statement whatever its parameters are."""
    nothing = ", ".join(["null"] * len(set(re.findall(r"\$[0-9]+", statement))))
    async with pool.acquire() as connection:
        await connection.execute(f"set plan_cache_mode to force_generic_plan; prepare asked as {statement}")
        found = [row[0] for row in await connection.fetch(f"explain (costs off) execute asked ({nothing})")]
        await connection.execute("deallocate asked")
    return "\n".join(found)


async def scans(pool: Pool) -> dict[str, int]:
    """How often each table of events and claims was scanned from end to end."""
    await pool.execute("select pg_stat_force_next_flush()")
    rows = await pool.fetch(
        "select relname, seq_scan from pg_stat_user_tables where schemaname = 'intake' and relname in ('event', 'claim')"
    )
    return {row["relname"]: row["seq_scan"] for row in rows}


async def test_no_statement_scans_the_log(database: str) -> None:
    pool = await open_pool(await prepare(database, "intake"), "intake", size=1)
    logs = PgLogs(pool, "intake", [NODE], floor=(0, 0))
    await logs.open()
    for n in range(20):  # plans are made and kept while there is next to nothing
        await logs.of(NODE).append(act(n, "early"))
    before = await scans(pool)
    told = await logs.of(NODE).append_all([act(n) for n in range(COUNT)])
    assert not [one for one in told if isinstance(one, Exception)]
    for n in range(20):
        await logs.of(NODE).append(act(n, "late"))
        await logs.of(NODE).feed(after=9000, limit=10)
    assert (await logs.of(NODE).append(act(7))).repeated
    assert await scans(pool) == before
    owner = await open_pool(database, "intake", size=1)
    await owner.execute("analyze event; analyze claim; analyze head")
    await owner.close()
    before = await scans(pool)
    assert (await verify(logs.of(NODE))).events == 3 * (COUNT + 40)
    assert (await logs.of(NODE).append(act(8))).repeated
    assert await scans(pool) == before, "nor when their sizes are known"
    for statement in (
        sql.FEED,
        sql.LOAD,
        sql.KEPT,
        sql.TAKEN,
        sql.MISPLACED,
        *(PAGE.format(schema="", columns=columns) for columns in (WHOLE, SHOWN)),
    ):
        found = await plan(pool, statement)
        assert not re.search("(Seq|Heap) Scan on (event|claim)", found), found
    await pool.close()


async def test_a_page_of_a_log_whose_size_is_not_known_yet_is_not_sorted_out_of_the_rest(database: str) -> None:
    pool = await open_pool(await prepare(database, "intake"), "intake", size=1)
    logs = PgLogs(pool, "intake", [NODE], floor=(0, 0))
    await logs.open()
    owner = await open_pool(database, "intake", size=1)
    await owner.execute("alter table event set (autovacuum_enabled = false)")
    await owner.close()
    await logs.of(NODE).append_all([act(n) for n in range(1000)])
    source = logs.of(NODE).source
    pages = [
        (sql.FEED, f"'{source}', null, 10, 100"),
        *((PAGE.format(schema="", columns=columns), f"'{{{source}}}', '{{1}}', '{{10}}', 100") for columns in (WHOLE, SHOWN)),
    ]
    for statement, values in pages:
        async with pool.acquire() as connection:
            await connection.execute(f"prepare asked as {statement}")
            found = "\n".join([row[0] for row in await connection.fetch(f"explain (costs off) execute asked ({values})")])
            await connection.execute("deallocate asked")
        assert re.search("Index Scan using event_pkey on event", found), found
        assert "Bitmap" not in found, found
    await pool.close()
