"""The log in memory: the twin of the PostgreSQL one, for rules' tests and rehearsals. The same suite proves both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from libs.eventlog.batch import Kept, Settled, answered, check, claims_of, decide, key_of, stamp
from libs.eventlog.log import SCOPES, Claim, Done, Intent
from libs.wire import Position, Recorded, genesis, origin


class MemoryLog:
    """One origin's log in memory."""

    def __init__(self, source: str, now: Callable[[], datetime]) -> None:
        self.source = source
        self._now = now
        self._head = Position(source, 1, 0, genesis())
        self._events: list[Recorded] = []
        self._streams: defaultdict[str, list[Recorded]] = defaultdict(list)
        self._seen: defaultdict[str, list[Recorded]] = defaultdict(list)
        self._keys: dict[Claim, Kept] = {}
        self._claims: set[Claim] = set()

    async def append(self, intent: Intent) -> Done:
        check(intent)
        settled = self._take(intent)
        if settled.error is not None:
            raise settled.error
        assert settled.done is not None
        return settled.done

    async def append_all(self, intents: Sequence[Intent]) -> list[Done | Exception]:
        return [await self._outcome(intent) for intent in intents]

    async def _outcome(self, intent: Intent) -> Done | Exception:
        try:
            return await self.append(intent)
        except Exception as error:
            return error

    def _take(self, intent: Intent) -> Settled:
        if intent.key and (kept := self._keys.get(key_of(intent))) is not None:
            return answered(intent, kept, self._head, self._events[kept.first - 1 : kept.sequence])
        stream = self._seen[intent.subject]
        loaded = {intent.subject: stream[-1:] if intent.last else stream}
        wanted = decide([intent], loaded)
        taken = frozenset(claims_of(wanted) & self._claims)
        batch = stamp(wanted, loaded, taken, self._head, self._now())
        for event in batch.events:
            self._events.append(event)
            self._streams[event.subject].append(event)
            self._seen[event.subject].append(_seen(event))
        self._claims.difference_update(batch.releases)
        self._claims.update(claim for claim, _ in batch.claims if claim.scope not in SCOPES)
        self._keys.update((claim, kept) for claim, kept in batch.claims if claim.scope in SCOPES)
        self._head = batch.head
        return batch.settled[0]

    async def stream(self, subject: str) -> list[Recorded]:
        return list(self._streams.get(subject, ()))

    async def taken(self, claims: Sequence[Claim]) -> set[Claim]:
        return self._claims.intersection(claims)

    async def feed(self, after: int = 0, limit: int = 500) -> list[Recorded]:
        return self._events[after : after + limit]

    async def head(self) -> Position:
        return self._head

    async def misplaced(self, after: int, last: int) -> int | None:
        places = {e.sequence: place for stream in self._streams.values() for place, e in enumerate(stream, 1)}
        return next((e.sequence for e in self._events[after:last] if e.version != places[e.sequence]), None)


def _seen(event: Recorded) -> Recorded:
    """What a rule sees of it, as in PostgreSQL."""
    return msgspec.structs.replace(event, epoch=0, id="", prevhash="", hash="", to="", correlationid="", causationid="", traceparent="")


class MemoryLogs:
    """The logs of one service in memory."""

    def __init__(self, service: str, nodes: Iterable[str], now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._logs = {node: MemoryLog(origin(node, service), now) for node in nodes}

    def of(self, node: str) -> MemoryLog:
        return self._logs[node]

    async def heads(self) -> list[Position]:
        return sorted([await log.head() for log in self._logs.values()], key=lambda head: head.source)
