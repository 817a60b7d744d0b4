"""Sessions: one statement to know a reader, which writes at most once a minute."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

from libs.database import Pool
from libs.web import IDLE, LONGEST_SESSION, Account, Accounts

TOUCHED: Final = timedelta(minutes=1)
"""That something was asked is written down at most so often; so much earlier may a session end that nobody used."""
_BEGIN: Final = "insert into session (digest, staff, key) values ($1, $2, $3)"
_READ: Final = """
with found as (
    select digest, key, seen from session where digest = $1 and seen > now() - $2::interval and began > now() - $3::interval
), touched as (
    update session set seen = now() from found where session.digest = found.digest and found.seen < now() - $4::interval
)
select key from found"""
_END: Final = "delete from session where digest = $1"
_END_ALL: Final = "delete from session where staff = $1"


class StoredSessions:
    """`Sessions` in PostgreSQL."""

    def __init__(self, pool: Pool, accounts: Accounts, idle: timedelta = IDLE, longest: timedelta = LONGEST_SESSION) -> None:
        self._pool, self._accounts, self._idle, self._longest = pool, accounts, idle, longest

    async def begin(self, account: Account, key: str) -> str:
        """A new session: its cookie, 256 random bits."""
        cookie = secrets.token_urlsafe(32)
        await self._pool.execute(_BEGIN, digest_of(cookie), account.staff, key)
        return cookie

    async def reader(self, cookie: str) -> Account | None:
        """Whose session this is, while it runs and the account exists."""
        key = await self._pool.fetchval(_READ, digest_of(cookie), self._idle, self._longest, TOUCHED)
        return None if key is None else self._accounts.by_digest(key)

    async def end(self, cookie: str) -> None:
        """Nobody is known by this cookie any more."""
        await self._pool.execute(_END, digest_of(cookie))

    async def end_all(self, staff: str) -> None:
        """Every session of this staff number is over."""
        await self._pool.execute(_END_ALL, staff)


def digest_of(cookie: str) -> bytes:
    """What is kept of a cookie."""
    return sha256(cookie.encode("utf-8", "surrogatepass")).digest()
