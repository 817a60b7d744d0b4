"""How far views have come: kept in memory, in rows where something was written, and brought to the rows by and by where nothing was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from libs.database import Connection, Pool, works_as
from libs.wire import Recorded

Place = tuple[int, int]
"""Epoch and number."""
START: Final[Place] = (1, 0)

_MAKE: Final = """
insert into view_position (view, source, epoch, sequence) select view, source, 1, 0
from unnest($1::text[]) as v (view) cross join unnest($2::text[]) as s (source)
order by view collate "C", source collate "C" on conflict do nothing"""
_SOURCES: Final = "select source from head"
_LOAD: Final = "select view, source, epoch, sequence from view_position where view = any ($1::text[])"
_LOCK: Final = f'{_LOAD} and {works_as("views")} order by view collate "C", source collate "C" for update'
"""The first statement of a turn, which says that what follows is the views' own work.

In the order in which `_write` writes, whatever that of the database is: two who lock in two orders wait for each other."""
_SAVE: Final = """
insert into view_position as p (view, source, epoch, sequence) select * from unnest($1::text[], $2::text[], $3::integer[], $4::bigint[])
on conflict (view, source) do update set epoch = excluded.epoch, sequence = excluded.sequence
where (p.epoch, p.sequence) < (excluded.epoch, excluded.sequence)"""


class Positions:
    """The positions of a service's views in this process, per view and source. A row is never ahead of what was shown, nor moved back."""

    def __init__(self, views: Iterable[str]) -> None:
        self._at: dict[str, dict[str, Place]] = {view: {} for view in views}
        self._unsaved: set[tuple[str, str]] = set()

    def of(self, view: str) -> dict[str, Place]:
        """How far a view has come, per source."""
        return dict(self._at[view])

    def reached(self, view: str, source: str) -> Place:
        """How far a view has come with one source."""
        return self._at[view].get(source, START)

    async def load(self, pool: Pool) -> None:
        """Takes the rows for what is so, and makes those that are not there: they are what two processes take turns by."""
        sources = [row["source"] for row in await pool.fetch(_SOURCES)]
        await pool.execute(_MAKE, sorted(self._at), sources)
        rows = await pool.fetch(_LOAD, sorted(self._at))
        self._unsaved.clear()
        for at in self._at.values():
            at.clear()
        for row in rows:
            self._at[row["view"]][row["source"]] = (row["epoch"], row["sequence"])

    async def lock(self, connection: Connection, views: Iterable[str], sources: Iterable[str]) -> None:
        """Locks the rows of these views; where another process has gone further, so have we."""
        views = sorted(views)
        if missing := sorted({source for source in sources for view in views if source not in self._at[view]}):
            await connection.execute(_MAKE, views, missing)
        for row in await connection.fetch(_LOCK, views):
            view, source = row["view"], row["source"]
            self._at[view][source] = max(self.reached(view, source), (row["epoch"], row["sequence"]))

    def ahead(self, view: str, events: Sequence[Recorded]) -> list[Recorded]:
        """The events that the view has not come to yet."""
        return [event for event in events if (event.epoch, event.sequence) > self.reached(view, event.source)]

    def move(self, view: str, events: Iterable[Recorded], *, saved: bool) -> None:
        """The view has come to the end of `events`; `saved`: its row as well."""
        for source, place in ends(events).items():
            self._at[view][source] = place
            (self._unsaved.discard if saved else self._unsaved.add)((view, source))

    async def write(self, connection: Connection, moved: Mapping[str, Iterable[Recorded]]) -> None:
        """Moves the rows of views to the ends of their events, in the transaction in which these were shown."""
        await _write(connection, [(view, source, place) for view, events in moved.items() for source, place in ends(events).items()])

    async def save(self, pool: Pool) -> None:
        """Brings the rows to where nothing was written on the way."""
        saving = [(view, source, self._at[view][source]) for view, source in sorted(self._unsaved)]
        await _write(pool, saving)
        self._unsaved.difference_update((view, source) for view, source, place in saving if self._at[view].get(source) == place)


def ends(events: Iterable[Recorded]) -> dict[str, Place]:
    """The last place of each source among the events."""
    return {event.source: (event.epoch, event.sequence) for event in events}


async def _write(connection: Connection | Pool, rows: Sequence[tuple[str, str, Place]]) -> None:
    if rows:
        rows = sorted(rows)
        await connection.execute(
            _SAVE,
            [view for view, _, _ in rows],
            [source for _, source, _ in rows],
            [epoch for _, _, (epoch, _) in rows],
            [sequence for _, _, (_, sequence) in rows],
        )
