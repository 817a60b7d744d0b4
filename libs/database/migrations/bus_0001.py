"""The bus and the views of a service: how far each has come, what is parked."""

from alembic import op

revision = "bus_0001"
down_revision = None
branch_labels = ("bus",)


def upgrade() -> None:
    op.execute("""
        create table relay (
            target   text not null,
            source   text not null,
            epoch    integer not null,
            sequence bigint not null,
            hash     text not null default '',
            primary key (target, source)
        ) with (fillfactor = 10)""")
    op.execute("""
        create table cursor (
            consumer text not null,
            source   text not null,
            epoch    integer not null,
            sequence bigint not null,
            hash     text not null,
            behind   boolean not null default false,
            primary key (consumer, source)
        ) with (fillfactor = 10)""")
    op.execute("""
        create table parked (
            parked    bigint generated always as identity primary key,
            consumer  text not null,
            topic     text not null,
            partition integer not null,
            "offset"  bigint not null,
            source    text not null,
            epoch     integer not null,
            sequence  bigint not null,
            subject   text not null,
            record    bytea not null,
            reason    text not null,
            since     timestamptz not null default now()
        )""")
    op.execute("create unique index parked_record on parked (consumer, source, epoch, sequence) where source <> ''")
    op.execute("""create unique index parked_nameless on parked (consumer, topic, partition, "offset") where source = ''""")
    op.execute("create index parked_subject on parked (consumer, source, subject)")
    op.execute("""
        create table view_position (
            view     text not null,
            source   text not null,
            epoch    integer not null,
            sequence bigint not null,
            primary key (view, source)
        ) with (fillfactor = 10)""")
