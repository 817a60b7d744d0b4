"""What the catalogue shows: items as they stand, procedures by version."""

from alembic import op

from libs.database import guarded

revision = "catalogue_0001"
down_revision = None
branch_labels = ("catalogue",)


def upgrade() -> None:
    op.execute("""
        create table item (
            node text not null, item text not null, name text not null, type_code text not null, department text not null,
            base_code text not null, area text not null, agency text not null, agency_given text not null, since timestamptz not null,
            primary key (node, item)
        )""")
    op.execute("""
        create table procedure (
            node text not null, item text not null, version integer not null, name text not null, kind text not null,
            statutory_days integer not null, promised_days integer not null, effective date not null, document bytea not null,
            primary key (node, item, version)
        )""")
    for table in ("item", "procedure"):
        for statement in guarded(table):
            op.execute(statement)
