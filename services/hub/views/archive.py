"""The archive of every feed, read: pages of a feed, everything of a case, how far each feed has come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from libs.database import Connection, Pool
from libs.eventlog import recorded
from libs.wire import Recorded

Key = tuple[str, int]
"""Source and epoch."""
_EVENT: Final = """
select f.source, f.epoch, a.sequence, a.id, a.type, a.subject, a.time, a.recordedtime, a.actor, a.recipient, a.correlationid,
       a.causationid, a.traceparent, a.prevhash, a.hash, a.data, 0 as version, a.sequence <= f.verified as verified
from archive a join city_feed f using (feed)"""


async def verified_to(pool: Pool, key: Key) -> int:
    """The last verified number of a feed."""
    return await pool.fetchval("select verified from city_feed where source = $1 and epoch = $2", *key) or 0


async def page(connection: Connection | Pool, key: Key, after: int, upto: int, limit: int | None = None) -> list[Recorded]:
    """Archived events of a feed in order."""
    where = "where f.source = $1 and f.epoch = $2 and a.sequence > $3 and a.sequence <= $4 order by a.sequence limit $5"
    return [recorded(row) for row in await connection.fetch(f"{_EVENT} {where}", *key, after, upto, limit)]


async def of_case(pool: Pool, number: str) -> list[tuple[Recorded, bool]]:
    """Everything archived of a case, over all services, by business time; and whether it is verified."""
    rows = await pool.fetch(f"{_EVENT} where a.correlationid = $1 order by a.time, a.recordedtime, f.source, a.sequence limit 2000", number)
    return [(recorded(row), row["verified"]) for row in rows]


async def feeds(pool: Pool) -> list[dict[str, Any]]:
    """Every feed's position and state."""
    rows = await pool.fetch("select * from city_feed order by source, epoch")
    shown = ("source", "epoch", "node", "archived", "verified", "ahead")
    return [{**{name: row[name] for name in shown}, "hash": row["archived_hash"], "state": feed_state(row)} for row in rows]


def feed_state(row: Mapping[str, Any]) -> str:
    """The state of a feed as its row has it: live, gap or forked."""
    if row["forked"]:
        return "forked"
    return "gap" if row["ahead"] > row["archived"] else "live"


async def evidence(pool: Pool, latest: int = 200) -> list[dict[str, Any]]:
    """What did not fit, newest first; the record itself stays in the table."""
    rows = await pool.fetch(
        "select kind, node, source, epoch, sequence, because, since from evidence order by evidence desc limit $1", latest
    )
    return [dict(row) for row in rows]


async def pages(pool: Pool, key: Key, upto: int, size: int = 2000) -> AsyncIterator[list[Recorded]]:
    """The archived events of a feed up to a number, page by page."""
    after = 0
    while after < upto:
        events = await page(pool, key, after, upto, size)
        yield events
        if len(events) < size:
            return
        after = events[-1].sequence
