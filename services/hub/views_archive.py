"""The archive of every feed, its positions and the evidence: plain SQL, batches everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from libs.database import Connection, Pool
from libs.eventlog.postgres import recorded
from libs.wire import Position, Recorded, broken, parse_checkpoint, signed_by
from services.hub.feed import Batch, Evidence, Feed, Key

COLUMNS: Final = (
    "feed", "sequence", "id", "type", "subject", "time", "recordedtime", "actor", "recipient",
    "correlationid", "causationid", "traceparent", "prevhash", "hash", "data",
)  # fmt: skip
_FIELDS: Final = ("source", "epoch", "archived", "archived_hash", "verified", "verified_hash", "ahead", "forked")
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
select node, (time at time zone 'Asia/Shanghai')::date, counter, time, value, signature, $6
from unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::bytea[], $5::text[]) as t (node, counter, time, value, signature)
order by node
on conflict (node, day) do update set counter = excluded.counter, time = excluded.time, value = excluded.value,
    signature = excluded.signature, received = excluded.received where checkpoint.counter < excluded.counter"""
_WORDS: Final = """
select distinct on (node) node, value, signature from checkpoint where node = any ($1::text[]) order by node, day desc"""
_SEEN: Final = """
insert into city_node (node, counter, time, seen)
select node, counter, time, $4 from unnest($1::text[], $2::bigint[], $3::timestamptz[]) as t (node, counter, time) order by node
on conflict (node) do update set counter = excluded.counter, time = excluded.time, seen = excluded.seen
    where city_node.counter < excluded.counter"""
_EVIDENCE: Final = """
insert into evidence (kind, node, source, epoch, sequence, because, record, digest, since)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing"""
_EVENT: Final = """
select f.source, f.epoch, a.sequence, a.id, a.type, a.subject, a.time, a.recordedtime, a.actor, a.recipient, a.correlationid,
       a.causationid, a.traceparent, a.prevhash, a.hash, a.data, 0 as version, a.sequence <= f.verified as verified
from archive a join city_feed f using (feed)"""


async def make_feeds(connection: Connection, keys: Iterable[Key]) -> None:
    """Feeds that may be new."""
    if ordered := sorted(keys):
        await connection.execute(_MAKE, [key[0] for key in ordered], [key[1] for key in ordered], [key[0].split(":")[2] for key in ordered])


async def lock_feeds(connection: Connection, keys: Iterable[Key]) -> tuple[dict[Key, Feed], dict[Key, int]]:
    """The feeds and their numbers in the archive, locked in sorted order: after a rebalance two members may hold one origin."""
    ordered = sorted(keys)
    rows = await connection.fetch(_LOCK, [key[0] for key in ordered], [key[1] for key in ordered]) if ordered else []
    feeds = {(row["source"], row["epoch"]): Feed(*(row[name] for name in _FIELDS)) for row in rows}
    return feeds, {(row["source"], row["epoch"]): row["feed"] for row in rows}


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


async def words(connection: Connection, nodes: Sequence[str]) -> dict[str, tuple[bytes, str]]:
    """The newest kept checkpoint of each node: its bytes, its signature."""
    rows = await connection.fetch(_WORDS, nodes) if nodes else []
    return {row["node"]: (row["value"], row["signature"]) for row in rows}


async def store(connection: Connection, batch: Batch, feeds: dict[Key, Feed], numbers: dict[Key, int], now: datetime) -> None:
    """Archive, positions, newest words."""
    for key in sorted(set(batch.drop)):
        await connection.execute("delete from archive where feed = $1 and sequence > $2", numbers[key], feeds[key].verified)
        batch.archive.pop(key, None)
    rows = [_row(numbers[key], event) for key, events in batch.archive.items() for event in events]
    if rows:
        await connection.copy_records_to_table("archive", records=rows, columns=COLUMNS)
    if feeds:
        await connection.execute(_MOVE, *([getattr(feed, name) for feed in feeds.values()] for name in _FIELDS))
    if batch.words:
        heads = [[word.node for word, _, _ in batch.words], [w.counter for w, _, _ in batch.words], [w.time for w, _, _ in batch.words]]
        await connection.execute(_KEEP, *heads, [value for _, value, _ in batch.words], [sign for _, _, sign in batch.words], now)
        await connection.execute(_SEEN, *heads, now)


async def keep(connection: Connection, evidence: Sequence[Evidence], now: datetime) -> None:
    """What does not fit; the same once."""
    rows = [(e.kind, e.node, e.source, e.epoch, e.sequence, e.because, e.record, e.digest, now) for e in evidence]
    if rows:
        await connection.executemany(_EVIDENCE, rows)


async def verified_to(pool: Pool, key: Key) -> int:
    """The last verified number of a feed."""
    return await pool.fetchval("select verified from city_feed where source = $1 and epoch = $2", *key) or 0


def _row(feed: int, event: Recorded) -> tuple[Any, ...]:
    return (
        feed, event.sequence, event.id, event.type, event.subject, event.time, event.recordedtime, event.actor, event.to,
        event.correlationid, event.causationid, event.traceparent, event.prevhash, event.hash, event.data,
    )  # fmt: skip


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
    found = [(row, Feed(*(row[name] for name in _FIELDS))) for row in rows]
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


async def verify(pool: Pool) -> dict[str, Any]:
    """The archive read again, byte for byte, against what the nodes signed. `faults` names the first of each feed; `verified`: there is none.
    `waiting` events have no checkpoint yet.
    """
    signed, faults = await _signed(pool)
    count = waiting = 0
    for feed in await feeds(pool):
        key = (feed["source"], feed["epoch"])
        fault = await _broken(pool, key, feed["verified"], signed.get(key, {}))
        if fault is None and feed["state"] != "live":
            fault = (feed["verified"], f"the feed is {feed['state']}: archived {feed['archived']}, known of {feed['ahead']}")
        if fault is not None:
            faults.append({"source": feed["source"], "epoch": feed["epoch"], "sequence": fault[0], "fault": fault[1]})
        count += feed["verified"]
        waiting += feed["archived"] - feed["verified"]
    return {"verified": not faults, "events": count, "waiting": waiting, "faults": faults}


async def _signed(pool: Pool) -> tuple[dict[Key, dict[int, str]], list[dict[str, Any]]]:
    """What the kept checkpoints sign, per feed and number; one whose signature does not hold is a fault."""
    signed: dict[Key, dict[int, str]] = {}
    faults: list[dict[str, Any]] = []
    for row in await pool.fetch("select node, counter, value, signature from checkpoint order by node, counter"):
        word = parse_checkpoint(row["value"])
        public = await pool.fetchval("select public_key from registry_key where key = $1", word.key)
        if public is None or not signed_by(public, row["value"], row["signature"]):
            faults.append(
                {
                    "source": f"urn:liandong:{row['node']}",
                    "epoch": 0,
                    "sequence": row["counter"],
                    "fault": "a kept checkpoint is not signed",
                }
            )
            continue
        for feed in word.feeds:
            signed.setdefault((feed.source, feed.epoch), {})[feed.sequence] = feed.hash
    return signed, faults


async def _broken(pool: Pool, key: Key, upto: int, signed: dict[int, str]) -> tuple[int, str] | None:
    """The first number of a feed up to `upto` that is not what was chained and signed, and why."""
    before: Position | None = None
    async for events in pages(pool, key, upto):
        for event in events:
            if (fault := broken(event, before)) is not None:
                return (before.sequence if before else 0) + 1, fault
            if signed.get(event.sequence, event.hash) != event.hash:
                return event.sequence, "the node signed another hash"
            before = Position(event.source, event.epoch, event.sequence, event.hash)
    reached = before.sequence if before else 0
    if reached < upto:
        return reached + 1, f"the archive ends at {reached}, {upto} was verified"
    return (reached, "the node has not signed up to here") if reached > max(signed, default=0) else None
