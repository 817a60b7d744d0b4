"""The archive of every feed, read: pages of a feed, everything of a case, how far each feed has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from libs.database import Connection, Pool, working
from libs.eventlog import recorded
from libs.wire import Recorded

Key = tuple[str, int]
"""Source and epoch."""
PAGE: Final = 2000
_EVENT: Final = """
select f.source, f.epoch, a.sequence, a.id, a.type, a.subject, a.time, a.recordedtime, a.actor, a.recipient, a.correlationid,
       a.causationid, a.traceparent, a.prevhash, a.hash, a.data, 0 as version
from {table} a join city_feed f using (feed)"""
_PAGE: Final = f"""{_EVENT}
where f.source = $1 and f.epoch = $2 and a.sequence > $3 and a.sequence <= $4 {{chosen}} order by a.sequence limit $5"""
_ARCHIVED: Final = _PAGE.format(table="archived", chosen="")
_CHOSEN: Final = _PAGE.format(table="candidate", chosen="and a.sequence > f.wanted and a.sequence <= f.signed")
_OF_CASE: Final = f"""
select * from (
    select *, true as verified from ({_EVENT.format(table="archived")} where a.correlationid = $1) archived
    union all select *, false as verified from ({_EVENT.format(table="candidate")} where a.correlationid = $1) waiting
) both_of_them order by time, recordedtime, source, sequence limit 2000"""
_FEEDS: Final = """
select f.*, c.waiting from city_feed f cross join lateral (select count(*) as waiting from candidate c where c.feed = f.feed) c
order by source, epoch"""
_EVIDENCE: Final = "select kind, node, source, epoch, sequence, because, since from evidence order by evidence desc limit $1"


async def verified_to(pool: Pool, key: Key) -> int:
    """The last verified number of a feed."""
    async with working(pool, "wait") as connection:
        return await connection.fetchval("select verified from city_feed where source = $1 and epoch = $2", *key) or 0


async def page(rows: Connection, key: Key, after: int, upto: int, limit: int) -> list[Recorded]:
    """Archived events of a feed in order."""
    return [recorded(row) for row in await rows.fetch(_ARCHIVED, *key, after, upto, limit)]


async def chosen(rows: Connection, key: Key, after: int, upto: int, limit: int) -> list[Recorded]:
    """Events of a feed that a checkpoint chose and that are on their way to the archive, in order."""
    return [recorded(row) for row in await rows.fetch(_CHOSEN, *key, after, upto, limit)]


async def of_case(rows: Connection, number: str) -> list[tuple[Recorded, bool]]:
    """Everything that came of a case, over all services, by business time; and whether it is verified, or waits for its checkpoint."""
    return [(recorded(row), row["verified"]) for row in await rows.fetch(_OF_CASE, number)]


async def feeds(rows: Connection) -> list[dict[str, Any]]:
    """Every feed's position and state; `waiting` counts the candidates that no checkpoint has chosen."""
    shown = ("source", "epoch", "node", "verified", "waiting", "ahead")
    found = await rows.fetch(_FEEDS)
    return [{**{name: row[name] for name in shown}, "hash": row["verified_hash"], "state": feed_state(row)} for row in found]


def feed_state(row: Mapping[str, Any]) -> str:
    """The state of a feed as its row has it: live, gap (a signed record is missing) or forked."""
    if row["forked"]:
        return "forked"
    return "gap" if row["missing"] else "live"


async def evidence(rows: Connection, latest: int = 200) -> list[dict[str, Any]]:
    """What did not fit, newest first; the record itself stays in the table."""
    return [dict(row) for row in await rows.fetch(_EVIDENCE, latest)]
