"""The queue of what is due: for each clock that has something to say by itself, the next instant at which it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from libs.database import working
from libs.views import LATEST, Connection, Pool, Table

CONSUMER: Final = "deadline"
"""The name under which the service hears others."""


class Waiting(NamedTuple):
    """A clock that waits to say its next rung."""

    fires_at: datetime
    clock: str
    node: str
    timeline: str


class Speaker(NamedTuple):
    """A clock that is due to say a rung, and what was held in its case, as the inbox keeps it."""

    fires_at: datetime
    clock: str
    node: str
    holdings: str


DUE_RUNGS: Final = Table.of("due_rung", Waiting, key=("clock",), known={"fires_at": LATEST})
_SILENT: Final = "delete from due_rung where clock = any ($1::text[])"
# In real time a node whose facts are known to have a gap waits: nobody is carded for what was not heard.
_DUE: Final = """
select fires_at, clock, node, coalesce((select holdings from heard_case h where h."case" = split_part(clock, ':', 2)), '') as holdings
from due_rung
where timeline = $1 and fires_at <= $2 and (fires_at, clock) > ($3, $4)
  and ($1 <> '' or node <> all (select split_part(source, ':', 3) from cursor where consumer = $6 and behind))
order by fires_at, clock limit $5"""
# In order, so that a plan made for any moment goes by the index and looks at nothing that is not due.
_OVERDUE: Final = """
select count(*) from (
    select from due_rung where timeline = '' and fires_at <= $1 order by timeline, fires_at, clock limit 1000000
) as overdue"""


async def keep_waiting(connection: Connection, speaking: Sequence[Waiting], silent: Sequence[str]) -> None:
    """Writes when each of the speaking clocks speaks next; the silent ones, which have nothing to say by themselves, leave the queue."""
    await DUE_RUNGS.save(connection, speaking)
    if silent:
        await connection.execute(_SILENT, silent)


async def waiting_by(pool: Pool, timeline: str, now: datetime, after: tuple[datetime, str], limit: int) -> list[Speaker]:
    """The next clocks of a timeline that speak by `now`, in order, behind `after`; nothing that is not due is looked at."""
    async with working(pool, "ticker") as connection:
        return [Speaker(*row.values()) for row in await connection.fetch(_DUE, timeline, now, *after, limit, CONSUMER)]


async def overdue_for_a_tick(pool: Pool, now: datetime) -> int:
    """Clocks in real time that should have spoken by `now`."""
    async with working(pool, "ticker") as connection:
        return int(await connection.fetchval(_OVERDUE, now))
