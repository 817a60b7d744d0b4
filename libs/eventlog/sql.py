"""The statements of the PostgreSQL log. Their shape was measured; the notes say what each form avoids."""

from typing import Final

# The lock is the queue between processes; the session setting ends a transaction that somebody froze.
LOCK: Final = """
select feed, epoch, sequence, hash, set_config('idle_in_transaction_session_timeout', '1s', true)
from head where source = $1 for update"""

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

# LATERAL with LIMIT keeps the index scan in plans made while the table was empty.
LOAD: Final = f"""
select {_EVENT}
from unnest($2::text[]) as wanted (subject)
cross join lateral (
    select * from event where event.source = $1 and event.subject = wanted.subject order by event.version limit 100000
) e
join feed f using (feed)"""

KEYS: Final = """
select c.key, f.epoch, c.sequence, coalesce(e.hash, ''), c.digest, c.version, c.answer
from unnest($2::text[]) as wanted (key)
cross join lateral (
    select * from claim where claim.source = $1 and claim.scope = 'command' and claim.key = wanted.key limit 1
) c
join feed f on f.feed = c.feed
left join lateral (select hash from event where event.feed = c.feed and event.sequence = c.sequence limit 1) e on true"""

TAKEN: Final = """
select c.scope, c.key
from unnest($2::text[], $3::text[]) as wanted (scope, key)
cross join lateral (
    select scope, key from claim where claim.source = $1 and claim.scope = wanted.scope and claim.key = wanted.key limit 1
) c"""

FEED: Final = f"""
select {_EVENT}
from feed f join event e using (feed)
where f.source = $1 and f.epoch = coalesce($2, (select epoch from head where source = $1)) and e.sequence > $3
order by e.sequence limit $4"""

WRITE: Final = """
with events as (
    insert into event (feed, source, sequence, version, subject, id, type, time, recordedtime, actor, recipient,
                       correlationid, causationid, traceparent, prevhash, hash, data)
    select $2, $1, * from unnest($3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[],
                                 $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bytea[])
), ended as (
    delete from claim using unnest($24::text[], $25::text[]) as over (scope, key)
    where claim.source = $1 and claim.scope = over.scope and claim.key = over.key
), claims as (
    insert into claim (source, feed, scope, key, sequence, version, digest, answer)
    select $1, $2, * from unnest($18::text[], $19::text[], $20::bigint[], $21::integer[], $22::text[], $23::bytea[])
)
update head set sequence = $26, hash = $27 where source = $1"""
