"""Procedure versions heard from the catalogue, as cases pin them. A version never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import msgspec

from libs.views import Column, Connection, Pool, Table
from services.intake.case.filing import Version
from services.intake.events import Pinned, PinnedStep

PROCEDURES: Final = Table(
    "procedures",
    Column("node", "text", key=True),
    Column("item", "text", key=True),
    Column("procedure_version", "integer", key=True),
    Column("item_name", "text"),
    Column("kind", "text"),
    Column("effective", "date"),
    Column("statutory_days", "integer"),
    Column("promised_days", "integer"),
    Column("delivery_days", "integer"),
    Column("extension_days", "integer"),
    Column("extension_moves_promise", "boolean"),
    Column("correction_days", "integer"),
    Column("steps", "jsonb"),
)
_VERSIONS: Final = f"""
select {PROCEDURES.columns} from procedures where node = any ($1::text[]) and item = $2
order by array_position($1::text[], node), effective desc, procedure_version desc"""


async def learn(connection: Connection, heard: Mapping[str, Sequence[Version]]) -> None:
    """Keeps versions, by the node that published them."""
    await PROCEDURES.add(connection, [_row(node, version) for node, versions in heard.items() for version in versions])


async def versions(pool: Pool, line: Sequence[str], item: str) -> list[Version]:
    """All versions known at the nodes of `line`, nearest node first, newest first."""
    return [_version(dict(row)) for row in await pool.fetch(_VERSIONS, list(line), item)]


def _row(node: str, version: Version) -> dict[str, Any]:
    steps = msgspec.json.encode(version.pinned.steps).decode()
    return {**asdict(version.pinned), "node": node, "effective": version.effective, "steps": steps}


def _version(row: dict[str, Any]) -> Version:
    row.pop("node")
    effective, steps = row.pop("effective"), msgspec.json.decode(row.pop("steps"), type=tuple[PinnedStep, ...])
    return Version(effective=effective, pinned=Pinned(**row, steps=steps))
