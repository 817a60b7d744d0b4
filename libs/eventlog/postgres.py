"""The log in PostgreSQL: group commit; loaded, decided and written under the lock of the origin's head (design: recipes.md, "Append")."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import structlog

from libs.database import Connection, Pool
from libs.eventlog import sql
from libs.eventlog.batch import KEY_SCOPE, Batch, Kept, Outcome, answered, check, claims_of, decide, stamp
from libs.eventlog.log import MAX_BATCH, MAX_WAITING, Act, Busy, Claim, Done, Unknown
from libs.telemetry import batch_span, current_traceparent
from libs.wire import Position, Recorded, genesis, origin

_log = structlog.get_logger("eventlog")
Waiting = tuple[Act, "asyncio.Future[Done]"]


class PgLog:
    """One origin's log. All acts waiting in this process form the next batch; one batch is in flight."""

    def __init__(self, pool: Pool, source: str, committed: Callable[[], None]) -> None:
        self.source = source
        self._pool = pool
        self._committed = committed
        self._waiting: deque[Waiting] = deque()
        self._work: asyncio.Task[None] | None = None

    async def append(self, act: Act) -> Done:
        if not act.traceparent and (traceparent := current_traceparent()):
            act = msgspec.structs.replace(act, traceparent=traceparent)
        check(act)
        if len(self._waiting) >= MAX_WAITING:
            raise Busy(f"{len(self._waiting)} acts wait for {self.source}")
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((act, future))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._drain(), name=f"append {self.source}")
        return await future

    async def _drain(self) -> None:
        while self._waiting:
            batch = self._take()
            try:
                outcomes = await self._commit([act for act, _ in batch])
            except asyncio.CancelledError:
                _give(batch, [Outcome(act, error=Unknown("stopped while writing; repeat with the same key")) for act, _ in batch])
                raise
            self._waiting.extendleft(reversed(_give(batch, outcomes)))

    def _take(self) -> list[Waiting]:
        """The next batch: in order of arrival, no two with one stream or key; those that would be wait for the next."""
        batch: list[Waiting] = []
        later: list[Waiting] = []
        seen: set[tuple[bool, str]] = set()
        while self._waiting and len(batch) < MAX_BATCH and len(later) < MAX_BATCH:
            entry = self._waiting.popleft()
            if entry[1].done():
                continue
            mine = {(False, entry[0].subject)} | ({(True, entry[0].key)} if entry[0].key else set())
            (later if mine & seen else batch).append(entry)
            seen |= mine
        self._waiting.extendleft(reversed(later))
        return batch

    async def _commit(self, acts: list[Act]) -> list[Outcome]:
        """Writes the acts; if that fails for another reason than the connection, each alone, so that one bad act fails alone."""
        try:
            with batch_span("append", (act.traceparent for act in acts)):
                outcomes = await self._write(acts)
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, TimeoutError) as lost:
            _log.warning("append.lost", source=self.source, acts=len(acts), error=repr(lost))
            return [Outcome(act, error=Unknown(f"the database went away while writing ({type(lost).__name__})")) for act in acts]
        except Exception as error:
            if len(acts) == 1:
                return [Outcome(acts[0], error=error)]
            return [outcome for act in acts for outcome in await self._commit([act])]
        self._committed()
        return outcomes

    async def _write(self, acts: list[Act]) -> list[Outcome]:
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(sql.LOCK, self.source)
            if row is None:
                raise LookupError(f"{self.source} was never opened")
            feed, head = row["feed"], Position(self.source, row["epoch"], row["sequence"], row["hash"])
            streams, keys = await self._load(connection, acts)
            known = [answered(act, keys[act.key], head) for act in acts if act.key in keys]
            wanted = decide((act for act in acts if act.key not in keys), streams)
            claims = claims_of(wanted)
            taken = await self._taken(connection, claims) if claims else frozenset[Claim]()
            batch = stamp(wanted, streams, taken, head, datetime.now(UTC))
            if batch.changed:
                await connection.execute(sql.WRITE, *_columns(self.source, feed, batch))
        return [*known, *batch.outcomes]

    async def _load(self, connection: Connection, acts: Sequence[Act]) -> tuple[dict[str, list[Recorded]], dict[str, Kept]]:
        streams: dict[str, list[Recorded]] = {}
        keys: dict[str, Kept] = {}
        for row in await connection.fetch(sql.LOAD, self.source, [act.subject for act in acts]):
            streams.setdefault(row["subject"], []).append(recorded(row))
        wanted = [act.key for act in acts if act.key]
        if wanted:
            for row in await connection.fetch(sql.KEYS, self.source, wanted):
                keys[row["key"]] = Kept(*list(row.values())[1:])
        return streams, keys

    async def _taken(self, connection: Connection, claims: set[Claim]) -> frozenset[Claim]:
        ordered = sorted(claims)
        rows = await connection.fetch(sql.TAKEN, self.source, [c.scope for c in ordered], [c.key for c in ordered])
        return frozenset(Claim(row["scope"], row["key"]) for row in rows)

    async def stream(self, subject: str) -> list[Recorded]:
        return [recorded(row) for row in await self._pool.fetch(sql.LOAD, self.source, [subject])]

    async def feed(self, after: int = 0, limit: int = 500, epoch: int | None = None) -> list[Recorded]:
        return [recorded(row) for row in await self._pool.fetch(sql.FEED, self.source, epoch, after, limit)]

    async def head(self) -> Position:
        row = await self._pool.fetchrow(sql.HEAD, self.source)
        if row is None:
            raise LookupError(f"{self.source} was never opened")
        return Position(self.source, row["epoch"], row["sequence"], row["hash"])


class PgLogs:
    """The logs of one service in its schema. `woken` is called after every commit: the relay and the views go on at once."""

    def __init__(self, pool: Pool, service: str, nodes: Sequence[str], woken: Sequence[Callable[[], None]] = ()) -> None:
        self.pool = pool
        self.service = service
        self.woken: list[Callable[[], None]] = list(woken)
        self._logs = {node: PgLog(pool, origin(node, service), self._wake) for node in nodes}

    def _wake(self) -> None:
        for wake in self.woken:
            wake()

    async def open(self) -> None:
        """Makes the first epoch of every origin that has none."""
        for log in self._logs.values():
            await self.pool.execute(sql.OPEN, log.source, genesis())

    def of(self, node: str) -> PgLog:
        return self._logs[node]

    async def heads(self) -> list[Position]:
        rows = await self.pool.fetch('select source, epoch, sequence, hash from head order by source collate "C"')
        return [Position(row["source"], row["epoch"], row["sequence"], row["hash"]) for row in rows]


def _give(batch: Sequence[Waiting], outcomes: Sequence[Outcome]) -> list[Waiting]:
    """Answers the callers; returns what has to wait for the next batch."""
    futures = {id(act): future for act, future in batch}
    again: list[Waiting] = []
    for outcome in outcomes:
        future = futures[id(outcome.act)]
        if future.done():
            continue
        if outcome.done is not None:
            future.set_result(outcome.done)
        elif outcome.error is not None:
            future.set_exception(outcome.error)
        else:
            again.append((outcome.act, future))
    return again


def recorded(row: Any) -> Recorded:
    """The event of a row of `event`."""
    return Recorded(
        source=row["source"],
        epoch=row["epoch"],
        sequence=row["sequence"],
        id=row["id"],
        type=row["type"],
        subject=row["subject"],
        time=row["time"],
        recordedtime=row["recordedtime"],
        actor=row["actor"],
        prevhash=row["prevhash"],
        hash=row["hash"],
        data=row["data"],
        to=row["recipient"],
        correlationid=row["correlationid"],
        causationid=row["causationid"],
        traceparent=row["traceparent"],
        version=row["version"],
    )


def _columns(source: str, feed: int, batch: Batch) -> list[Any]:
    assert batch.head is not None
    events, keys, claims, releases = batch.events, batch.keys, batch.claims, batch.releases
    return [
        source,
        feed,
        [e.sequence for e in events],
        [e.version for e in events],
        [e.subject for e in events],
        [e.id for e in events],
        [e.type for e in events],
        [e.time for e in events],
        [e.recordedtime for e in events],
        [e.actor for e in events],
        [e.to for e in events],
        [e.correlationid for e in events],
        [e.causationid for e in events],
        [e.traceparent for e in events],
        [e.prevhash for e in events],
        [e.hash for e in events],
        [e.data for e in events],
        [KEY_SCOPE] * len(keys) + [claim.scope for claim, _ in claims],
        [key for key, _ in keys] + [claim.key for claim, _ in claims],
        [kept.sequence for _, kept in keys] + [sequence for _, sequence in claims],
        [kept.version for _, kept in keys] + [0] * len(claims),
        [kept.digest for _, kept in keys] + [""] * len(claims),
        [kept.answer for _, kept in keys] + [b""] * len(claims),
        [claim.scope for claim in releases],
        [claim.key for claim in releases],
        batch.head.sequence,
        batch.head.hash,
    ]
