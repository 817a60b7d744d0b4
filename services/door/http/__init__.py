"""What the frame asks the door, kept in PostgreSQL: it holds over processes and restarts. The database's clock is the only one that counts."""

from __future__ import annotations

from libs.database import Pool
from libs.web import Accounts, Entrance
from services.door.http.forms import StoredForms
from services.door.http.hashes import StoredHashes
from services.door.http.limits import StoredLimits
from services.door.http.sessions import StoredSessions


def entrance(pool: Pool, accounts: Accounts, *, listed: bool = False) -> Entrance:
    """The entrance over a database; `listed`: the sign-in page lists the accounts."""
    return Entrance(StoredSessions(pool, accounts), StoredLimits(pool), StoredForms(pool), StoredHashes(pool), listed)
