"""How far a consumer has come with each feed: rows in PostgreSQL, and in memory ahead of them while nothing was written since.

Whoever else hears the same feed moves the same rows: they are looked at under their locks before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from libs.database import Connection, Pool, works_as
from libs.wire import Position, Recorded, genesis

_KNOW: Final = """
with new as (
    insert into cursor (consumer, source, epoch, sequence, hash) select $1, source, 1, 0, '' from unnest($2::text[]) as t (source)
    on conflict do nothing returning source, epoch, sequence, hash, behind
)
select * from new union all
select source, epoch, sequence, hash, behind from cursor where consumer = $1 and source = any ($2::text[])"""
# The first statement of a wave, which says that what follows is the inbox's own work.
_LOCK: Final = f"""
select source, epoch, sequence, hash, behind from cursor
where consumer = $1 and source = any ($2::text[]) and {works_as("inbox")} order by source for update"""
_MOVE: Final = """
update cursor set epoch = t.epoch, sequence = t.sequence, hash = t.hash, behind = t.behind
from unnest($2::text[], $3::integer[], $4::bigint[], $5::text[], $6::boolean[]) as t (source, epoch, sequence, hash, behind)
where cursor.consumer = $1 and cursor.source = t.source"""
_FIRST: Final = frozenset(genesis(alg) for alg in ("sha256", "sm3"))


class Cursor(msgspec.Struct):
    """How far a consumer has come with one feed; `behind`: something is missing and is being pulled."""

    source: str
    epoch: int
    sequence: int
    hash: str
    behind: bool

    @property
    def at(self) -> tuple[int, int]:
        """Epoch and number."""
        return self.epoch, self.sequence

    @property
    def position(self) -> Position:
        """The last event it has heard."""
        return Position(self.source, self.epoch, self.sequence, self.hash)


def sift(cursor: Cursor, events: Sequence[Recorded], *, pulled: bool = False) -> list[Recorded]:
    """The events that come next, in order, dropping what was heard before; moves the cursor, marks it behind at the first gap.

    What was `pulled` does not end being behind: only the owner's word that there is no more does.
    """
    fresh: list[Recorded] = []
    for event in events:
        at = event.epoch, event.sequence
        if at <= cursor.at:
            continue
        if not _follows(cursor, event):
            cursor.behind = True
            break
        fresh.append(event)
        cursor.epoch, cursor.sequence, cursor.hash = event.epoch, event.sequence, event.hash
    else:
        cursor.behind = cursor.behind and pulled
    return fresh


def _follows(cursor: Cursor, event: Recorded) -> bool:
    if event.sequence == 1:
        return event.prevhash in _FIRST and cursor.at in ((event.epoch, 0), (event.epoch - 1, cursor.sequence))
    return event.epoch == cursor.epoch and event.sequence == cursor.sequence + 1 and event.prevhash == cursor.hash


class Cursors:
    """The cursors of one consumer. What it gives out are copies; they count once they are kept."""

    def __init__(self, consumer: str) -> None:
        self._consumer = consumer
        self._known: dict[str, Cursor] = {}
        self._unsaved: set[str] = set()

    async def of(self, pool: Pool, sources: Iterable[str]) -> list[Cursor]:
        """The cursors of these feeds, sorted by source; those never met are made or read."""
        wanted = sorted(sources)
        if strange := [source for source in wanted if source not in self._known]:
            for row in await pool.fetch(_KNOW, self._consumer, strange):
                self._known[row["source"]] = Cursor(*row.values())
        return [msgspec.structs.replace(self._known[source]) for source in wanted]

    async def locked(self, connection: Connection, sources: Sequence[str]) -> list[Cursor]:
        """The cursors under the locks of their rows, each as far as its row or this process is, whichever is further."""
        rows = [Cursor(*row.values()) for row in await connection.fetch(_LOCK, self._consumer, sources)]
        return [self._further(row) for row in rows]

    def _further(self, row: Cursor) -> Cursor:
        known = self._known.get(row.source, row)
        return msgspec.structs.replace(known, behind=row.behind) if known.at > row.at else row

    async def write(self, connection: Connection, cursors: Sequence[Cursor]) -> None:
        """Moves the rows; it counts when the transaction has committed, and is to be kept then."""
        await connection.execute(
            _MOVE,
            self._consumer,
            [c.source for c in cursors],
            [c.epoch for c in cursors],
            [c.sequence for c in cursors],
            [c.hash for c in cursors],
            [c.behind for c in cursors],
        )

    def keep(self, cursors: Iterable[Cursor], *, written: bool) -> None:
        """From now on the consumer has come as far as these say."""
        for cursor in cursors:
            moved = cursor.at != self._known[cursor.source].at
            self._known[cursor.source] = cursor
            if written:
                self._unsaved.discard(cursor.source)
            elif moved:
                self._unsaved.add(cursor.source)

    def moves(self, cursor: Cursor) -> bool:
        """Whether `cursor` says otherwise than before that something is missing: that has to stand in its row."""
        return cursor.behind != self._known[cursor.source].behind

    async def save(self, pool: Pool) -> None:
        """Lets the rows follow what moved over nothing written. A row that is further stays where it is."""
        sources = sorted(self._unsaved)
        if not sources:
            return
        async with pool.acquire() as connection, connection.transaction():
            cursors = await self.locked(connection, sources)
            await self.write(connection, cursors)
        for cursor in cursors:
            if self._known[cursor.source].at <= cursor.at:
                self.keep([cursor], written=True)


async def cursors(pool: Pool, consumer: str) -> Mapping[str, Position]:
    """How far a consumer has come, per source, as its rows say: they may lag by a second."""
    rows = await pool.fetch("select source, epoch, sequence, hash from cursor where consumer = $1", consumer)
    return {row["source"]: Position(*row.values()) for row in rows}
