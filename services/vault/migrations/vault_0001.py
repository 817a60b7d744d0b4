"""What the vault keeps: wrapped keys, sealed fields and documents, keyed digests, running cases, digests of codes; and who opened what."""

from alembic import op

from libs.database import guarded

revision = "vault_0001"
down_revision = None
branch_labels = ("vault",)


TABLES = (
    """
        create table kept (
            subject   text collate "C" primary key,
            node      text collate "C" not null,
            kind      text not null,
            whose     text collate "C" not null,
            kek       text collate "C" not null,
            wrapped   bytea,
            key       text collate "C" not null,
            body      bytea not null,
            public    text not null,
            at        timestamptz not null,
            erased_by text,
            erased_at timestamptz,
            said      boolean not null default false,
            unique (node, key)
        )""",
    "create index kept_wraps on kept (kek, subject) where wrapped is not null",
    "create index kept_whose on kept (whose) where whose <> ''",
    "create index kept_unsaid on kept (erased_at) where erased_at is not null and not said",
    """
        create table sealed (
            subject text collate "C" not null references kept,
            field   text collate "C" not null,
            data    bytea not null,
            primary key (subject, field)
        )""",
    """
        create table digest (
            kind    text collate "C" not null,
            digest  bytea not null,
            subject text collate "C" not null references kept,
            primary key (kind, digest, subject)
        )""",
    "create index digest_of_subject on digest (subject)",
    """
        create table holding (
            "case"  text collate "C" not null,
            subject text collate "C" not null,
            item    text collate "C" not null,
            runs    boolean not null,
            primary key ("case", subject)
        )""",
    "create index holding_of_subject on holding (subject)",
    """
        create table follow_code (
            "case" text collate "C" primary key,
            digest bytea not null
        )""",
    """
        create table openings (
            node     text collate "C" not null,
            epoch    integer not null,
            sequence bigint not null,
            subject  text collate "C" not null,
            fields   text[] not null,
            act      text not null,
            "case"   text collate "C" not null,
            officer  text not null,
            at       timestamptz not null,
            primary key (node, epoch, sequence)
        )""",
    "create index openings_of_subject on openings (subject, at)",
    """
        create table reads (
            node     text collate "C" not null,
            epoch    integer not null,
            sequence bigint not null,
            reader   text collate "C" not null,
            act      text not null,
            about    text collate "C" not null,
            path     text not null,
            at       timestamptz not null,
            primary key (node, epoch, sequence)
        )""",
    "create index reads_of_reader on reads (node, reader, epoch, sequence)",
)

DOCUMENTS = (
    """
        create table upload (
            upload   text collate "C" primary key,
            subject  text collate "C" not null references kept,
            node     text collate "C" not null,
            key      text collate "C" not null,
            body     bytea not null,
            size     bigint not null,
            taken    bigint not null,
            label    bytea not null,
            at       timestamptz not null,
            document text collate "C" not null,
            unique (node, key)
        )""",
    "create index upload_of_subject on upload (subject)",
    "create index upload_at on upload (at)",
    """
        create table piece (
            upload text collate "C" not null references upload on delete cascade,
            start  bigint not null,
            data   bytea not null,
            primary key (upload, start)
        )""",
    """
        create table document (
            document text collate "C" primary key,
            subject  text collate "C" not null references kept,
            node     text collate "C" not null,
            type     text not null,
            size     bigint not null,
            digest   text not null,
            scan     text not null,
            label    bytea not null,
            at       timestamptz not null
        )""",
    "create index document_of_subject on document (subject, at)",
    """
        create table chunk (
            document text collate "C" not null references document on delete cascade,
            number   integer not null,
            data     bytea not null,
            primary key (document, number)
        )""",
    "alter table piece alter column data set storage external",
    "alter table chunk alter column data set storage external",
)


def upgrade() -> None:
    for statement in (*TABLES, *guarded("openings"), *guarded("reads"), *DOCUMENTS):
        op.execute(statement)
