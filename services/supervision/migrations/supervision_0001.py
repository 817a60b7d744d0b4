"""What supervision reads: cards, findings, what it remembers of each case."""

from alembic import op

from libs.database import OF_CASE, guarded

revision = "supervision_0001"
down_revision = None
branch_labels = ("supervision",)


def upgrade() -> None:
    op.execute("""
        create table cards (
            card            text collate "C" primary key,
            "case"          text collate "C" not null,
            colour          text not null,
            clock           text not null,
            clock_kind      text not null,
            node            text not null,
            department      text not null,
            department_uscc text not null,
            post            text not null,
            officer         text not null,
            generation      integer not null,
            overdue         integer not null,
            due_at          timestamptz not null,
            evidence        text not null,
            at              timestamptz not null,
            imported        boolean not null
        )""")
    op.execute('create index cards_of_case on cards ("case", at)')
    op.execute("create index cards_of_node on cards (node, at desc, card)")
    op.execute("""
        create table findings (
            finding      text collate "C" primary key,
            detector     text not null,
            rule_version integer not null,
            "case"       text collate "C" not null,
            node         text not null,
            officers     text[] not null,
            evidence     text[] not null,
            at           timestamptz not null,
            imported     boolean not null
        )""")
    op.execute('create index findings_of_case on findings ("case", at)')
    op.execute("create index findings_of_node on findings (node, at desc, finding)")
    op.execute("""
        create table log_case (
            "case"   text collate "C" primary key,
            timeline text not null
        )""")
    op.execute("create index log_case_of_timeline on log_case (timeline)")
    op.execute("""
        create table known_act (
            "case"         text collate "C" not null,
            place          integer not null,
            evidence       text collate "C" not null,
            deed           text not null,
            officer        text not null,
            at             timestamptz not null,
            imported       boolean not null,
            second_officer text not null,
            handed_to      text not null,
            primary key ("case", place, evidence)
        )""")
    for statement in (*guarded("cards"), *guarded("findings"), *guarded("log_case", of=OF_CASE), *guarded("known_act", of=OF_CASE)):
        op.execute(statement)
