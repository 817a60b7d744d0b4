"""What the frame asks the door, kept in PostgreSQL: it holds over processes and restarts. The database's clock is the only one that counts."""

from __future__ import annotations

from dataclasses import replace

from libs.database import Pool
from libs.web import Accounts, Entrance
from services.door.http.forms import StoredForms
from services.door.http.hashes import StoredHashes
from services.door.http.limits import StoredLimits
from services.door.http.oidc import Way
from services.door.http.provider import Provider
from services.door.http.sessions import StoredSessions
from services.door.settings import Oidc


def entrance(pool: Pool, accounts: Accounts, *, listed: bool = False) -> Entrance:
    """The entrance over a database; `listed`: the sign-in page lists the accounts."""
    return Entrance(StoredSessions(pool, accounts), StoredLimits(pool), StoredForms(pool), StoredHashes(pool), listed)


def by_provider(pool: Pool, accounts: Accounts, oidc: Oidc) -> tuple[Entrance, Way]:
    """The same, where people sign in at a provider; and the way there."""
    sessions = StoredSessions(pool, accounts, oidc)
    way = Way(Provider(oidc), sessions, pool)
    return replace(entrance(pool, accounts), sessions=sessions, elsewhere=way), way
