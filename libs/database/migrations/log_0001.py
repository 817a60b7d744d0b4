"""The log of a service: feeds, heads, events, claims; nothing in it can be changed."""

from alembic import op

revision = "log_0001"
down_revision = None
branch_labels = ("log",)


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
            hash     text not null
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
