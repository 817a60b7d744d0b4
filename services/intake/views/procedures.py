"""Procedure versions heard from the catalogue, as cases pin them. A version never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

import msgspec

from libs.decider import record
from libs.views import Connection, Pool, Table
from services.intake.events import Pinned, PinnedStep


@record
class KnownVersion(Pinned):
    """A row: what a case pins of a version, the node that published it, and the day from which it is in force. The steps are kept as JSON."""

    node: str
    effective: date


PROCEDURES: Final = Table.of("procedures", KnownVersion, key=("node", "item", "procedure_version"), types={"steps": "jsonb"})
_VERSIONS: Final = f"""
select {PROCEDURES.columns} from procedures where node = any ($1::text[]) and item = $2
order by array_position($1::text[], node), effective desc, procedure_version desc"""


async def learn(connection: Connection, heard: Mapping[str, Sequence[tuple[date, Pinned]]]) -> None:
    """Keeps versions, by the node that published them: the day from which one is in force, and what it says."""
    await PROCEDURES.add(connection, [_row(node, *version) for node, versions in heard.items() for version in versions])


async def versions(pool: Pool, line: Sequence[str], item: str) -> list[tuple[date, Pinned]]:
    """All versions known at the nodes of `line`, nearest node first, newest first."""
    return [_version(dict(row)) for row in await pool.fetch(_VERSIONS, list(line), item)]


def _row(node: str, effective: date, pinned: Pinned) -> dict[str, Any]:
    return {**asdict(pinned), "node": node, "effective": effective, "steps": msgspec.json.encode(pinned.steps).decode()}


def _version(row: dict[str, Any]) -> tuple[date, Pinned]:
    row.pop("node")
    effective, steps = row.pop("effective"), msgspec.json.decode(row.pop("steps"), type=tuple[PinnedStep, ...])
    return effective, Pinned(**row, steps=steps)
