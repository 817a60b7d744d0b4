"""What the city does with a fetch, and what it is asked, costs the same however much it has kept: nothing is scanned that is not given back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from libs.database import Pool, open_pool, prepare, reading
from libs.testkit.house import COUNTY
from libs.wire import Recorded
from services.hub.inbox import CityStream
from services.hub.inbox.keeping import late
from services.hub.tests.county import AT, CODES, City, carried, feed, filed, of, word
from services.hub.views import archive
from services.hub.views import city as city_views

pytestmark = pytest.mark.server
SOURCE = f"urn:liandong:{COUNTY}:intake"
GROWS = ("archive", "candidate", "city_case", "city_card", "city_clock", "city_day", "city_finding", "city_waiting", "evidence")
ROWS = 20_000
OTHERS = (
    """insert into archive select 9, n, n, '', '', $1, $1, '', '', 'x' || n, '', '', '', n, '' from generate_series(1, $2::int) n""",
    """insert into candidate select 99 + n, n, n, '', '', $1, $1, '', '', 'x' || n, '', '', '', n, '' from generate_series(1, $2::int) n""",
    """insert into city_case (number, node, item, filed_at, timeline) select 'x' || n, '1', '', $1, 't' || n from generate_series(1, $2::int) n""",
    """insert into city_day select '1', '', $1::timestamptz::date - n, 'filed', 1 from generate_series(1, $2::int) n""",
    """insert into city_waiting select '1', 'x' || n, 'filed', $1::timestamptz::date from generate_series(1, $2::int) n""",
    """insert into city_clock (clock, node, number) select n, '1', 'x' || n from generate_series(1, $2::int) n where $1::timestamptz is not null""",
    """insert into city_card
        select n, '1', 'x' || n, 'red', '', '', '', '', $1, $1::timestamptz - n * interval '1 minute', false from generate_series(1, $2::int) n""",
    """insert into city_finding select n, '1', 'x' || n, '', 1, $1::timestamptz - n * interval '1 minute', '{}' from generate_series(1, $2::int) n""",
    """insert into evidence (kind, node, source, epoch, sequence, because, record, digest, since)
        select '', '', '', 1, 1, '', '', n, $1 from generate_series(1, $2::int) n""",
)
"""What other nodes may have filled the tables with by `$1`, `$2` rows each."""


@pytest.fixture
async def pool(city: City, database: str) -> AsyncIterator[Pool]:
    """One connection, which keeps the plans that it made while next to nothing was there."""
    assert city.pool is not None
    pool = await open_pool(await prepare(database, "hub"), "hub", size=1)
    yield pool
    await pool.close()


async def read(pool: Pool) -> dict[str, int]:
    """How many rows of each table were read by scans from end to end."""
    await pool.execute("select pg_stat_force_next_flush()")
    rows = await pool.fetch("select relname, seq_tup_read from pg_stat_user_tables where schemaname = 'hub'")
    return {row["relname"]: row["seq_tup_read"] for row in rows if row["relname"] in GROWS}


async def fill(database: str, *, analyzed: bool) -> None:
    owner = await asyncpg.connect(database, server_settings={"search_path": "hub", "app.work": "test"})
    for statement in () if analyzed else OTHERS:
        await owner.execute(statement, AT, ROWS)
    if analyzed:
        await owner.execute("analyze")
    await owner.close()


async def everything(pool: Pool, stream: CityStream, events: list[Recorded], first: int) -> None:
    """Fetches of every kind, and every question of the pages, with what `events` says from a number on."""
    for n in range(first, first + 12, 4):
        ended, waits, filing, again = events[n : n + 4]
        await stream.take([carried(ended), word(2 * n + 1, ended)])
        await stream.take([carried(filing), carried(waits)])
        await stream.take([carried(again), word(2 * n + 2, again)])
        await stream.take([carried(ended), word(2 * n + 2, again)])
        async with reading(pool, CODES) as rows:
            await city_views.city(rows, CODES, AT)
            await city_views.case(rows, f"c{n}")
            await city_views.replayed(rows, "t7")
            await archive.of_case(rows, f"c{n}")
            await archive.page(rows, (SOURCE, 1), n, n + 100, 10)
            await archive.feeds(rows)
            await archive.evidence(rows)
        await stream.wait(SOURCE, 1, again.sequence, 0.1)
        await late(pool)


async def test_nothing_is_scanned_however_much_was_kept(pool: Pool, city: City, database: str) -> None:
    facts = [fact for n in range(0, 36, 4) for fact in (*of(f"c{n}", "CaseClosed", "CaseAccepted"), filed(f"c{n}"), filed(f"d{n}"))]
    events, stream = await feed(*facts), CityStream(pool, lambda: AT)
    await everything(pool, stream, events, 0)
    await fill(database, analyzed=False)
    before = await read(pool)
    await everything(pool, stream, events, 12)
    after = await read(pool)
    assert {table: after[table] - before[table] for table in GROWS if after[table] - before[table] >= ROWS} == {}, "plans of before"
    await fill(database, analyzed=True)
    before = await read(pool)
    await everything(pool, stream, events, 24)
    after = await read(pool)
    assert {table: after[table] - before[table] for table in GROWS if after[table] - before[table] >= ROWS} == {}, "plans of now"
    (node,) = await city_views.nodes(city.inside, [COUNTY], AT)
    assert (node["filed"], node["open"], node["finished"]) == (18, 9, 9)
    assert await city.inside.fetchval("select count(*) from evidence where kind <> ''") == 0
