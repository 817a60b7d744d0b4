"""Items and procedures as they stand, per node."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from libs.database import Connection, Pool
from libs.views import View
from libs.wire import Recorded

CATALOGUE: Final = "catalogue"
_ITEM = ("item", "name", "type_code", "department", "base_code", "area", "agency", "agency_given")
_ITEMS: Final = """
insert into item as i (node, item, name, type_code, department, base_code, area, agency, agency_given, since)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                     $10::timestamptz[])
on conflict (node, item) do update set name = excluded.name, type_code = excluded.type_code, department = excluded.department,
    base_code = excluded.base_code, area = excluded.area, agency = excluded.agency, agency_given = excluded.agency_given, since = excluded.since"""
_PROCEDURE: Final = """
insert into procedure (node, item, version, name, kind, statutory_days, promised_days, effective, document)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing"""


async def apply(connection: Connection, events: Sequence[Recorded]) -> None:
    """Rows of `item` and `procedure`; the last word on an item within a batch wins."""
    items: dict[tuple[str, str], tuple[Any, ...]] = {}
    procedures: list[tuple[Any, ...]] = []
    for event in events:
        name = event.type.split(".")[2]
        if name in ("ItemRegistered", "ItemChanged"):
            data = msgspec.json.decode(event.data)
            items[(event.node, data["item"])] = (event.node, *(data[field] for field in _ITEM), event.time)
        elif name == "ProcedurePublished":
            data = msgspec.json.decode(event.data)
            same = (data[field] for field in ("item", "version", "name", "kind", "statutory_days", "promised_days"))
            procedures.append((event.node, *same, date.fromisoformat(data["effective"]), event.data))
    if items:
        await connection.execute(_ITEMS, *map(list, zip(*(items[key] for key in sorted(items)), strict=True)))
    if procedures:
        await connection.executemany(_PROCEDURE, procedures)


VIEW: Final = View(CATALOGUE, apply)


async def items(pool: Pool, node: str, query: str, after: str, limit: int) -> list[dict[str, Any]]:
    """A page of a node's items whose name or code holds `query`, by code."""
    rows = await pool.fetch(
        """select * from item where node = $1 and item > $2 and ($3 = '' or position($3 in name) > 0 or position($3 in item) > 0)
           order by item limit $4""",
        node,
        after,
        query,
        limit,
    )
    return [dict(row) for row in rows]


async def item(pool: Pool, node: str, code: str) -> dict[str, Any] | None:
    """One item with all versions of its procedure, newest first."""
    row = await pool.fetchrow("select * from item where node = $1 and item = $2", node, code)
    if row is None:
        return None
    versions = await pool.fetch("select document from procedure where node = $1 and item = $2 order by version desc", node, code)
    return {**dict(row), "procedures": [msgspec.Raw(version["document"]) for version in versions]}


async def in_force(pool: Pool, node: str, day: date, after: str, limit: int) -> list[dict[str, Any]]:
    """A page of the procedures in force on `day`, by item: of those begun by then the one begun last, of these the last published."""
    rows = await pool.fetch(
        """select distinct on (item) item, name, version, kind, effective, document from procedure
           where node = $1 and effective <= $2 and item > $3 order by item, effective desc, version desc limit $4""",
        node,
        day,
        after,
        limit,
    )
    return [{**dict(row), "document": msgspec.Raw(row["document"])} for row in rows]


async def counts(pool: Pool, node: str) -> dict[str, int]:
    """How many items, and how many of them have an agency."""
    row = await pool.fetchrow(
        "select count(*) as items, count(*) filter (where agency <> '') as with_agency from item where node = $1", node
    )
    return dict(row) if row else {}
