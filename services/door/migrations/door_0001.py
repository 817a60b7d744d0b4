"""The door's own memory: sessions, how often was tried, forms put aside. Nothing of it is an event; all of it ages."""

from alembic import op

revision = "door_0001"
down_revision = None
branch_labels = ("door",)

TABLES = (
    # `digest` is the SHA-256 of the cookie, `key` of what the account was known by; `account` is what a provider
    # said of somebody, `hint` its token, sealed under the cookie.
    """create table session (
        digest bytea primary key check (length(digest) = 32),
        staff  text not null,
        key    text not null,
        account text,
        hint   bytea,
        began  timestamptz not null default now(),
        seen   timestamptz not null default now()
    ) with (fillfactor = 80)""",
    "create index session_staff on session (staff)",
    "create index session_seen on session (seen)",
    # `key` is a digest too: addresses of people are kept nowhere.
    """create table rate (
        name  text not null,
        key   bytea not null check (length(key) = 32),
        until timestamptz not null,
        primary key (name, key)
    ) with (fillfactor = 80)""",
    "create index rate_until on rate (until)",
    """create table kept_form (
        row    bytea primary key check (length(row) = 32),
        staff  text not null,
        sealed bytea not null,
        made   timestamptz not null default now()
    )""",
    "create index kept_form_made on kept_form (made)",
    "create index kept_form_staff on kept_form (staff, made)",
    # Who is on the way to a provider and back, sealed under a key that only the browser has.
    "create table leaving (row bytea primary key check (length(row) = 32), sealed bytea not null, made timestamptz not null default now())",
    "create index leaving_made on leaving (made)",
    # In place of what the file of accounts says, as long as it says what has the digest `key`.
    "create table rehashed (staff text primary key, key text not null, kept text not null)",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
