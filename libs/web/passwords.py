"""Passwords by argon2id: hashed and held against each other in threads, few at a time; nobody learns from the time it took whether there is an account."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

THREADS: Final = 2
"""Passwords looked at together: each takes 19 MiB and a core."""
WAITING: Final = 64
"""Passwords that wait for their turn; who comes beyond is told to come again."""
ROUNDS: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The least that is recommended (OWASP): 19 MiB, twice over."""
_NOBODYS: Final = ROUNDS.hash(secrets.token_urlsafe(16))
"""What the password of somebody unknown is held against."""
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a password that is made up: without letters that look like others."""
LONGEST_PASSWORD: Final = 200


class TooBusy(Exception):
    """More passwords wait than is good."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of holding a password against what is kept: whether it is right, and what to keep in place of it, empty where that is good."""

    right: bool
    anew: str = ""


class Passwords:
    """Holds passwords against what is kept of them."""

    def __init__(self, hasher: PasswordHasher = ROUNDS, threads: int = THREADS, waiting: int = WAITING) -> None:
        self._hasher, self._most = hasher, threads + waiting
        self._aside = ThreadPoolExecutor(threads, thread_name_prefix="password")
        self._now = 0

    async def held(self, kept: str, password: str) -> Compared:
        """Whether the password is the one of which `kept` was made; for an empty `kept`, as long and no. Raises `TooBusy`."""
        if self._now >= self._most:
            raise TooBusy
        self._now += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._aside, self._hold, kept, password)
        finally:
            self._now -= 1

    def _hold(self, kept: str, password: str) -> Compared:
        secret = password.encode("utf-8", "surrogatepass")
        try:
            self._hasher.verify(kept or _NOBODYS, secret)
        except (VerificationError, InvalidHashError):
            return Compared(False)
        return Compared(bool(kept), self._hasher.hash(secret) if kept and self._hasher.check_needs_rehash(kept) else "")


def made_up() -> str:
    """A password of 16 letters and figures, 79 random bits, in groups that can be read out."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def hashed(password: str) -> str:
    """What is kept of a password."""
    return ROUNDS.hash(password.encode("utf-8", "surrogatepass"))
