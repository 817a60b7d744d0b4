"""What stands behind the sign-in page, as the frame asks it: who has signed in, how often somebody may try, what was typed before a session ran out.

The service `door` keeps all of it in its database, so that it holds over processes and restarts; `passing` has it in memory, for an
application without that service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from libs.web.accounts import Account

IDLE: Final = timedelta(minutes=30)
"""A session in which nothing is asked for so long has ended."""
LONGEST_SESSION: Final = timedelta(hours=12)
"""A session ends with the day's work, whatever is asked in it."""
KEPT_FORM: Final = timedelta(hours=1)
"""How long what was typed waits for whoever typed it."""
KEPT_FORMS: Final = 20
"""Forms that wait for one person: an old cookie fills nobody's disk, the newest stay."""


class Sessions(Protocol):
    """Who has signed in. Of a session's cookie only the digest is kept."""

    async def begin(self, account: Account, key: str) -> str:
        """A new session: its cookie. `key` is the digest of what the account was known by; when that goes, the session is over."""

    async def reader(self, cookie: str) -> Account | None:
        """Whose session this is, while it runs and the account exists."""

    async def end(self, cookie: str) -> None:
        """Nobody is known by this cookie any more."""

    async def end_all(self, staff: str) -> None:
        """Every session of this staff number is over, wherever it was begun."""


class Limits(Protocol):
    """How often something may be tried. It holds over all processes of a site."""

    async def wait(self, name: str, key: str) -> int:
        """Count one for `key`: 0 when it may go on, else the whole seconds to wait (those refused are not counted). Raises `KeyError` for a
        name that `RATES` does not have.
        """


class KeptForms(Protocol):
    """What was typed when a session had run out: sealed under a key that only the browser has, for the same staff number."""

    async def keep(self, cookie: str, place: str, fields: Mapping[str, str]) -> str:
        """Seals the fields of the form at `place` for whoever's session `cookie` was: the browser's key to them; empty where it was nobody's."""

    async def fields(self, key: str, place: str, staff: str) -> Mapping[str, str]:
        """What `staff` typed at `place`; nothing for another key, place or staff number, and after `KEPT_FORM`."""

    async def drop(self, key: str) -> None:
        """It was sent, and need not be kept any more."""


class Rehashed(Protocol):
    """Passwords that were hashed anew: the file of accounts is the operator's, and is not written."""

    async def find(self, staff: str, key: str) -> str:
        """What is kept of the password in place of what has the digest `key`; empty for nothing."""

    async def keep(self, staff: str, key: str, kept: str) -> None:
        """From now on this is kept in its place."""


class WayOut(Protocol):
    """Where somebody signs in and out who does so elsewhere."""

    async def hint(self, cookie: str) -> str:
        """By what that place knows again who had this session begun there; empty where it was begun here."""

    async def leads(self, hint: str) -> str:
        """Where the browser goes on to sign out there too; empty where that place cannot say. It may be slow to answer: the session is over by then."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and as many in any so many seconds from then on, evenly."""

    most: int
    seconds: float

    @property
    def each(self) -> timedelta:
        """How long one takes to be forgotten."""
        return timedelta(seconds=self.seconds / self.most)

    @property
    def whole(self) -> timedelta:
        """How far ahead of time somebody may be."""
        return timedelta(seconds=self.seconds)


RATES: Final[Mapping[str, Rate]] = {
    "sign-in": Rate(60, 300.0),
    "sign-in-account": Rate(20, 600.0),
    "follow-code": Rate(10, 60.0),
    "rating": Rate(10, 60.0),
}
"""What is tried, and at which rate: by address, for an account by its staff number."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a service that stands at the entrance hands the frame."""

    sessions: Sessions
    limits: Limits
    forms: KeptForms
    rehashed: Rehashed
    listed: bool = False
    """Whether the sign-in page lists the accounts: on one box, for trying it out, and nowhere else."""
    elsewhere: WayOut | None = None
    """People sign in at a provider."""
