"""Small pools without a reset query: no session state is set, so there is nothing to reset (it cost a quarter of the throughput)."""

from __future__ import annotations

from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"
Pool: TypeAlias = "asyncpg.Pool[Any]"


def gone(connection: Connection) -> bool:
    """Whether it has ended. One that broke the pool has taken back already, and then the driver raises where it is asked."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


async def _keep(_connection: asyncpg.Connection[Any]) -> None:
    return None


async def open_pool(url: str, schema: str, *, size: int = 4) -> Pool:
    """At most `size` connections that see `schema` and end a transaction left open for ten seconds. Connects when first asked.

    Raises `LookupError` for an empty `url`: it would lead wherever the environment of PostgreSQL's own tools leads.
    """
    if not url:
        raise LookupError(f"{schema} has no address of a database")
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        reset=_keep,
        server_settings={
            "search_path": schema,
            "timezone": "UTC",
            "application_name": f"liandong-{schema}",
            "idle_in_transaction_session_timeout": "10000",
            "jit": "off",
        },
    )


def unopened_pool() -> Pool:
    """For a service without a database: it was never opened, and whoever asks it gets an `InterfaceError`."""
    return asyncpg.create_pool(min_size=0, max_size=1)
