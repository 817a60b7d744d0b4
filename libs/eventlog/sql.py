"""The statements of the PostgreSQL log. Their shape was measured; the notes say what each form avoids."""

from __future__ import annotations

from typing import Final

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

# A limit that is a query of its own is unknown to every plan. One that knows it, and not yet how long the log is, sorts a page out of all that
# follows it: reading a new log took as long as the square of its length.
FEED: Final = f"""
select {_EVENT}
from feed f
cross join lateral (select * from event where event.feed = f.feed and event.sequence > $3 order by event.sequence limit (select $4::bigint)) e
where f.source = $1 and f.epoch = coalesce($2, (select epoch from head where source = $1))
order by e.sequence"""

# Every version once, and the one before it earlier: then a stream counts 1..n. Two rows of an index for each event of the page.
MISPLACED: Final = """
select e.sequence
from head h
cross join lateral (
    select * from event where event.feed = h.feed and event.sequence > $2 and event.sequence <= $3 order by event.sequence limit 100000
) e
cross join lateral (
    select count(*) filter (where near.version = e.version) as same,
           count(*) filter (where near.version = e.version - 1 and (near.feed, near.sequence) < (e.feed, e.sequence)) as before
    from event near
    where near.source = e.source and near.subject = e.subject and near.version between e.version - 1 and e.version
) near
where h.source = $1 and (e.version < 1 or near.same <> 1 or near.before <> (e.version > 1)::int)
order by e.sequence limit 1"""

# The functions stand in the migration of the log.
LOAD_ACTS: Final = "select * from load_acts($1, $2, $3, $4, $5, $6, $7)"
LOCK_ACTS: Final = "select * from lock_acts($1, $2, $3, $4, $5, $6, $7)"
WRITE_ACTS: Final = f"select write_acts({', '.join(f'${n}' for n in range(1, 33))})"
MOVED: Final = "LD001"
"""What `write_acts` raises where a head has moved since it was read; nothing was written."""
HELD: Final = "claim_pkey"
"""The constraint of a claim that is held already; nothing was written."""
