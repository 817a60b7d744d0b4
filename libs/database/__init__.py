"""One service's place in a database: schema, role, migrations, pool. What a role may and may not do is held by the tests of the log and of the link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from libs.database.away import away
from libs.database.pool import Connection, Pool, gone, open_pool, unopened_pool
from libs.database.rows import NOWHERE, OF_CASE, SHOWN, guarded, reading, seen_through, working, works, works_as

if TYPE_CHECKING:
    from libs.database.migrate import prepare, prepare_site, service_url

__all__ = [
    "Connection",
    "NOWHERE",
    "OF_CASE",
    "Pool",
    "SHOWN",
    "away",
    "gone",
    "guarded",
    "open_pool",
    "prepare",
    "prepare_site",
    "reading",
    "seen_through",
    "service_url",
    "unopened_pool",
    "working",
    "works",
    "works_as",
]


def __getattr__(name: str) -> Any:
    """Migrations bring Alembic and SQLAlchemy along: a running site needs neither, so they are loaded when asked for."""
    if name in ("prepare", "prepare_site", "service_url"):
        from libs.database import migrate

        return getattr(migrate, name)
    raise AttributeError(name)
