"""Items and procedures as they stand, per node."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from unicodedata import normalize

import msgspec

from libs.eventlog import Codec
from libs.views import LATEST, Connection, Logged, Table, View
from services.catalogue.events import CaseKind, ItemChanged, ItemRegistered, ProcedurePublished

CATALOGUE: Final = "catalogue"
"""The name of the view."""


class ShownItem(msgspec.Struct):
    """A row of the table: an item of a node as it was said to be last, at `since`."""

    node: str
    item: str
    name: str
    type_code: str
    department: str
    base_code: str
    area: str
    agency: str
    agency_given: str
    since: datetime


class ShownProcedure(msgspec.Struct):
    """A row of the table: a version of an item's procedure at a node; `document` is all that was published, as JSON."""

    node: str
    item: str
    version: int
    name: str
    kind: CaseKind
    statutory_days: int
    promised_days: int
    effective: date
    document: bytes


SHOWN_ITEMS: Final = Table.of(
    "item", ShownItem, key=("node", "item"), known={name: LATEST for name in ShownItem.__struct_fields__ if name not in ("node", "item")}
)
SHOWN_PROCEDURES: Final = Table.of("procedure", ShownProcedure, key=("node", "item", "version"), types={"document": "bytea"})


def catalogue_view(codec: Codec) -> View:
    """The view over the catalogue's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Logged]) -> None:
        items: dict[tuple[str, str], ShownItem] = {}
        procedures: list[ShownProcedure] = []
        for event in events:
            match codec.decode(event):
                case ItemRegistered() | ItemChanged() as told:
                    items[event.node, told.item] = _item(event, told)
                case ProcedurePublished() as told:
                    procedures.append(_procedure(event, told))
        await SHOWN_ITEMS.save(connection, [items[key] for key in sorted(items)])  # the last word on an item within a batch wins
        await SHOWN_PROCEDURES.add(connection, procedures)

    return View(CATALOGUE, apply, frozenset(map(codec.name, (ItemRegistered, ItemChanged, ProcedurePublished))), codec.types)


def _item(event: Logged, told: ItemRegistered | ItemChanged) -> ShownItem:
    return ShownItem(
        node=event.node,
        item=told.item,
        name=told.name,
        type_code=told.type_code,
        department=told.department,
        base_code=told.base_code,
        area=told.area,
        agency=told.agency,
        agency_given=told.agency_given,
        since=event.time,
    )


def _procedure(event: Logged, told: ProcedurePublished) -> ShownProcedure:
    return ShownProcedure(
        node=event.node,
        item=told.item,
        version=told.version,
        name=told.name,
        kind=told.kind,
        statutory_days=told.statutory_days,
        promised_days=told.promised_days,
        effective=told.effective,
        document=event.data,
    )


# --- queries ----------------------------------------------------------------------------------------------------------------------


async def items(rows: Connection, node: str, query: str, after: str, limit: int) -> list[dict[str, Any]]:
    """A page of a node's items whose name or code holds `query`, by code; whether signs are written wide or narrow is all one."""
    found = await rows.fetch(
        f"""select {SHOWN_ITEMS.columns} from item
            where node = $1 and item > $2 and ($3 = '' or position($3 in normalize(name, nfkc)) > 0 or position($3 in normalize(item, nfkc)) > 0)
            order by item limit $4""",
        node,
        after,
        normalize("NFKC", query),
        limit,
    )
    return [dict(row) for row in found]


async def item(rows: Connection, node: str, code: str) -> dict[str, Any] | None:
    """One item of a node with all versions of its procedure, newest first."""
    row = await rows.fetchrow(f"select {SHOWN_ITEMS.columns} from item where node = $1 and item = $2", node, code)
    if row is None:
        return None
    versions = await rows.fetch("select document from procedure where node = $1 and item = $2 order by version desc", node, code)
    return {**dict(row), "procedures": [msgspec.Raw(version["document"]) for version in versions]}


async def in_force(rows: Connection, node: str, day: date, after: str, limit: int) -> list[dict[str, Any]]:
    """A page of the procedures in force on `day`, by item: of those begun by then the one begun last, of these the last published."""
    found = await rows.fetch(
        """select distinct on (item) item, name, version, kind, effective, document from procedure
           where node = $1 and effective <= $2 and item > $3 order by item, effective desc, version desc limit $4""",
        node,
        day,
        after,
        limit,
    )
    return [{**dict(row), "document": msgspec.Raw(row["document"])} for row in found]


async def counts(rows: Connection, node: str) -> dict[str, int]:
    """How many items a node has, and how many of them have an agency."""
    row = await rows.fetchrow(
        "select count(*) as items, count(*) filter (where agency <> '') as with_agency from item where node = $1", node
    )
    return dict(row) if row else {}
