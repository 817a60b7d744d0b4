"""A service's tables as its own work sees them, for tests: row-level security shows every row to it, and nobody else's way in is used for it."""

from __future__ import annotations

from typing import Any

from libs.database import Pool, working

WORK = "test"


class Inside:
    """The tables of the service whose pool it is; each statement is a transaction of its own."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fetch(self, query: str, *values: Any) -> list[Any]:
        """Every row."""
        async with working(self._pool, WORK) as connection:
            return await connection.fetch(query, *values)

    async def fetchrow(self, query: str, *values: Any) -> Any:
        """The first row, or None."""
        async with working(self._pool, WORK) as connection:
            return await connection.fetchrow(query, *values)

    async def fetchval(self, query: str, *values: Any) -> Any:
        """The first value of the first row, or None."""
        async with working(self._pool, WORK) as connection:
            return await connection.fetchval(query, *values)

    async def execute(self, query: str, *values: Any) -> str:
        """What the statement did."""
        async with working(self._pool, WORK) as connection:
            return await connection.execute(query, *values)
