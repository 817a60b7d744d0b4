"""The link's own memory: the counter of each node's checkpoints, leased ahead."""

from alembic import op

revision = "link_0001"
down_revision = None
branch_labels = ("link",)


def upgrade() -> None:
    op.execute("""
        create table counter (
            node   text primary key,
            leased bigint not null
        )""")
