"""What intake's pages read: cases, procedures heard from the catalogue, leased serials; the processes that live."""

from alembic import op

from libs.database import guarded

revision = "intake_0001"
down_revision = None
branch_labels = ("intake",)


TABLES = (
    """
    create table cases (
        number            text collate "C" primary key,
        node              text not null,
        year              integer not null,
        serial            integer not null,
        item              text not null default '',
        item_name         text not null default '',
        procedure_version integer not null default 0,
        kind              text not null default '',
        channel           text not null default '',
        ref               text not null default '',
        imported          boolean not null default false,
        timeline          text not null default '',
        phase             text not null,
        suspensions       text not null default '',
        outcome           text not null default '',
        officer           text not null,
        filed_at          timestamptz,
        accepted_at       timestamptz,
        decided_at        timestamptz,
        finished_at       timestamptz,
        closed_at         timestamptz,
        received_at       timestamptz,
        silence_days      integer not null default 0,
        version           integer not null
    ) with (fillfactor = 70)""",
    # Not on phase: an update that touches no indexed column is three times as cheap, and every act changes the phase.
    "create index cases_open on cases (number) where closed_at is null",
    "create index cases_replayed on cases (timeline, node) where timeline <> ''",
    'create table node_cases (node text collate "C" primary key, cases bigint not null) with (fillfactor = 50)',
    """
    create table applied (
        subject text collate "C" primary key,
        node    text collate "C" not null,
        item    text not null,
        number  text collate "C" not null
    )""",
    """
    create table procedures (
        node              text not null,
        item              text not null,
        procedure_version integer not null,
        effective         date not null,
        pinned            jsonb not null,
        primary key (node, item, procedure_version)
    )""",
    """
    create table leases (
        node    text not null,
        year    integer not null,
        first   integer not null,
        last    integer not null,
        process text not null,
        settled boolean not null default false,
        primary key (node, year, first)
    )""",
    "create index leases_open on leases (node, year, first) where not settled",
    "create table alive (process text primary key, seen_at timestamptz not null) with (fillfactor = 50)",
    *(statement for table in ("cases", "applied", "node_cases", "procedures", "leases") for statement in guarded(table)),
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
