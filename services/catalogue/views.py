"""Items and procedures as they stand, per node."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from libs.eventlog import Codec
from libs.views import Column, Connection, Pool, Table, View
from libs.wire import Recorded
from services.catalogue.events import ItemChanged, ItemRegistered, ProcedurePublished

CATALOGUE: Final = "catalogue"
"""The name of the view."""
ITEMS: Final = Table(
    "item",
    Column("node", "text", key=True),
    Column("item", "text", key=True),
    *(
        Column(name, "text", known="excluded.{column}")
        for name in ("name", "type_code", "department", "base_code", "area", "agency", "agency_given")
    ),
    Column("since", "timestamptz", known="excluded.{column}"),
)
PROCEDURES: Final = Table(
    "procedure",
    Column("node", "text", key=True),
    Column("item", "text", key=True),
    Column("version", "integer", key=True),
    Column("name", "text"),
    Column("kind", "text"),
    Column("statutory_days", "integer"),
    Column("promised_days", "integer"),
    Column("effective", "date"),
    Column("document", "bytea"),
)
_ITEM: Final = ("item", "name", "type_code", "department", "base_code", "area", "agency", "agency_given")
_PROCEDURE: Final = ("item", "version", "name", "kind", "statutory_days", "promised_days", "effective")


def catalogue_view(codec: Codec) -> View:
    """The view over the catalogue's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Recorded]) -> None:
        items: dict[tuple[str, str], dict[str, Any]] = {}
        procedures: list[dict[str, Any]] = []
        for event in events:
            match codec.decode(event):
                case ItemRegistered() | ItemChanged() as told:
                    items[event.node, told.item] = {"node": event.node, "since": event.time, **_said(told, _ITEM)}
                case ProcedurePublished() as told:
                    procedures.append({"node": event.node, "document": event.data, **_said(told, _PROCEDURE)})
        await ITEMS.save(connection, [items[key] for key in sorted(items)])  # the last word on an item within a batch wins
        await PROCEDURES.add(connection, procedures)

    return View(CATALOGUE, apply)


def _said(told: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(told, name) for name in names}


# --- queries ----------------------------------------------------------------------------------------------------------------------


async def items(pool: Pool, node: str, query: str, after: str, limit: int) -> list[dict[str, Any]]:
    """A page of a node's items whose name or code holds `query`, by code."""
    rows = await pool.fetch(
        f"""select {ITEMS.columns} from item
            where node = $1 and item > $2 and ($3 = '' or position($3 in name) > 0 or position($3 in item) > 0)
            order by item limit $4""",
        node,
        after,
        query,
        limit,
    )
    return [dict(row) for row in rows]


async def item(pool: Pool, node: str, code: str) -> dict[str, Any] | None:
    """One item with all versions of its procedure, newest first."""
    row = await pool.fetchrow(f"select {ITEMS.columns} from item where node = $1 and item = $2", node, code)
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
