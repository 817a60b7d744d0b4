"""The log in PostgreSQL: one origin's reading and appending, and all origins of a service (decision 0013)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import structlog

from libs.database import Pool
from libs.eventlog import sql
from libs.eventlog.batch import check
from libs.eventlog.committer import FLOOR_SECONDS, Committer, Floor
from libs.eventlog.log import MAX_BATCH, Claim, Done, Intent
from libs.eventlog.ring import Ring
from libs.eventlog.rows import recorded
from libs.telemetry import current_traceparent
from libs.wire import Position, Recorded, genesis, origin

_log = structlog.get_logger("eventlog")


class PgLog:
    """One origin's log."""

    def __init__(self, source: str, committer: Committer) -> None:
        self.source = source
        self._committer = committer
        self._pool = committer.pool

    async def append(self, intent: Intent) -> Done:
        intent = _traced(intent)
        check(intent)
        return await self._committer.submit(self.source, intent)

    async def append_all(self, intents: Sequence[Intent]) -> list[Done | Exception]:
        outcomes: list[Done | Exception] = []
        for start in range(0, len(intents), MAX_BATCH):
            some = [_traced(intent) for intent in intents[start : start + MAX_BATCH]]
            outcomes += await self._committer.submit_all(self.source, some)
        return outcomes

    async def stream(self, subject: str) -> list[Recorded]:
        return [recorded(row) for row in reversed(await self._pool.fetch(sql.LOAD, [self.source], [subject], [sql.ALL]))]

    async def taken(self, claims: Sequence[Claim]) -> set[Claim]:
        scopes, keys = [claim.scope for claim in claims], [claim.key for claim in claims]
        rows = await self._pool.fetch(sql.TAKEN, [self.source] * len(claims), scopes, keys)
        return {Claim(row["scope"], row["key"]) for row in rows}

    async def feed(self, after: int = 0, limit: int = 500, epoch: int | None = None) -> list[Recorded]:
        return [recorded(row) for row in await self._pool.fetch(sql.FEED, self.source, epoch, after, limit)]

    async def head(self) -> Position:
        row = await self._pool.fetchrow(sql.HEAD, self.source)
        if row is None:
            raise LookupError(f"{self.source} 的日志没有开过")
        return Position(self.source, row["epoch"], row["sequence"], row["hash"])

    async def misplaced(self, after: int, last: int) -> int | None:
        found: int | None = await self._pool.fetchval(sql.MISPLACED, self.source, after, last)
        return found


def _traced(intent: Intent) -> Intent:
    if intent.traceparent or not (traceparent := current_traceparent()):
        return intent
    return msgspec.structs.replace(intent, traceparent=traceparent)


class PgLogs:
    """The logs of one service in its schema. After every commit its events are put into `ring`, then `woken` is called: the relay and the views
    go on at once.
    """

    def __init__(
        self, pool: Pool, service: str, nodes: Sequence[str], woken: Sequence[Callable[[], None]] = (), *, floor: Floor = FLOOR_SECONDS
    ) -> None:
        self.pool = pool
        self.service = service
        self.woken: list[Callable[[], None]] = list(woken)
        self.ring = Ring()
        committer = Committer(pool, self._put_and_wake, floor)
        self.writer = committer.writer
        self._logs = {node: PgLog(origin(node, service), committer) for node in nodes}

    def _put_and_wake(self, events: Sequence[Recorded]) -> None:
        """Puts what was committed into the ring, then wakes whoever follows it. A waker that fails keeps neither the others nor the callers."""
        self.ring.put(events)
        for wake in self.woken:
            try:
                wake()
            except Exception as error:
                _log.error("append.waker_failed", exc_info=error)

    async def open(self) -> None:
        """Makes the first epoch of every origin that has none."""
        for log in self._logs.values():
            await self.pool.execute(sql.OPEN, log.source, genesis())

    def of(self, node: str) -> PgLog:
        return self._logs[node]

    async def heads(self) -> list[Position]:
        rows = await self.pool.fetch('select source, epoch, sequence, hash from head order by source collate "C"')
        return [Position(row["source"], row["epoch"], row["sequence"], row["hash"]) for row in rows]
