"""The hub: registry, feeds with their archive, checkpoints kept as evidence, the city's views."""

from alembic import op

from libs.database import SHOWN, guarded, seen_through

revision = "hub_0001"
down_revision = None
branch_labels = ("hub",)

EVENT = """
        feed integer not null, sequence bigint not null, id text not null, type text not null, subject text not null,
        time timestamptz not null, recordedtime timestamptz not null, actor text not null, recipient text not null,
        correlationid text not null, causationid text not null, traceparent text not null, prevhash text not null, hash text not null,
        data bytea not null"""
OF_A_NODE = (
    "city_feed", "city_node", "checkpoint", "evidence", "city_case", "city_day", "city_count", "city_waiting", "city_clock", "city_card",
    "city_finding",
)  # fmt: skip
TABLES = (
    """create table registry_node (
        node text primary key, site text not null, name text not null, parent text not null, address text not null)""",
    "create table registry_epoch (source text not null, epoch integer not null, primary key (source, epoch))",
    "create table registry_key (key text primary key, site text not null, public_key text not null, revoked timestamptz)",
    # Whoever changes the registry moves its version: every process of the hub asks for it at every fetch.
    "create table registry_version (version bigint not null)",
    "insert into registry_version values (0)",
    """create function registry_moved() returns trigger language plpgsql set search_path from current as $$
        begin update registry_version set version = version + 1; return null; end $$""",
    *(
        f"""create trigger moved after insert or update or delete or truncate on {table}
        for each statement execute function registry_moved()"""
        for table in ("registry_node", "registry_epoch", "registry_key")
    ),
    """create table city_feed (
        feed integer generated always as identity primary key,
        source text not null, epoch integer not null, node text not null,
        verified bigint not null default 0, verified_hash text not null default '',
        signed bigint not null default 0, signed_hash text not null default '',
        wanted bigint not null default 0, wanted_hash text not null default '',
        ahead bigint not null default 0, ahead_hash text not null default '',
        held bigint not null default 0, missing boolean not null default false, forked boolean not null default false,
        unique (source, epoch)) with (fillfactor = 10)""",
    f"create table archive ({EVENT}, primary key (feed, sequence))",
    f"create table candidate ({EVENT}, primary key (feed, sequence, hash))",
    "create index archive_case on archive using hash (correlationid)",
    "create index candidate_case on candidate using hash (correlationid)",
    """create table checkpoint (
        node text not null, day date not null, counter bigint not null, time timestamptz not null, value bytea not null,
        signature text not null, received timestamptz not null, primary key (node, day))""",
    """create table city_node (
        node text primary key, counter bigint not null, time timestamptz not null, seen timestamptz not null) with (fillfactor = 10)""",
    """create table evidence (
        evidence bigint generated always as identity primary key, kind text not null, node text not null, source text not null,
        epoch integer not null, sequence bigint not null, because text not null, record bytea not null, digest text not null unique,
        since timestamptz not null)""",
    """create table city_case (
        number text not null, node text not null, item text, item_name text, phase text, suspensions text not null default '',
        filed_at timestamptz, decided_at timestamptz, closed_at timestamptz, finished_at timestamptz,
        imported boolean not null default false, ref text, timeline text,
        yellow boolean not null default false, red boolean not null default false, statutory_red boolean not null default false,
        primary key (number, node)) with (fillfactor = 70)""",
    "create index city_case_timeline on city_case (timeline) where timeline is not null",
    "create index city_case_recent on city_case (filed_at desc nulls last, number desc)",
    """create table city_day (
        node text not null, item text not null, day date not null, kind text not null, n bigint not null,
        primary key (day, node, item, kind)) with (fillfactor = 50)""",
    # The same over all days, and the cases that are open: the city's page costs the same however many days there are.
    """create table city_count (
        node text not null, kind text not null, n bigint not null, primary key (node, kind)) with (fillfactor = 10)""",
    "create table city_waiting (node text not null, number text not null, kind text not null, day date not null)",
    "create index city_waiting_number on city_waiting (number, node)",
    """create table city_clock (
        clock text not null, node text not null, number text not null, kind text, label text, due_at timestamptz,
        yellow boolean not null default false, red boolean not null default false, ended boolean not null default false,
        primary key (node, clock)) with (fillfactor = 70)""",
    "create index city_clock_number on city_clock (number)",
    """create table city_card (
        card text not null, node text not null, number text not null, colour text not null, clock_kind text not null,
        department text not null, post text not null, officer text not null, due_at timestamptz not null, at timestamptz not null,
        imported boolean not null, primary key (node, card))""",
    "create index city_card_at on city_card (at desc)",
    """create table city_finding (
        finding text not null, node text not null, number text not null, detector text not null, rule_version integer not null,
        at timestamptz not null,
        evidence text[] not null, primary key (node, finding))""",
    "create index city_finding_number on city_finding (number)",
    "create index city_finding_at on city_finding (at desc)",
    *(statement for table in OF_A_NODE for statement in guarded(table)),
    *guarded("candidate", shown="feed in (select city_feed.feed from city_feed)"),
    *seen_through("archived", "archive", shown=f"feed in (select f.feed from city_feed f where f.node in {SHOWN})"),
    # The statement that begins a wave: the hub says what it is, then takes the feeds in sorted order, all of them or those nobody has in hand.
    """create function lock_feeds(sources text[], epochs integer[], waiting boolean) returns setof city_feed language plpgsql as $$
    begin
        perform set_config('app.work', 'city stream', true);
        if waiting then
            return query select f.* from city_feed f join unnest(sources, epochs) as t (source, epoch) using (source, epoch)
            order by f.source, f.epoch for update of f;
        else
            return query select f.* from city_feed f join unnest(sources, epochs) as t (source, epoch) using (source, epoch)
            order by f.source, f.epoch for update of f skip locked;
        end if;
    end $$""",
)


def upgrade() -> None:
    for table in TABLES:
        op.execute(table)
