"""Sessions: one statement to know a reader, which writes at most once a minute."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from libs.database import Pool
from libs.web import IDLE, LONGEST_SESSION, Account, Accounts, Sealed, open_fields, seal_fields
from services.door.settings import NoGrant, Oidc, SecondNeeded

HINT: Final = "id token"
TOUCHED: Final = timedelta(minutes=1)
"""That something was asked is written down at most so often; so much earlier may a session end that nobody used."""
_BEGIN: Final = "insert into session (digest, staff, key) values ($1, $2, $3)"
_READ: Final = """
with found as (
    select digest, key, account, seen from session where digest = $1 and seen > now() - $2::interval and began > now() - $3::interval
), touched as (
    update session set seen = now() from found where session.digest = found.digest and found.seen < now() - $4::interval
)
select key, account from found"""
_BEGIN_ELSEWHERE: Final = "insert into session (digest, staff, key, account, hint) values ($1, $2, '', $3, $4)"
_HINT: Final = "select staff, hint from session where digest = $1"
_END: Final = "delete from session where digest = $1"
_END_ALL: Final = "delete from session where staff = $1"


class StoredSessions:
    """`Sessions` in PostgreSQL."""

    def __init__(self, pool: Pool, accounts: Accounts, oidc: Oidc | None = None) -> None:
        self._pool, self._accounts, self._oidc = pool, accounts, oidc

    async def begin(self, account: Account, key: str) -> str:
        """A new session: its cookie, 256 random bits."""
        cookie = secrets.token_urlsafe(32)
        await self._pool.execute(_BEGIN, digest_of(cookie), account.staff, key)
        return cookie

    async def reader(self, cookie: str) -> Account | None:
        """Whose session this is, while it runs and the account exists."""
        row = await self._pool.fetchrow(_READ, digest_of(cookie), IDLE, LONGEST_SESSION, TOUCHED)
        if row is None:
            return None
        return self._elsewhere(row["account"]) if row["account"] is not None else self._accounts.by_digest(row["key"])

    async def begin_elsewhere(self, staff: str, claims: Mapping[str, Any], token: str) -> str:
        """A new session of somebody whom a provider knows: its cookie. The provider's token is sealed under that."""
        cookie = secrets.token_urlsafe(32)
        sealed = seal_fields(cookie, HINT, staff, {"token": token}).data
        await self._pool.execute(_BEGIN_ELSEWHERE, digest_of(cookie), staff, json.dumps(claims, ensure_ascii=False), sealed)
        return cookie

    async def hint(self, cookie: str) -> str:
        """The provider's token of a session begun there; empty for one begun here."""
        row = await self._pool.fetchrow(_HINT, digest_of(cookie))
        if row is None or row["hint"] is None:
            return ""
        return open_fields(cookie, HINT, row["staff"], Sealed(row["hint"], row["staff"])).get("token", "")

    def _elsewhere(self, claims: str) -> Account | None:
        """Who somebody is by what the provider said, and by what the settings say today: of a second factor, too."""
        try:
            return self._oidc.known(json.loads(claims)) if self._oidc is not None else None
        except (NoGrant, SecondNeeded):
            return None

    async def end(self, cookie: str) -> None:
        """Nobody is known by this cookie any more."""
        await self._pool.execute(_END, digest_of(cookie))

    async def end_all(self, staff: str) -> None:
        """Every session of this staff number is over."""
        await self._pool.execute(_END_ALL, staff)


def digest_of(cookie: str) -> bytes:
    """What is kept of a cookie."""
    return sha256(cookie.encode("utf-8", "surrogatepass")).digest()
