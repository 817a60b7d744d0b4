"""An entrance in memory, for an application without the service `door`: it passes the same tests, and is gone with its process."""

from __future__ import annotations

import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from libs.web.accounts import Account, Accounts, digest
from libs.web.entrance import IDLE, KEPT_FORM, KEPT_FORMS, LONGEST_SESSION, RATES, Entrance
from libs.web.sealing import Sealed, new_key, open_fields, row_of, seal_fields

MOST: Final = 10_000
"""Rows of each kind; the oldest goes when another comes."""
Seconds = Callable[[], float]
"""Seconds, going forward only."""


@dataclass(slots=True)
class _Session:
    staff: str
    key: str
    began: float
    seen: float


class PassingSessions:
    """`Sessions` in memory."""

    def __init__(self, accounts: Accounts, clock: Seconds) -> None:
        self._accounts, self._clock = accounts, clock
        self._open: OrderedDict[str, _Session] = OrderedDict()

    async def begin(self, account: Account, key: str) -> str:
        value, now = secrets.token_urlsafe(32), self._clock()
        self._open[digest(value)] = _Session(account.staff, key, now, now)
        if len(self._open) > MOST:
            self._open.popitem(last=False)
        return value

    async def reader(self, cookie: str) -> Account | None:
        found, now = self._open.get(digest(cookie)), self._clock()
        if found is None or now >= found.seen + IDLE.total_seconds() or now >= found.began + LONGEST_SESSION.total_seconds():
            return None
        found.seen = now
        return self._accounts.by_digest(found.key)

    async def end(self, cookie: str) -> None:
        self._open.pop(digest(cookie), None)

    async def end_all(self, staff: str) -> None:
        for value in [value for value, session in self._open.items() if session.staff == staff]:
            del self._open[value]

    def owner(self, cookie: str) -> str:
        """Whose session it is or was; empty where it is nobody's."""
        found = self._open.get(digest(cookie))
        return found.staff if found else ""


class PassingLimits:
    """`Limits` in memory."""

    def __init__(self, clock: Seconds) -> None:
        self._clock = clock
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def wait(self, name: str, key: str) -> int:
        rate, now = RATES[name], self._clock()
        until = max(self._until.get((name, key), now), now) + rate.each.total_seconds()
        if until > now + rate.seconds:
            return math.ceil(until - now - rate.seconds)
        self._until[name, key] = until
        self._until.move_to_end((name, key))
        if len(self._until) > MOST:
            self._until.popitem(last=False)
        return 0


class PassingForms:
    """`KeptForms` in memory."""

    def __init__(self, sessions: PassingSessions, clock: Seconds) -> None:
        self._sessions, self._clock = sessions, clock
        self._rows: OrderedDict[bytes, tuple[Sealed, float]] = OrderedDict()

    async def keep(self, cookie: str, place: str, fields: Mapping[str, str]) -> str:
        if not (staff := self._sessions.owner(cookie)):
            return ""
        key, others = new_key(), [row for row, (sealed, _) in self._rows.items() if sealed.staff == staff]
        for row in others[: -KEPT_FORMS + 1]:
            del self._rows[row]
        self._rows[row_of(key)] = (seal_fields(key, place, staff, fields), self._clock() + KEPT_FORM.total_seconds())
        if len(self._rows) > MOST:
            self._rows.popitem(last=False)
        return key

    async def fields(self, key: str, place: str, staff: str) -> Mapping[str, str]:
        sealed, until = self._rows.get(row_of(key), (Sealed(b"", ""), 0.0))
        return open_fields(key, place, staff, sealed) if self._clock() < until else {}

    async def drop(self, key: str) -> None:
        self._rows.pop(row_of(key), None)


class PassingHashes:
    """`Rehashed` in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    async def find(self, staff: str, key: str) -> str:
        return self._kept.get((staff, key), "")

    async def keep(self, staff: str, key: str, kept: str) -> None:
        self._kept[staff, key] = kept


def passing_entrance(accounts: Accounts, clock: Seconds = time.monotonic, *, listed: bool = False) -> Entrance:
    """An entrance that is gone with its process."""
    sessions = PassingSessions(accounts, clock)
    return Entrance(sessions, PassingLimits(clock), PassingForms(sessions, clock), PassingHashes(), listed)
