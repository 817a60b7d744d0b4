"""Passwords that were hashed anew when the rounds changed: by the file's own hash, so that a new one there counts at once."""

from __future__ import annotations

from typing import Final

from libs.database import Pool

_FIND: Final = "select kept from rehashed where staff = $1 and key = $2"
_KEEP: Final = """
insert into rehashed (staff, key, kept) values ($1, $2, $3)
on conflict (staff) do update set key = excluded.key, kept = excluded.kept"""


class StoredHashes:
    """`Rehashed` in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, staff: str, key: str) -> str:
        """What is kept of the password in place of what has the digest `key`; empty for nothing."""
        found: str | None = await self._pool.fetchval(_FIND, staff, key)
        return found or ""

    async def keep(self, staff: str, key: str, kept: str) -> None:
        """From now on this is kept in its place."""
        await self._pool.execute(_KEEP, staff, key, kept)
