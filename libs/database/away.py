"""What it looks like when the database is away: it went, it is not there yet, it does not answer. Nobody's data is at fault; it is asked again."""

from __future__ import annotations

from typing import Final

import asyncpg

AWAY: Final = (
    OSError,  # refused, reset, timed out
    asyncpg.InterfaceError,  # the connection is closed
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it shuts down, crashed, or cannot take connections yet
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # the connection went in the middle of an answer
)


def away(error: BaseException) -> bool:
    """Whether the database is away. A value that the driver cannot take is an `InterfaceError` too, and is the value's fault."""
    return isinstance(error, AWAY) and not isinstance(error, asyncpg.DataError)
