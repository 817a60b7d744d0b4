"""Following the logs of one service from saved positions: what the relay, the link and the views share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from libs.database import Connection
from libs.eventlog.postgres import recorded
from libs.wire import Recorded

_HEADS: Final = "select source, epoch, sequence from {schema}head where sequence > 0 order by source"
_PAGE: Final = """
select f.epoch, e.sequence, e.source, e.version, e.subject, e.id, e.type, e.time, e.recordedtime, e.actor, e.recipient,
       e.correlationid, e.causationid, e.traceparent, e.prevhash, e.hash, e.data
from unnest($1::text[], $2::integer[], $3::bigint[]) with ordinality as at (source, epoch, sequence, place)
join {schema}feed f on f.source = at.source and f.epoch >= at.epoch
cross join lateral (
    select * from {schema}event e
    where e.feed = f.feed and e.sequence > case when f.epoch = at.epoch then at.sequence else 0 end
    order by e.sequence limit $4
) e
order by at.place, f.epoch, e.sequence"""

At = Mapping[str, tuple[int, int]]
"""Per source the (epoch, sequence) reached."""


async def tail(connection: Connection, at: At, *, limit: int, schema: str = "") -> list[Recorded]:
    """The next events of every feed of the service beyond `at`, feed by feed in order; about `limit` in all, a fair share of each."""
    prefix = f'"{schema}".' if schema else ""
    ahead: list[tuple[str, int, int]] = []
    for head in await connection.fetch(_HEADS.format(schema=prefix)):
        epoch, sequence = at.get(head["source"], (1, 0))
        if (head["epoch"], head["sequence"]) > (epoch, sequence):
            ahead.append((head["source"], epoch, sequence))
    if not ahead:
        return []
    sources, epochs, sequences = (list(column) for column in zip(*ahead, strict=True))
    rows = await connection.fetch(_PAGE.format(schema=prefix), sources, epochs, sequences, max(limit // len(ahead), 50))
    return [recorded(row) for row in rows]
