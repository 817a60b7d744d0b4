"""What an event log promises, whatever stores it: acts in, answers out, gapless and chained per origin (docs/one-event.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol

import msgspec

from libs.wire import Position, Recorded

MAX_BATCH: Final = 400
"""Acts written in one commit at most."""
MAX_WAITING: Final = 20_000
"""Acts that may wait in one process for one origin; beyond, `Busy`."""


class LogError(Exception):
    """What a log can say no to; the act had no effect."""


class Conflict(LogError):
    """The stream moved on since the caller read it."""

    def __init__(self, subject: str, expected: int, found: int) -> None:
        super().__init__(f"{subject} is at version {found}, not {expected}")
        self.expected, self.found = expected, found


class KeyReused(LogError):
    """The idempotency key was used before with another body."""


class Claimed(LogError):
    """Something unique in its origin is taken."""

    def __init__(self, scope: str, key: str) -> None:
        super().__init__(f"{scope} {key} is taken")
        self.scope, self.key = scope, key


class Busy(LogError):
    """Too many acts wait already. Try again in a second."""


class TooLarge(LogError):
    """An event is larger than the wire takes."""


class Unwritable(LogError):
    """An attribute holds what no log can keep: a line break, a NUL, half a character."""


class Unknown(LogError):
    """The connection was lost while writing: the act may or may not have happened. Repeat it with the same key."""


class New(msgspec.Struct, frozen=True, gc=False):
    """An event decided and encoded, not yet stamped."""

    type: str
    data: bytes
    time: datetime
    to: str = ""


class Claim(NamedTuple):
    """Something that may exist once per origin at a time: `("placement", "511A…")`."""

    scope: str
    key: str


class Decision(msgspec.Struct, frozen=True, gc=False):
    """What a decider made of an act. `answer` is kept with the idempotency key and given again when it is repeated."""

    events: Sequence[New]
    answer: bytes = b""
    claims: Sequence[Claim] = ()
    releases: Sequence[Claim] = ()


class Act(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One command to one stream. `decide` is pure and sees the whole stream; it may raise `Refused`, which ends this act alone."""

    subject: str
    decide: Callable[[Sequence[Recorded]], Decision]
    actor: str
    key: str = ""
    """Idempotency key; empty: none."""
    digest: str = ""
    """Of the request's body: the same key with another digest is `KeyReused`."""
    expected: int | None = None
    """The version the caller saw (If-Match)."""
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""


class Done(msgspec.Struct, frozen=True, gc=False):
    """The answer to an act: where the log stands after it, the stream's version, what `decide` answered, whether it was given before,
    and how many events were written for it now.
    """

    position: Position
    version: int
    answer: bytes
    repeated: bool = False
    written: int = 0


class Log(Protocol):
    """The log of one origin."""

    @property
    def source(self) -> str: ...

    async def append(self, act: Act) -> Done:
        """Decide and write. Raises `Refused` or a `LogError`; returns only after the commit."""

    async def stream(self, subject: str) -> list[Recorded]:
        """All events of one subject in this origin, oldest first."""

    async def feed(self, after: int = 0, limit: int = 500) -> list[Recorded]:
        """A page of the present epoch in order of numbers, from the one behind `after`."""

    async def head(self) -> Position:
        """The last event; sequence 0 and the genesis hash where there is none."""


class Logs(Protocol):
    """The logs of one service, one per node it works for."""

    def of(self, node: str) -> Log:
        """The log of `node`. Raises `KeyError` for a node this site does not host."""

    async def heads(self) -> list[Position]:
        """All heads, sorted by source."""
