"""What the deadline service reads: clocks, when each speaks next, the cases heard of, the last tick in real time."""

from alembic import op

from libs.database import OF_CASE, guarded

revision = "deadline_0001"
down_revision = None
branch_labels = ("deadline",)


def upgrade() -> None:
    op.execute("""
        create table clocks (
            clock       text collate "C" primary key,
            "case"      text collate "C" not null,
            kind        text not null,
            label       text not null,
            node        text not null,
            department      text not null,
            department_uscc text not null,
            post        text not null,
            officer     text not null,
            start       timestamptz not null,
            due_at      timestamptz,
            provisional boolean not null,
            state       text not null,
            stops       text not null,
            generation  integer not null,
            timeline    text not null,
            imported    boolean not null,
            carried_at  timestamptz,
            ran         integer,
            reminded_at timestamptz,
            yellow_at   timestamptz,
            red_at      timestamptz,
            reds        integer not null,
            ended_at    timestamptz,
            late        boolean
        ) with (fillfactor = 80)""")
    op.execute('create index clocks_of_case on clocks ("case", clock)')
    op.execute("create index clocks_open on clocks (node, due_at, clock) where state in ('open', 'stopped')")
    op.execute("create index clocks_of_timeline on clocks (timeline) where timeline <> ''")
    op.execute("""
        create table due_rung (
            clock    text collate "C" primary key,
            node     text not null,
            timeline text not null,
            fires_at timestamptz not null
        ) with (fillfactor = 80)""")
    op.execute("create index due_rung_next on due_rung (timeline, fires_at, clock)")
    op.execute("""
        create table heard_case (
            "case"          text collate "C" primary key,
            department      text not null,
            department_uscc text not null,
            statutory_days  integer not null,
            promised_days   integer not null,
            delivery_days   integer not null,
            correction_days integer not null,
            timeline        text not null,
            running         text not null,
            corrections     integer not null,
            stops           text not null,
            holdings        text not null,
            came            timestamptz
        ) with (fillfactor = 80)""")
    op.execute("""
        create table last_tick (
            site         text primary key,
            at           timestamptz not null,
            doubt        text not null default '',
            doubted_at   timestamptz,
            confirmed_by text not null default '',
            confirmed_at timestamptz
        ) with (fillfactor = 50)""")
    for statement in (*guarded("clocks"), *guarded("due_rung"), *guarded("heard_case", of=OF_CASE)):
        op.execute(statement)
