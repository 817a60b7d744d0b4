"""The log of a service: feeds, heads, events, claims; nothing in it can be changed."""

from alembic import op

revision = "log_0001"
down_revision = None
branch_labels = ("log",)


# Columns of text, of numbers and of instants come as lines, each ended by a line feed, which none of them may hold: the driver takes long for
# arrays.
LINES = """
create function lines(ended text, many integer) returns text[] language sql immutable as
$$ select (string_to_array(ended, chr(10)))[1:many] $$"""

# Everything that acts need to be decided: heads, streams newest first, known keys, of one moment. LATERAL with LIMIT, and no scan of a table,
# in plans made and kept while the tables were empty.
LOAD = """
create function load_acts(origins text[], many integer, of text, subjects text, most text, scopes text, keys text)
returns table (what text, n bigint, source text, feed integer, epoch integer, sequence bigint, version integer, type text, "time" timestamptz,
               recordedtime timestamptz, actor text, data bytea, hash text, digest text, first bigint, writes bigint)
language plpgsql stable set enable_seqscan to off as $$
#variable_conflict use_column
begin
    return query
    select 'head', 0::bigint, h.source, h.feed, h.epoch, h.sequence, 0, '', null::timestamptz, null::timestamptz, '', ''::bytea, h.hash, '',
           0::bigint, h.writes
    from head h where h.source = any (origins)
    union all
    select 'event', wanted.n, e.source, e.feed, 0, e.sequence, e.version, e.type, e.time, e.recordedtime, e.actor, e.data, '', '',
           0::bigint, 0::bigint
    from unnest(lines(of, many)::integer[], lines(subjects, many), lines(most, many)::integer[]) with ordinality
        as wanted (of, subject, most, n)
    cross join lateral (
        select * from event where event.source = origins[wanted.of] and event.subject = wanted.subject
        order by event.version desc limit wanted.most
    ) e
    union all
    select 'key', wanted.n, c.source, c.feed, f.epoch, c.sequence, c.version, '', null::timestamptz, null::timestamptz, '', ''::bytea,
           coalesce(e.hash, f.alg || ':' || repeat('0', 64)), c.digest, c.first, 0::bigint
    from unnest(lines(of, many)::integer[], lines(scopes, many), lines(keys, many)) with ordinality as wanted (of, scope, key, n)
    cross join lateral (
        select * from claim where claim.source = origins[wanted.of] and claim.scope = wanted.scope and claim.key = wanted.key limit 1
    ) c
    join feed f on f.feed = c.feed
    left join lateral (select event.hash from event where event.feed = c.feed and event.sequence = c.sequence limit 1) e on true
    where wanted.key <> '';
end $$"""

# The same under the locks of the heads, which are the queue between processes, taken in sorted order; loaded by a statement of its own, which
# sees what was committed while it waited. The setting ends a transaction that somebody froze.
LOCK = """
create function lock_acts(origins text[], many integer, of text, subjects text, most text, scopes text, keys text)
returns table (what text, n bigint, source text, feed integer, epoch integer, sequence bigint, version integer, type text, "time" timestamptz,
               recordedtime timestamptz, actor text, data bytea, hash text, digest text, first bigint, writes bigint)
language plpgsql volatile as $$
begin
    perform set_config('idle_in_transaction_session_timeout', '1s', true);
    perform from head where head.source = any (origins) order by head.source for update;
    return query select * from load_acts(origins, many, of, subjects, most, scopes, keys);
end $$"""

# Writes what was decided if the heads are still those it was decided on: a head moves with everything that is written to its origin. A claim
# that is held already ends the statement by its primary key. Events that are copied behind it come within the setting, as in `lock_acts`.
WRITE = """
create function write_acts(
    origins text[], feeds integer[], was bigint[], sequences bigint[], hashes text[], recorded timestamptz,
    of text, numbers text, versions text, subjects text, ids text, types text, times text, actors text,
    recipients text, correlations text, causations text, traces text, previous text, chained text, payloads bytea[],
    claims integer, claim_of text, claim_scopes text, claim_keys text, claim_numbers text, claim_versions text, claim_digests text,
    claim_firsts text, over_of integer[], over_scopes text[], over_keys text[]
) returns void language plpgsql volatile set enable_seqscan to off as $$
declare
    moved integer;
    many integer := cardinality(payloads);
begin
    perform set_config('idle_in_transaction_session_timeout', '1s', true);
    perform from head where head.source = any (origins) order by head.source for update;
    update head set sequence = m.sequence, hash = m.hash, writes = head.writes + 1
    from unnest(origins, was, sequences, hashes) as m (source, was, sequence, hash) where head.source = m.source and head.writes = m.was;
    get diagnostics moved = row_count;
    if moved <> cardinality(origins) then
        raise exception 'a head has moved' using errcode = 'LD001';
    end if;
    insert into event (feed, source, sequence, version, subject, id, type, time, recordedtime, actor, recipient,
                       correlationid, causationid, traceparent, prevhash, hash, data)
    select feeds[e.of], origins[e.of], e.sequence, e.version, e.subject, e.id, e.type, e.time, recorded, e.actor, e.recipient,
           e.correlationid, e.causationid, e.traceparent, e.prevhash, e.hash, e.data
    from unnest(lines(of, many)::integer[], lines(numbers, many)::bigint[], lines(versions, many)::integer[], lines(subjects, many),
                lines(ids, many), lines(types, many), lines(times, many)::timestamptz[],
                lines(actors, many), lines(recipients, many), lines(correlations, many),
                lines(causations, many), lines(traces, many), lines(previous, many), lines(chained, many), payloads)
        as e (of, sequence, version, subject, id, type, time, actor, recipient, correlationid, causationid, traceparent, prevhash, hash, data);
    for n in 1 .. cardinality(over_of) loop
        delete from claim where source = origins[over_of[n]] and scope = over_scopes[n] and key = over_keys[n];
    end loop;
    insert into claim (source, feed, scope, key, sequence, version, digest, first)
    select origins[c.of], feeds[c.of], c.scope, c.key, c.sequence, c.version, c.digest, c.first
    from unnest(lines(claim_of, claims)::integer[], lines(claim_scopes, claims), lines(claim_keys, claims),
                lines(claim_numbers, claims)::bigint[], lines(claim_versions, claims)::integer[], lines(claim_digests, claims),
                lines(claim_firsts, claims)::bigint[])
        as c (of, scope, key, sequence, version, digest, first);
end $$"""


def upgrade() -> None:
    op.execute("""
        create table feed (
            feed   integer generated always as identity primary key,
            source text not null,
            epoch  integer not null,
            alg    text not null,
            opened timestamptz not null default now(),
            unique (source, epoch)
        )""")
    op.execute("""
        create table head (
            source   text primary key,
            feed     integer not null references feed,
            epoch    integer not null,
            sequence bigint not null,
            hash     text not null,
            writes   bigint not null default 0
        ) with (fillfactor = 10)""")
    op.execute("""
        create table event (
            feed          integer not null,
            sequence      bigint not null,
            source        text not null,
            version       integer not null,
            subject       text not null,
            id            text not null,
            type          text not null,
            time          timestamptz not null,
            recordedtime  timestamptz not null,
            actor         text not null,
            recipient     text not null,
            correlationid text not null,
            causationid   text not null,
            traceparent   text not null,
            prevhash      text not null,
            hash          text not null,
            data          bytea not null,
            primary key (feed, sequence),
            unique (source, subject, version)
        )""")
    op.execute("""
        create table claim (
            source   text not null,
            scope    text not null,
            key      text not null,
            feed     integer not null,
            sequence bigint not null,
            version  integer not null default 0,
            digest   text not null default '',
            first    bigint not null default 0,
            primary key (source, scope, key)
        )""")
    op.execute("""
        create function refuse_change() returns trigger language plpgsql as $$
        begin raise exception 'the log is append-only: % on % is refused', tg_op, tg_table_name using errcode = 'insufficient_privilege'; end $$""")
    for table in ("event", "feed"):
        op.execute(f"create trigger append_only before update or delete or truncate on {table} execute function refuse_change()")
    op.execute("create trigger no_truncate before delete or truncate on head execute function refuse_change()")
    op.execute("create trigger no_truncate before update or truncate on claim execute function refuse_change()")
    op.execute("""
        create function keep_keys() returns trigger language plpgsql as $$
        begin raise exception 'an idempotency key is kept for ever' using errcode = 'insufficient_privilege'; end $$""")
    op.execute("""
        create trigger keep_keys before delete on claim for each row when (old.scope in ('http', 'inbox', 'import')) execute function keep_keys()""")
    for function in (LINES, LOAD, LOCK, WRITE):
        op.execute(function)
