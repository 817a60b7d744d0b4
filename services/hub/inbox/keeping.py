"""What the city keeps of what arrives: feeds and their positions, the archive, the nodes' newest checkpoints, evidence. Plain SQL, in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from libs.database import Connection, Pool, working, works
from libs.wire import Recorded, node_of
from services.hub.inbox.feed import Feed, Key
from services.hub.inbox.fetched import Evidence, Signed

COLUMNS: Final = (
    "feed", "sequence", "id", "type", "subject", "time", "recordedtime", "actor", "recipient",
    "correlationid", "causationid", "traceparent", "prevhash", "hash", "data",
)  # fmt: skip
_FIELDS: Final = (
    "source", "epoch", "verified", "verified_hash", "signed", "signed_hash", "wanted", "wanted_hash", "ahead", "ahead_hash",
    "held", "missing", "forked",
)  # fmt: skip
_STATE: Final = ", ".join(f"{name} = t.{name}" for name in _FIELDS[2:])
_MAKE: Final = """
insert into city_feed (source, epoch, node) select source, epoch, node from unnest($1::text[], $2::integer[], $3::text[])
    as t (source, epoch, node) order by source, epoch on conflict do nothing"""
_LOCK: Final = """
select r.version, f.* from registry_version r left join lock_feeds($1::text[], $2::integer[], $3) f on true"""
_LATE: Final = """
select source, epoch from city_feed where signed > verified and not missing and not forked order by source, epoch"""
_HASHES: Final = """
select f.source, f.epoch, a.sequence, a.hash
from unnest($1::text[], $2::integer[], $3::bigint[]) as t (source, epoch, sequence)
join city_feed f using (source, epoch)
cross join lateral (
    (select sequence, hash from archived a where a.feed = f.feed and a.sequence = t.sequence limit 1)
    union all
    (select sequence, hash from candidate c where t.sequence > f.wanted and c.feed = f.feed and c.sequence = t.sequence limit 1)
) a"""
_TYPES: Final = {"source": "text", "epoch": "integer", "missing": "boolean", "forked": "boolean"}
_TOLD: Final = ", ".join(f"{name} {_TYPES.get(name) or ('text' if name.endswith('_hash') else 'bigint')}" for name in _FIELDS)
_MOVE: Final = f"""
update city_feed set {_STATE} from json_to_recordset($1) as t ({_TOLD})
where city_feed.source = t.source and city_feed.epoch = t.epoch"""
_KEEP: Final = """
with told as (
    select * from json_to_recordset($1) as t (node text, counter bigint, time timestamptz, value text, signature text)
), seen as (
    insert into city_node (node, counter, time, seen) select node, counter, time, $2 from told order by node
    on conflict (node) do update set counter = excluded.counter, time = excluded.time, seen = excluded.seen
        where city_node.counter < excluded.counter
)
insert into checkpoint (node, day, counter, time, value, signature, received)
select node, (time at time zone 'Asia/Shanghai')::date, counter, time, convert_to(value, 'UTF8'), signature, $2 from told order by node
on conflict (node, day) do update set counter = excluded.counter, time = excluded.time, value = excluded.value,
    signature = excluded.signature, received = excluded.received where checkpoint.counter < excluded.counter"""
_NEWEST: Final = """
select value, signature from checkpoint where node = $1 order by counter desc limit 2"""
_EVIDENCE: Final = """
insert into evidence (kind, node, source, epoch, sequence, because, record, digest, since)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing"""

_KINDS: Final = {"feed": "integer", "sequence": "bigint", "time": "timestamptz", "recordedtime": "timestamptz"}
# Not by COPY, which PostgreSQL does not take for a guarded table; the archive is none, for nobody reads it but through its view.
_WAIT: Final = f"""
insert into candidate ({", ".join(COLUMNS)}) select {", ".join(COLUMNS[:-1])}, decode(data, 'base64')
from json_to_recordset($1) as t ({", ".join(f"{name} {_KINDS.get(name, 'text')}" for name in COLUMNS)})"""
WORK: Final = "city stream"
"""What the hub says it is when it writes what came."""

Locked = dict[Key, tuple[int, Feed]]
"""Feeds with their numbers in the archive, their rows locked."""


async def make_feeds(connection: Connection, keys: Iterable[Key]) -> None:
    """Opens the feeds that are new."""
    if ordered := sorted(keys):
        async with connection.transaction():
            await works(connection, WORK)
            await connection.execute(_MAKE, [key[0] for key in ordered], [key[1] for key in ordered], [node_of(key[0]) for key in ordered])


async def lock_feeds(connection: Connection, keys: Iterable[Key], *, waiting: bool = True) -> tuple[Locked, int]:
    """The feeds, locked in sorted order: after a rebalance two members may hold one origin; and the registry's version. With it the transaction
    says that what follows is the hub's own work.

    Not `waiting`: only those that nobody has in hand.
    """
    ordered = sorted(keys)
    rows = await connection.fetch(_LOCK, [key[0] for key in ordered], [key[1] for key in ordered], waiting)
    locked = {
        (row["source"], row["epoch"]): (row["feed"], Feed(*(row[name] for name in _FIELDS))) for row in rows if row["feed"] is not None
    }
    return locked, rows[0]["version"]


async def late(pool: Pool) -> list[Key]:
    """The feeds of which more is signed and here than was shown."""
    async with working(pool, WORK) as connection:
        return [(row["source"], row["epoch"]) for row in await connection.fetch(_LATE)]


async def hashes(connection: Connection, wanted: Sequence[tuple[Key, int]]) -> dict[tuple[Key, int], str]:
    """What is archived, or chosen to be, under these numbers."""
    if not wanted:
        return {}
    columns: list[list[Any]] = [[key[0] for key, _ in wanted], [key[1] for key, _ in wanted], [n for _, n in wanted]]
    rows = await connection.fetch(_HASHES, *columns)
    return {((row["source"], row["epoch"]), row["sequence"]): row["hash"] for row in rows}


async def counters(connection: Connection, nodes: Sequence[str]) -> dict[str, int]:
    """The newest counter used by each node."""
    return dict(await connection.fetch("select node, counter from city_node where node = any ($1::text[])", nodes)) if nodes else {}


async def newest(connection: Connection, node: str) -> list[tuple[bytes, str]]:
    """The newest kept checkpoints of a node, their bytes and signatures."""
    return [(row["value"], row["signature"]) for row in await connection.fetch(_NEWEST, node)]


async def archive(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes events, as `row_of` has them, into the archive."""
    if rows:
        await connection.copy_records_to_table("archive", records=rows, columns=COLUMNS)


async def wait_there(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes events, as `row_of` has them, among the candidates."""
    if rows:
        await connection.execute(_WAIT, msgspec.json.encode([dict(zip(COLUMNS, row, strict=True)) for row in rows]).decode())


async def move(connection: Connection, feeds: Collection[Feed]) -> None:
    """Writes the state of feeds."""
    if feeds:
        await connection.execute(_MOVE, msgspec.json.encode(feeds).decode())


async def keep_checkpoints(connection: Connection, signed: Sequence[Signed], now: datetime) -> None:
    """Keeps the newest checkpoint of each node and day as evidence, and when each node was last seen."""
    if signed:
        told = [
            {"node": c.node, "counter": c.counter, "time": c.time, "value": value.decode(), "signature": signature}
            for c, value, signature in signed
        ]
        await connection.execute(_KEEP, msgspec.json.encode(told).decode(), now)


async def keep(connection: Connection, evidence: Sequence[Evidence], now: datetime) -> None:
    """Keeps the evidence; the same is kept once."""
    rows = [(e.kind, e.node, e.source, e.epoch, e.sequence, e.because.replace("\0", "␀"), e.record, e.digest, now) for e in evidence]
    if rows:
        await connection.executemany(_EVIDENCE, rows)


def row_of(feed: int, event: Recorded) -> tuple[Any, ...]:
    """The event as a row of the archive or of the candidates."""
    return (
        feed, event.sequence, event.id, event.type, event.subject, event.time, event.recordedtime, event.actor, event.to,
        event.correlationid, event.causationid, event.traceparent, event.prevhash, event.hash, event.data,
    )  # fmt: skip
