"""The columns that a service's tables say are those that its migrations make: names, types, keys; on real PostgreSQL."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from libs.contracts import Row, roster
from libs.database import prepare
from libs.views import Table

pytestmark = pytest.mark.server
KEEPS = [row for row in roster() if row.database != "none"]
_COLUMNS = """
select attname, format_type(atttypid, null) from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped"""
_KEYS = """
select array_agg(a.attname::text) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
where i.indrelid = $1::regclass and i.indisunique group by i.indexrelid"""


def tables(service: str) -> Iterator[Table]:
    """Every table said in a service, once."""
    package = importlib.import_module(f"services.{service}")
    names = [found.name for found in pkgutil.walk_packages(package.__path__, f"services.{service}.") if ".tests" not in found.name]
    modules = [importlib.import_module(name) for name in names if ".migrations" not in name]
    yield from {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Table)}.values()


@pytest.mark.parametrize("row", KEEPS, ids=lambda row: row.name)
async def test_tables_are_as_they_are_said(row: Row, database: str) -> None:
    await prepare(database, row.name)
    connection = await asyncpg.connect(database)
    try:
        wrong = [fault for table in tables(row.name) async for fault in faults(connection, row.name, table)]
    finally:
        await connection.close()
    assert wrong == []


async def faults(connection: asyncpg.Connection[asyncpg.Record], schema: str, table: Table) -> AsyncIterator[str]:
    """What a table says otherwise than the migrations."""
    place = f'"{schema}".{table.name}'
    made: dict[str, str] = {column: kind for column, kind in await connection.fetch(_COLUMNS, place)}  # noqa: C416 (rows are no pairs to a type checker)
    for column in table.described:
        kind = await connection.fetchval("select format_type($1::regtype, null)", column.type)
        if made.get(column.name) != kind:
            yield f"{place}.{column.name} is {made.get(column.name, 'not there')}, said to be {kind}"
    said = {column.name for column in table.described if column.key}
    if said not in [set(keys) for (keys,) in await connection.fetch(_KEYS, place)]:
        yield f"{place} has no unique key of {sorted(said)}"


def test_the_services_that_show_something_have_tables() -> None:
    found = {row.name for row in KEEPS if list(tables(row.name))}
    assert found == {row.name for row in KEEPS} - {"door", "link"}
