"""What the city keeps of what arrives: feeds and their positions, the archive, the nodes' newest checkpoints, evidence. Plain SQL, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from libs.database import Connection
from libs.wire import Recorded, node_of
from services.hub.inbox.feed import Feed, Key
from services.hub.inbox.fetched import Evidence, Fetched, Signed

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
_NEWEST: Final = """
select distinct on (node) node, value, signature from checkpoint where node = any ($1::text[]) order by node, day desc"""
_SEEN: Final = """
insert into city_node (node, counter, time, seen)
select node, counter, time, $4 from unnest($1::text[], $2::bigint[], $3::timestamptz[]) as t (node, counter, time) order by node
on conflict (node) do update set counter = excluded.counter, time = excluded.time, seen = excluded.seen
    where city_node.counter < excluded.counter"""
_EVIDENCE: Final = """
insert into evidence (kind, node, source, epoch, sequence, because, record, digest, since)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing"""


async def make_feeds(connection: Connection, keys: Iterable[Key]) -> None:
    """Opens the feeds that are new."""
    if ordered := sorted(keys):
        await connection.execute(_MAKE, [key[0] for key in ordered], [key[1] for key in ordered], [node_of(key[0]) for key in ordered])


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


async def checkpoints(connection: Connection, nodes: Sequence[str]) -> dict[str, tuple[bytes, str]]:
    """The newest kept checkpoint of each node: its bytes, its signature."""
    rows = await connection.fetch(_NEWEST, nodes) if nodes else []
    return {row["node"]: (row["value"], row["signature"]) for row in rows}


async def store(connection: Connection, fetched: Fetched, feeds: dict[Key, Feed], numbers: dict[Key, int], now: datetime) -> None:
    """Writes the archive, the positions of its feeds and the newest checkpoints."""
    for key in sorted(set(fetched.drop)):
        await connection.execute("delete from archive where feed = $1 and sequence > $2", numbers[key], feeds[key].verified)
        fetched.archive.pop(key, None)
    rows = [_row(numbers[key], event) for key, events in fetched.archive.items() for event in events]
    if rows:
        await connection.copy_records_to_table("archive", records=rows, columns=COLUMNS)
    if feeds:
        await connection.execute(_MOVE, *([getattr(feed, name) for feed in feeds.values()] for name in _FIELDS))
    if fetched.signed:
        await _keep_checkpoints(connection, fetched.signed, now)


async def _keep_checkpoints(connection: Connection, signed: Sequence[Signed], now: datetime) -> None:
    """Keeps the newest checkpoint of each node and day as evidence, and when each node was last seen."""
    heads = [[c.node for c, _, _ in signed], [c.counter for c, _, _ in signed], [c.time for c, _, _ in signed]]
    await connection.execute(_KEEP, *heads, [value for _, value, _ in signed], [signature for _, _, signature in signed], now)
    await connection.execute(_SEEN, *heads, now)


async def keep(connection: Connection, evidence: Sequence[Evidence], now: datetime) -> None:
    """Keeps the evidence; the same is kept once."""
    rows = [(e.kind, e.node, e.source, e.epoch, e.sequence, e.because, e.record, e.digest, now) for e in evidence]
    if rows:
        await connection.executemany(_EVIDENCE, rows)


def _row(feed: int, event: Recorded) -> tuple[Any, ...]:
    return (
        feed, event.sequence, event.id, event.type, event.subject, event.time, event.recordedtime, event.actor, event.to,
        event.correlationid, event.causationid, event.traceparent, event.prevhash, event.hash, event.data,
    )  # fmt: skip
