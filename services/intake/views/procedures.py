"""Procedure versions heard from the catalogue, as cases pin them. A version never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from libs.database import reading
from libs.decider import record
from libs.views import Connection, Pool, Table
from services.intake.events import Pinned


@record
class KnownVersion:
    """A row: a version of an item's procedure at the node that published it, in force from `effective`; `pinned` is what a case keeps, as JSON."""

    node: str
    item: str
    procedure_version: int
    effective: date
    pinned: str


PROCEDURES: Final = Table.of("procedures", KnownVersion, key=("node", "item", "procedure_version"), types={"pinned": "jsonb"})
_VERSIONS: Final = """
select effective, pinned from procedures where node = any ($1::text[]) and item = $2
order by array_position($1::text[], node), effective desc, procedure_version desc"""


async def learn(connection: Connection, heard: Mapping[str, Sequence[tuple[date, Pinned]]]) -> None:
    """Keeps versions, by the node that published them: the day from which one is in force, and what it says."""
    await PROCEDURES.add(connection, [_row(node, *version) for node, versions in heard.items() for version in versions])


async def versions(pool: Pool, line: Sequence[str], item: str) -> list[tuple[date, Pinned]]:
    """All versions known at the nodes of `line`, nearest node first, newest first."""
    async with reading(pool, line) as shown:
        rows = await shown.fetch(_VERSIONS, list(line), item)
    return [(row["effective"], msgspec.json.decode(row["pinned"], type=Pinned)) for row in rows]


def _row(node: str, effective: date, pinned: Pinned) -> KnownVersion:
    return KnownVersion(
        node=node,
        item=pinned.item,
        procedure_version=pinned.procedure_version,
        effective=effective,
        pinned=msgspec.json.encode(pinned).decode(),
    )
