"""Leased serials: who holds which block, and the blocks of which every serial is a case's or voided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from libs.database import working
from libs.views import Pool, Table


class Lease(msgspec.Struct, frozen=True):
    """A row: the serials `first`..`last` of a node's year, which a process leased."""

    node: str
    year: int
    first: int
    last: int
    process: str


class OpenLease(Lease, frozen=True):
    """A block that is not accounted for yet; `alive`: its process has given a sign of life."""

    alive: bool


LEASES: Final = Table.of("leases", Lease, key=("node", "year", "first"))
_OPEN: Final = f"""
select {LEASES.columns}, exists (select from alive a where a.process = leases.process and a.seen_at >= $2) as alive
from leases where not settled and node = any ($1::text[]) and (node, year, first) > ($3, $4, $5) order by node, year, first limit $6"""
# What is settled follows from the log's claims, and is found again where it was lost: a view made anew looks once at every block.
_SETTLE: Final = "update leases set settled = true where node = $1 and year = $2 and first = $3"


async def open_leases(pool: Pool, nodes: Sequence[str], alive_after: datetime, after: Lease | None, limit: int) -> list[OpenLease]:
    """The next blocks that are not accounted for, behind `after`; alive is who was seen since `alive_after`."""
    place = (after.node, after.year, after.first) if after else ("", 0, 0)
    async with working(pool, "numbers") as connection:
        return [OpenLease(*row.values()) for row in await connection.fetch(_OPEN, nodes, alive_after, *place, limit)]


async def accounted_for(pool: Pool, leases: Sequence[Lease]) -> None:
    """Notes that every serial of these blocks is a case's or voided: nobody looks at them again."""
    if leases:
        async with working(pool, "numbers") as connection:
            await connection.executemany(_SETTLE, [(lease.node, lease.year, lease.first) for lease in leases])
