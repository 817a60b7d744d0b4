"""Leased serials: who holds which, and which of them no case carries."""

from __future__ import annotations

from typing import Final

import msgspec

from libs.views import Connection, Pool, Table
from services.intake.events import NumbersVoided


class Lease(msgspec.Struct, frozen=True):
    """A row: the serials `first`..`last` of a node's year, which a process leased."""

    node: str
    year: int
    first: int
    last: int
    process: str


LEASES: Final = Table.of("leases", Lease, key=("node", "year", "first"))
_SETTLE: Final = "update leases set settled = true where node = $1 and year = $2 and process = $3 and not settled"

# Numbers of one node and year lie side by side, so the one index on them serves this too.
_UNUSED: Final = """
with open as (
    select node, year, process, serial from leases, generate_series(first, last) as serial where not settled and process <> $1
), used as (
    select c.node, c.year, c.serial from (select distinct node, year from open) as o
    join cases c on c.number >= o.node || '-' || o.year and c.number < o.node || '-' || (o.year + 1)
)
select o.node, o.year, o.process, coalesce(array_agg(o.serial order by o.serial) filter (where u.serial is null), '{}') as unused
from open o left join used u on u.node = o.node and u.year = o.year and u.serial = o.serial
group by o.node, o.year, o.process order by o.node, o.year, o.process"""


class Unused(msgspec.Struct, frozen=True):
    """Serials a process leased and no case carries."""

    node: str
    year: int
    process: str
    serials: tuple[int, ...]


async def settled(connection: Connection, node: str, voided: NumbersVoided) -> None:
    """Notes that no serial of a process whose numbers were voided is open any more."""
    await connection.execute(_SETTLE, node, voided.year, voided.process)


async def unused_serials(pool: Pool, alive: str) -> list[Unused]:
    """What is unused per node, year and process other than `alive`, as far as the view has come; an empty list of serials: all were used."""
    return [Unused(r["node"], r["year"], r["process"], tuple(r["unused"])) for r in await pool.fetch(_UNUSED, alive)]
