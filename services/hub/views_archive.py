"""The archive of every feed, its positions and the evidence: plain SQL, batches everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from libs.database import Connection, Pool
from libs.wire import Recorded
from services.hub.feed import Batch, Feed, Key

COLUMNS: Final = (
    "feed", "sequence", "id", "type", "subject", "time", "recordedtime", "actor", "recipient",
    "correlationid", "causationid", "traceparent", "prevhash", "hash", "data",
)  # fmt: skip
_MAKE: Final = """
insert into city_feed (source, epoch, node) select source, epoch, node from unnest($1::text[], $2::integer[], $3::text[])
    as t (source, epoch, node) order by source, epoch on conflict do nothing"""
_LOCK: Final = """
select f.* from city_feed f join unnest($1::text[], $2::integer[]) as t (source, epoch) using (source, epoch)
order by f.source, f.epoch for update of f"""
_HASHES: Final = """
select f.source, f.epoch, a.sequence, a.hash
from unnest($1::text[], $2::integer[], $3::bigint[]) as t (source, epoch, sequence)
join city_feed f using (source, epoch)
cross join lateral (select sequence, hash from archive where archive.feed = f.feed and archive.sequence = t.sequence limit 1) a"""
_MOVE: Final = """
update city_feed set archived = t.archived, archived_hash = t.archived_hash, verified = t.verified, verified_hash = t.verified_hash,
       ahead = t.ahead, forked = t.forked
from unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::boolean[])
     as t (source, epoch, archived, archived_hash, verified, verified_hash, ahead, forked)
where city_feed.source = t.source and city_feed.epoch = t.epoch"""
_KEEP: Final = """
insert into checkpoint (node, day, counter, time, value, signature, received)
values ($1, ($3::timestamptz at time zone 'Asia/Shanghai')::date, $2, $3, $4, $5, $6)
on conflict (node, day) do update set counter = excluded.counter, time = excluded.time, value = excluded.value,
    signature = excluded.signature, received = excluded.received"""
_SEEN: Final = """
insert into city_node (node, counter, time, seen) values ($1, $2, $3, $4)
on conflict (node) do update set counter = excluded.counter, time = excluded.time, seen = excluded.seen"""
_EVIDENCE: Final = """
insert into evidence (kind, node, source, epoch, sequence, because, record, digest, since)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing"""
_EVENT: Final = """
select f.source, f.epoch, a.sequence, a.id, a.type, a.subject, a.time, a.recordedtime, a.actor, a.recipient, a.correlationid,
       a.causationid, a.traceparent, a.prevhash, a.hash, a.data, a.sequence <= f.verified as verified
from archive a join city_feed f using (feed)"""


async def lock_feeds(connection: Connection, keys: Iterable[Key]) -> dict[Key, Feed]:
    """The feeds, made where new, locked in sorted order: after a rebalance two members may hold one origin."""
    ordered = sorted(keys)
    columns = [[key[0] for key in ordered], [key[1] for key in ordered]]
    await connection.execute(_MAKE, *columns, [key[0].split(":")[2] for key in ordered])
    names = ("source", "epoch", "archived", "archived_hash", "verified", "verified_hash", "ahead", "forked")
    rows = await connection.fetch(_LOCK, *columns)
    return {(row["source"], row["epoch"]): Feed(*(row[name] for name in names)) for row in rows}


async def hashes(connection: Connection, wanted: Sequence[tuple[Key, int]]) -> dict[tuple[Key, int], str]:
    """What is archived under these numbers."""
    if not wanted:
        return {}
    columns: list[list[Any]] = [[key[0] for key, _ in wanted], [key[1] for key, _ in wanted], [n for _, n in wanted]]
    rows = await connection.fetch(_HASHES, *columns)
    return {((row["source"], row["epoch"]), row["sequence"]): row["hash"] for row in rows}


async def counters(connection: Connection, nodes: Sequence[str]) -> dict[str, int]:
    """The newest counter used by each node."""
    return dict(await connection.fetch("select node, counter from city_node where node = any ($1::text[])", nodes)) if nodes else {}


async def store(connection: Connection, batch: Batch, feeds: dict[Key, Feed], now: datetime) -> None:
    """Archive, positions, newest words, evidence."""
    for source, epoch in batch.drop:
        await connection.execute(
            "delete from archive a using city_feed f where f.feed = a.feed and f.source = $1 and f.epoch = $2 and a.sequence > f.verified",
            source,
            epoch,
        )
    dropped = set(batch.drop)
    batch.archive = [(key, event) for key, event in batch.archive if key not in dropped or event.sequence <= feeds[key].verified]
    if batch.archive:
        numbers = dict(await _feed_numbers(connection, {key for key, _ in batch.archive}))
        rows = [_row(numbers[key], event) for key, event in batch.archive]
        await connection.copy_records_to_table("archive", records=rows, columns=COLUMNS)
    await _move(connection, list(feeds.values()))
    for word, value, signature in batch.words:
        await connection.execute(_KEEP, word.node, word.counter, word.time, value, signature, now)
        await connection.execute(_SEEN, word.node, word.counter, word.time, now)
    if batch.evidence:
        kept = [(e.kind, e.node, e.source, e.epoch, e.sequence, e.because, e.record, e.digest, now) for e in batch.evidence]
        await connection.executemany(_EVIDENCE, kept)


async def _feed_numbers(connection: Connection, keys: set[Key]) -> list[tuple[Key, int]]:
    rows = await connection.fetch("select source, epoch, feed from city_feed where source = any ($1::text[])", sorted({k[0] for k in keys}))
    return [((row["source"], row["epoch"]), row["feed"]) for row in rows]


def _row(feed: int, event: Recorded) -> tuple[Any, ...]:
    return (
        feed, event.sequence, event.id, event.type, event.subject, event.time, event.recordedtime, event.actor, event.to,
        event.correlationid, event.causationid, event.traceparent, event.prevhash, event.hash, event.data,
    )  # fmt: skip


async def _move(connection: Connection, feeds: Sequence[Feed]) -> None:
    if not feeds:
        return
    names = ("source", "epoch", "archived", "archived_hash", "verified", "verified_hash", "ahead", "forked")
    await connection.execute(_MOVE, *([getattr(feed, name) for feed in feeds] for name in names))


def recorded(row: Any) -> Recorded:
    """The event of an archive row, as it came."""
    return Recorded(
        source=row["source"],
        epoch=row["epoch"],
        sequence=row["sequence"],
        id=row["id"],
        type=row["type"],
        subject=row["subject"],
        time=row["time"],
        recordedtime=row["recordedtime"],
        actor=row["actor"],
        prevhash=row["prevhash"],
        hash=row["hash"],
        data=row["data"],
        to=row["recipient"],
        correlationid=row["correlationid"],
        causationid=row["causationid"],
        traceparent=row["traceparent"],
    )


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
    names = ("source", "epoch", "archived", "archived_hash", "verified", "verified_hash", "ahead", "forked")
    found = [(row, Feed(*(row[name] for name in names))) for row in rows]
    shown = ("source", "epoch", "node", "archived", "verified", "ahead")
    return [{**{name: row[name] for name in shown}, "hash": row["archived_hash"], "state": feed.state} for row, feed in found]


async def pages(pool: Pool, key: Key, upto: int, size: int = 2000) -> AsyncIterator[list[Recorded]]:
    """A feed in keyset pages."""
    after = 0
    while after < upto:
        events = await page(pool, key, after, upto, size)
        yield events
        if len(events) < size:
            return
        after = events[-1].sequence
