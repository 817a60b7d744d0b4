"""Whether it is the server's fault, whoever asked: then the same is asked again, and nothing of it is held against what was asked."""

from __future__ import annotations

from typing import Final

import asyncpg

_FAULTS: Final = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalClientError,
)
"""Away, starting, stopping, full, out of connections, a standby, a transaction that lost against another, a connection that went in the middle of an answer."""


def away(error: BaseException) -> bool:
    """Whether the database is away or busy with itself.

    An `InterfaceError` that is a `ValueError` too is the driver's word on a value it cannot send: the fault of what was asked.
    """
    return isinstance(error, _FAULTS) and not isinstance(error, ValueError)
