"""A service that listens, for the tests of the bus: on real PostgreSQL, hearing records made as a relay makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from libs.bus import Effect, Hears, Reader
from libs.bus.inbox import FeedPage, Inbox
from libs.database import Connection
from libs.decider import Refused
from libs.eventlog import Consequence, Intent, MemoryLogs, New, PgLogs
from libs.wire import Recorded, to_headers

AT = datetime(2026, 11, 23, tzinfo=UTC)
NODE = "511525"
SOURCE = f"urn:liandong:{NODE}:intake"
TYPE = "liandong.example.Said.v1"


def _says(event: New) -> Callable[[Sequence[Recorded]], Consequence]:
    return lambda _stream: Consequence([event])


async def facts(*texts: str | bytes, subjects: Sequence[str] = (), kind: str = TYPE) -> list[Recorded]:
    """A feed of the other service."""
    log = MemoryLogs("intake", [NODE]).of(NODE)
    for n, text in enumerate(texts):
        event = New(kind, text if isinstance(text, bytes) else text.encode(), AT)
        subject = subjects[n] if subjects else f"case-{n}"
        await log.append(Intent(subject=subject, decide=_says(event), actor="C1"))
    return await log.feed(limit=10_000)


def record(event: Recorded, **changes: Any) -> Any:
    headers = [(name, changes.pop(name, value)) for name, value in to_headers(event)]
    return SimpleNamespace(topic="t", partition=0, offset=event.sequence, key=b"k", value=event.data, headers=headers)


class Listener:
    """A service that writes down what it hears, and follows up with a command for everything that says so."""

    def __init__(self, pool: Any, logs: PgLogs, feed: list[Recorded]) -> None:
        self.pool, self.logs, self.feed = pool, logs, feed
        self.bad: set[str] = set()
        self.calls: list[int] = []
        """How many events each call of `apply` was given."""
        self.hold: asyncio.Event | None = None
        """What the next call of `apply` waits for; `holding` says that it does."""
        self.holding = asyncio.Event()
        self.away = 0
        """How often the database is away when `apply` asks it."""
        self.away_at = 0
        """At which call of `apply` it is away; 0: at none."""
        self.refusals: list[Exception] = []
        """What the owner's feed API answers first, one after the other."""
        self.asked: FeedPage = self.give
        hears = Hears("deadline", Reader({TYPE: dict}), self.apply)
        self.inbox = Inbox(hears, pool, logs, self.page)

    async def page(self, source: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        if self.refusals:
            raise self.refusals.pop(0)
        return await self.asked(source, epoch, after, limit)

    async def give(self, source: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        """The owner's page."""
        assert (source, epoch) == (SOURCE, 1)
        return self.feed[after : after + limit]

    async def apply(self, connection: Connection, events: Sequence[Recorded]) -> Sequence[Effect]:
        effects = []
        self.calls.append(len(events))
        if self.away:
            self.away -= 1
            raise ConnectionError("the database is away")
        if len(self.calls) == self.away_at:
            raise ConnectionError("the database is away")
        if self.hold is not None and not self.hold.is_set():
            self.holding.set()
            await self.hold.wait()
        for event in events:
            text = event.data.decode()
            if text in self.bad:
                raise ValueError(f"cannot read {text}")
            await connection.execute("insert into heard (text) values ($1)", text)
            if text.startswith("do"):
                effects.append(Effect(event, NODE, Intent(subject=f"clock:{event.subject}", decide=self.decide, actor="system:deadline")))
        return effects

    @staticmethod
    def decide(stream: Sequence[Recorded]) -> Consequence:
        if len(stream) >= 2:
            raise Refused("enough", "够了")
        return Consequence([New("liandong.deadline.Done.v1", b"{}", AT)])

    async def heard(self) -> list[str]:
        return [row["text"] for row in await self.pool.fetch("select text from heard order by id")]
