"""The statements of the PostgreSQL log. Their shape was measured; the notes say what each form avoids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from libs.eventlog.batch import Batch

# The locks are the queue between processes, taken in sorted order; the session setting ends a transaction that somebody froze.
LOCK: Final = """
select source, feed, epoch, sequence, hash, set_config('idle_in_transaction_session_timeout', '1s', true)
from head where source = any ($1::text[]) order by source for update"""

HEAD: Final = "select epoch, sequence, hash from head where source = $1"

OPEN: Final = """
with opened as (
    insert into feed (source, epoch, alg) select $1, 1, 'sha256' where not exists (select from head where source = $1)
    on conflict do nothing returning feed
)
insert into head (source, feed, epoch, sequence, hash) select $1, feed, 1, 0, $2 from opened on conflict do nothing"""

_EVENT: Final = """
f.epoch, e.sequence, e.source, e.version, e.subject, e.id, e.type, e.time, e.recordedtime, e.actor, e.recipient,
e.correlationid, e.causationid, e.traceparent, e.prevhash, e.hash, e.data"""

# LATERAL with LIMIT keeps the index scan in plans made while the table was empty. Newest first, so that one event may be enough.
LOAD: Final = f"""
select {_EVENT}
from unnest($1::text[], $2::text[], $3::integer[]) as wanted (source, subject, most)
cross join lateral (
    select * from event where event.source = wanted.source and event.subject = wanted.subject order by event.version desc limit wanted.most
) e
join feed f using (feed)"""
ALL: Final = 100_000
"""Events of a stream that are loaded at most."""

KEYS: Final = """
select c.source, c.scope, c.key, f.epoch, c.sequence, coalesce(e.hash, ''), c.digest, c.version, c.first
from unnest($1::text[], $2::text[], $3::text[]) as wanted (source, scope, key)
cross join lateral (
    select * from claim where claim.source = wanted.source and claim.scope = wanted.scope and claim.key = wanted.key limit 1
) c
join feed f on f.feed = c.feed
left join lateral (select hash from event where event.feed = c.feed and event.sequence = c.sequence limit 1) e on true"""

KEPT: Final = f"""
select wanted.scope, wanted.key, {_EVENT}
from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[]) as wanted (source, scope, key, epoch, first, last)
join feed f on f.source = wanted.source and f.epoch = wanted.epoch
cross join lateral (
    select * from event where event.feed = f.feed and event.sequence between wanted.first and wanted.last order by sequence limit 100000
) e
order by e.source, wanted.scope, wanted.key, e.sequence"""

TAKEN: Final = """
select c.source, c.scope, c.key
from unnest($1::text[], $2::text[], $3::text[]) as wanted (source, scope, key)
cross join lateral (
    select source, scope, key from claim where claim.source = wanted.source and claim.scope = wanted.scope and claim.key = wanted.key limit 1
) c"""

FEED: Final = f"""
select {_EVENT}
from feed f join event e using (feed)
where f.source = $1 and f.epoch = coalesce($2, (select epoch from head where source = $1)) and e.sequence > $3
order by e.sequence limit $4"""

# Every version once, and the one before it earlier: then a stream counts 1..n. Two rows of an index for each event of the page.
MISPLACED: Final = """
select e.sequence
from head h join event e on e.feed = h.feed
cross join lateral (
    select count(*) filter (where near.version = e.version) as same,
           count(*) filter (where near.version = e.version - 1 and (near.feed, near.sequence) < (e.feed, e.sequence)) as before
    from event near
    where near.source = e.source and near.subject = e.subject and near.version between e.version - 1 and e.version
) near
where h.source = $1 and e.sequence > $2 and e.sequence <= $3 and (e.version < 1 or near.same <> 1 or near.before <> (e.version > 1)::int)
order by e.sequence limit 1"""

WRITE: Final = """
with events as (
    insert into event (feed, source, sequence, version, subject, id, type, time, recordedtime, actor, recipient,
                       correlationid, causationid, traceparent, prevhash, hash, data)
    select * from unnest($1::integer[], $2::text[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
                         $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
                         $17::bytea[])
), ended as (
    delete from claim using unnest($26::text[], $27::text[], $28::text[]) as over (source, scope, key)
    where claim.source = over.source and claim.scope = over.scope and claim.key = over.key
), claims as (
    insert into claim (source, feed, scope, key, sequence, version, digest, first)
    select * from unnest($18::text[], $19::integer[], $20::text[], $21::text[], $22::bigint[], $23::integer[], $24::text[], $25::bigint[])
)
update head set sequence = moved.sequence, hash = moved.hash
from unnest($29::text[], $30::bigint[], $31::text[]) as moved (source, sequence, hash) where head.source = moved.source"""


_ATTRIBUTES: Final = (
    "source", "sequence", "version", "subject", "id", "type", "time", "recordedtime", "actor", "to",
    "correlationid", "causationid", "traceparent", "prevhash", "hash", "data",
)  # fmt: skip


def columns(feeds: dict[str, int], batches: Sequence[Batch]) -> list[list[Any]]:
    """The parameters of `WRITE`, in its order."""
    heads = [batch.head for batch in batches if batch.head is not None]
    events = [event for batch in batches for event in batch.events]
    keys = [(head.source, key, kept) for batch, head in zip(batches, heads, strict=True) for key, kept in batch.keys]
    claims = [(head.source, claim, n) for batch, head in zip(batches, heads, strict=True) for claim, n in batch.claims]
    releases = [(head.source, claim) for batch, head in zip(batches, heads, strict=True) for claim in batch.releases]
    sources = [source for source, _, _ in keys] + [source for source, _, _ in claims]
    return [
        [feeds[event.source] for event in events],
        *([getattr(event, name) for event in events] for name in _ATTRIBUTES),
        sources,
        [feeds[source] for source in sources],
        [key.scope for _, key, _ in keys] + [claim.scope for _, claim, _ in claims],
        [key.key for _, key, _ in keys] + [claim.key for _, claim, _ in claims],
        [kept.sequence for _, _, kept in keys] + [sequence for _, _, sequence in claims],
        [kept.version for _, _, kept in keys] + [0] * len(claims),
        [kept.digest for _, _, kept in keys] + [""] * len(claims),
        [kept.first for _, _, kept in keys] + [0] * len(claims),
        [source for source, _ in releases],
        [claim.scope for _, claim in releases],
        [claim.key for _, claim in releases],
        [head.source for head in heads],
        [head.sequence for head in heads],
        [head.hash for head in heads],
    ]
