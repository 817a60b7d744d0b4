"""What an event log promises, whatever stores it: intents in, answers out, gapless and chained per origin (docs/one-event.md)."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, Protocol, get_args

import msgspec

from libs.wire import Position, Recorded

MAX_BATCH: Final = 400
"""Intents written in one commit at most."""
MAX_WAITING: Final = 20_000
"""Intents that may wait in one process for one origin; beyond, `Busy`."""


class LogError(Exception):
    """What a log can say no to; the intent had no effect."""


class Conflict(LogError):
    """The stream moved on since the caller read it."""

    def __init__(self, subject: str, found: int) -> None:
        super().__init__(f"{subject} is at version {found}, which was not expected")
        self.found = found


class KeyReused(LogError):
    """The idempotency key was used before with another body."""


class Claimed(LogError):
    """Something unique in its origin is taken."""

    def __init__(self, scope: str, key: str) -> None:
        super().__init__(f"{scope} {key} is taken")
        self.scope, self.key = scope, key


class Busy(LogError):
    """Too many intents wait already. Try again in a second."""


class TooLarge(LogError):
    """An event is larger than the wire takes."""


class Unwritable(LogError):
    """An attribute holds what no log can keep: a line break, a NUL, half a character."""


class Unknown(LogError):
    """The connection was lost while writing: the intent may or may not have happened. Repeat it with the same key."""


class New(msgspec.Struct, frozen=True, gc=False):
    """An event decided and encoded, not yet stamped."""

    type: str
    data: bytes
    time: datetime
    to: str = ""


Scope = Literal["http", "inbox", "import"]
"""Whose idempotency keys they are: what people send, what the bus appends, what imports append. None meets those of another."""
SCOPES: Final = frozenset[str](get_args(Scope))


class Claim(NamedTuple):
    """Something that may exist once per origin at a time: `("placement", "511A…")`. The names of `Scope` are kept for keys."""

    scope: str
    key: str


class Consequence(msgspec.Struct, frozen=True, gc=False):
    """What follows from an intent; no event: it was already so."""

    events: Sequence[New]
    claims: Sequence[Claim] = ()
    releases: Sequence[Claim] = ()


class Intent(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One command to one stream. `decide` is pure and sees the whole stream, or its last event alone; it may raise `Refused`, which ends this
    intent alone.
    """

    subject: str
    decide: Callable[[Sequence[Recorded]], Consequence]
    actor: str
    key: str = ""
    """Idempotency key; empty: none."""
    scope: Scope = "http"
    """Whose key it is."""
    digest: str = ""
    """Of the request's body: the same key with another digest is `KeyReused`."""
    expected: Container[int] | None = None
    """The versions that the caller takes for the present one (If-Match); 0 is that of a stream without events. None: any."""
    last: bool = False
    """`decide` is given the stream's last event alone, or none: for streams whose last event says all that is needed. Its version counts all."""
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""


class Done(msgspec.Struct, frozen=True, gc=False):
    """The answer to an intent: where the log stands after it, the stream's version, and the events it wrote, none where it was already so.
    `repeated`: its key was known, and all of this is what came of it the first time, the events read from the log.
    """

    position: Position
    version: int
    events: Sequence[Recorded]
    repeated: bool = False


class Log(Protocol):
    """The log of one origin."""

    @property
    def source(self) -> str: ...

    async def append(self, intent: Intent) -> Done:
        """Decide and write. Raises `Refused` or a `LogError`; returns only after the commit."""

    async def append_all(self, intents: Sequence[Intent]) -> list[Done | Exception]:
        """Many acts, as an import has them: each is decided and written as by `append`, those on one stream in their order, many to a commit. What
        one comes to, and be it a refusal, stands in its place; it keeps no other. Others' acts go between its batches.
        """

    async def stream(self, subject: str) -> list[Recorded]:
        """All events of one subject in this origin, oldest first."""

    async def taken(self, claims: Sequence[Claim]) -> set[Claim]:
        """Those of the claims that are held now."""

    async def feed(self, after: int = 0, limit: int = 500) -> list[Recorded]:
        """A page of the present epoch in order of numbers, from the one behind `after`."""

    async def head(self) -> Position:
        """The last event; sequence 0 and the genesis hash where there is none."""

    async def misplaced(self, after: int, last: int) -> int | None:
        """The number of the first event in (after, last] of the present epoch whose version is not the next of its stream."""


class Logs(Protocol):
    """The logs of one service, one per node it works for."""

    def of(self, node: str) -> Log:
        """The log of `node`. Raises `KeyError` for a node this site does not host."""

    async def heads(self) -> list[Position]:
        """All heads, sorted by source."""
