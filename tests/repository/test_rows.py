"""Row-level security over all services, by the catalogues of PostgreSQL and as each service's own role: whoever names no node is shown nothing."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import pytest

from libs.contracts import FOLDER, roster
from libs.database import Pool, open_pool, prepare, reading, service_url, working

pytestmark = pytest.mark.server
KEEPS: Final = tuple(row.name for row in roster() if row.database != "none")
OPEN: Final[Mapping[str, Mapping[str, str]]] = tomllib.loads((FOLDER / "rows.toml").read_text())
"""Tables that are not guarded, with the reason."""
OURS, THEIRS = "511525100", "511525101"
"""Two townships of one county."""
_TABLES: Final = """
select n.nspname as service, c.relname as name, c.relrowsecurity and c.relforcerowsecurity as guarded,
       c.relkind = 'v' and pg_get_viewdef(c.oid) like '%app.work%app.nodes%' as shows,
       array(select p.policyname || ' ' || p.cmd || ' ' || p.permissive || ' ' || array_to_string(p.roles, ',')
             from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname order by 1) as policies
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any ($1) and c.relkind in ('r', 'p', 'm', 'v', 'f') order by 1, 2"""
THROUGH: Final = {("hub", "archived"): "archive"}
"""Views that stand for a table which the service's role cannot read."""
POLICIES: Final = ["shown SELECT PERMISSIVE public", "worked ALL PERMISSIVE public"]
_COLUMNS: Final = """
select attname as name, format_type(atttypid, null) as type from pg_attribute
where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = '' order by attnum"""
VALUES: Final = {
    "text": "'{key}'", "text[]": "'{{}}'", "integer": "{n}", "bigint": "{n}", "boolean": "false", "date": "'2026-11-23'", "bytea": "''",
    "timestamp with time zone": "'2026-11-23 09:00+08'", "jsonb": "'{{}}'",
}  # fmt: skip
"""A value of each type, as SQL."""


@asynccontextmanager
async def owner(database: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def tables(database: str) -> list[asyncpg.Record]:
    """Every table of every service, made anew."""
    for service in KEEPS:
        await prepare(database, service)
    async with owner(database) as connection:
        return list(await connection.fetch(_TABLES, KEEPS))


async def test_every_table_is_guarded_or_has_a_reason(database: str) -> None:
    found = await tables(database)
    named = {(row["service"], row["name"]) for row in found}
    reasons = {(service, table) for service in KEEPS for table in (*OPEN["every"], *OPEN.get(service, {}))}
    assert [place for place in sorted(reasons) if place not in named] == [], "a reason for a table that is not there"
    assert OPEN.keys() <= {"every", *KEEPS}
    assert all(reason for service in OPEN.values() for reason in service.values())
    assert {(row["service"], row["name"]) for row in found if row["shows"]} == THROUGH.keys()
    guarded = {(row["service"], row["name"]) for row in found if row["guarded"] and row["policies"] == POLICIES} | THROUGH.keys()
    assert named - reasons == guarded, "a table with neither policy nor reason, or with both"
    assert len(guarded) > 20


async def test_no_role_of_a_service_stands_above_the_policies(database: str) -> None:
    await tables(database)
    async with owner(database) as connection:
        roles = [service_url(database, service).split("://")[1].split(":")[0] for service in KEEPS]
        found = await connection.fetch(
            "select rolname from pg_roles where rolname = any ($1) and not rolsuper and not rolbypassrls and not rolcreaterole", roles
        )
        assert sorted(row["rolname"] for row in found) == sorted(roles)


async def row_of(pool: Pool, service: str, table: str, node: str, n: int) -> str:
    """The statement that writes a row of a node, the `n`-th of its table."""
    values = {}
    for column in await pool.fetch(_COLUMNS, f'"{service}".{table}'):
        said = VALUES[column["type"]].format(key=f"{node}-20261123-000001-7", n=n)
        values[column["name"]] = f"'{node}'" if column["name"] == "node" else said
    names = ", ".join(f'"{name}"' for name in values)
    return f"insert into {table} ({names}) values ({', '.join(values.values())})"


async def shown(pool: Pool, table: str, *nodes: str) -> int:
    """How many rows a reader of these nodes is shown."""
    async with reading(pool, nodes) as rows:
        return int(await rows.fetchval(f"select count(*) from {table}"))


async def refused(pool: Pool, statement: str) -> bool:
    """Whether the statement of somebody who names a node and no work is refused, or touches nothing."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"select set_config('app.nodes', '{OURS},{THEIRS}', true)")
        try:
            done = await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            return True
        return str(done).endswith(" 0")


@pytest.mark.parametrize("service", [name for name in KEEPS if name not in ("door", "link")])
async def test_a_table_shows_the_rows_of_named_nodes_only_and_takes_none_from_a_reader(service: str, database: str) -> None:
    found = [row for row in await tables(database) if row["service"] == service]
    guarded = {row["name"]: THROUGH.get((service, row["name"]), row["name"]) for row in found if row["guarded"] or row["shows"]}
    assert guarded
    pool = await open_pool(service_url(database, service), service)
    for table in sorted(guarded.values(), key=lambda name: name != "city_feed"):  # rows of a feed are shown by it
        async with working(pool, "test") as connection:
            for n, node in enumerate((OURS, THEIRS), 1):
                await connection.execute(await row_of(pool, service, table, node, n))
    for seen, table in guarded.items():
        assert await pool.fetchval(f"select count(*) from {seen}") == 0, f"{seen}: no list, and rows"
        assert [await shown(pool, seen, *nodes) for nodes in ((), (OURS,), (THEIRS,), ("511525",), (OURS, THEIRS))] == [0, 1, 1, 0, 2], seen
        assert await refused(pool, await row_of(pool, service, table, OURS, 3)), table
        assert await refused(pool, f"delete from {table}"), table
        column = (await pool.fetch(_COLUMNS, f'"{service}".{table}'))[0]["name"]
        assert await refused(pool, f'update {table} set "{column}" = "{column}"'), table
        with pytest.raises(asyncpg.PostgresError) as no:
            async with reading(pool, [OURS]) as rows:
                await rows.execute(f"delete from {table}")
        assert isinstance(no.value, asyncpg.ReadOnlySQLTransactionError | asyncpg.InsufficientPrivilegeError)
        if seen != table:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.fetchval(f"select count(*) from {table}")
    await pool.close()
