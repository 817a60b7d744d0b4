"""The log in PostgreSQL: group commit; loaded, decided and written under the lock of the origin's head (decision 0013)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec
import structlog

from libs.database import Connection, Pool
from libs.eventlog import sql
from libs.eventlog.batch import Kept, Settled, Wanted, answered, check, claims_of, decide, stamp
from libs.eventlog.log import MAX_BATCH, MAX_WAITING, Busy, Claim, Done, Intent, Unknown
from libs.telemetry import batch_span, current_traceparent
from libs.wire import Position, Recorded, genesis, origin

_log = structlog.get_logger("eventlog")


AWAY = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, TimeoutError)
"""The connection is gone: whether the last commit happened is not known."""


class Entry(NamedTuple):
    """An intent that waits, and who waits for it."""

    source: str
    intent: Intent
    future: asyncio.Future[Done]


class PgLog:
    """One origin's log."""

    def __init__(self, source: str, committer: Committer) -> None:
        self.source = source
        self._committer = committer
        self._pool = committer.pool

    async def append(self, intent: Intent) -> Done:
        if not intent.traceparent and (traceparent := current_traceparent()):
            intent = msgspec.structs.replace(intent, traceparent=traceparent)
        check(intent)
        return await self._committer.submit(self.source, intent)

    async def stream(self, subject: str) -> list[Recorded]:
        return [recorded(row) for row in await self._pool.fetch(sql.LOAD, [self.source], [subject])]

    async def taken(self, claims: Sequence[Claim]) -> set[Claim]:
        scopes, keys = [claim.scope for claim in claims], [claim.key for claim in claims]
        rows = await self._pool.fetch(sql.TAKEN, [self.source] * len(claims), scopes, keys)
        return {Claim(row["scope"], row["key"]) for row in rows}

    async def feed(self, after: int = 0, limit: int = 500, epoch: int | None = None) -> list[Recorded]:
        return [recorded(row) for row in await self._pool.fetch(sql.FEED, self.source, epoch, after, limit)]

    async def head(self) -> Position:
        row = await self._pool.fetchrow(sql.HEAD, self.source)
        if row is None:
            raise LookupError(f"{self.source} was never opened")
        return Position(self.source, row["epoch"], row["sequence"], row["hash"])


class Committer:
    """Group commit: all intents waiting in this process, of all origins of the service, form the next batch; one batch is in flight."""

    def __init__(self, pool: Pool, committed: Callable[[], None]) -> None:
        self.pool = pool
        self._committed = committed
        self._waiting: deque[Entry] = deque()
        self._work: asyncio.Task[None] | None = None

    async def submit(self, source: str, intent: Intent) -> Done:
        """Waits for the commit the intent is part of."""
        if len(self._waiting) >= MAX_WAITING:
            raise Busy(f"{len(self._waiting)} intents wait")
        entry = Entry(source, intent, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._drain(), name="append")
        return await entry.future

    async def _drain(self) -> None:
        """Batch after batch while there is work, on one connection: a busy log does not queue for the pool before every commit."""
        while self._waiting:
            try:
                async with self.pool.acquire() as connection:
                    while self._waiting and not connection.is_closed():
                        await self._turn(connection)
            except AWAY as lost:
                if self._waiting:  # no connection to be had: those who wait are told, none of it was tried
                    self._lost(self._take(), lost)

    async def _turn(self, connection: Connection) -> None:
        batch = self._take()
        try:
            settled = await self._commit(connection, batch)
        except asyncio.CancelledError:
            _give(batch, [Settled(entry.intent, error=Unknown("stopped while writing; repeat with the same key")) for entry in batch])
            raise
        self._waiting.extendleft(reversed(_give(batch, settled)))

    def _lost(self, batch: Sequence[Entry], lost: BaseException) -> None:
        _log.warning("append.lost", intents=len(batch), error=repr(lost))
        because = f"the database went away while writing ({type(lost).__name__})"
        _give(batch, [Settled(entry.intent, error=Unknown(because)) for entry in batch])

    def _take(self) -> list[Entry]:
        """The next batch: in order of arrival, no two with one stream or key; those that would be wait for the next."""
        batch: list[Entry] = []
        later: list[Entry] = []
        seen: set[tuple[str, bool, str]] = set()
        while self._waiting and len(batch) < MAX_BATCH and len(later) < MAX_BATCH:
            entry = self._waiting.popleft()
            if entry.future.done():
                continue
            mine = {(entry.source, False, entry.intent.subject)} | ({(entry.source, True, entry.intent.key)} if entry.intent.key else set())
            (later if mine & seen else batch).append(entry)
            seen |= mine
        self._waiting.extendleft(reversed(later))
        return batch

    async def _commit(self, connection: Connection, batch: list[Entry]) -> list[Settled]:
        """Writes the intents; if that fails for another reason than the connection, each alone, so that one bad intent fails alone."""
        try:
            with batch_span("append", (entry.intent.traceparent for entry in batch)):
                settled = await self._write(connection, batch)
        except AWAY as lost:
            self._lost(batch, lost)
            return []
        except Exception as error:
            if len(batch) == 1:
                return [Settled(batch[0].intent, error=error)]
            return [one for entry in batch for one in await self._commit(connection, [entry])]
        self._committed()
        return settled

    async def _write(self, connection: Connection, entries: list[Entry]) -> list[Settled]:
        intents: dict[str, list[Intent]] = {}
        for entry in entries:
            intents.setdefault(entry.source, []).append(entry.intent)
        async with connection.transaction():
            rows = await connection.fetch(sql.LOCK, sorted(intents))
            heads = {row["source"]: Position(row["source"], row["epoch"], row["sequence"], row["hash"]) for row in rows}
            if (never := next((source for source in intents if source not in heads), None)) is not None:
                raise LookupError(f"{never} was never opened")
            streams, keys = await _load(connection, entries)
            settled, wanted = _decide(intents, heads, streams, keys)
            taken = await _taken(connection, wanted)
            now = datetime.now(UTC)
            batches = [stamp(wanted[source], streams[source], taken[source], heads[source], now) for source in wanted]
            changed = [batch for batch in batches if batch.changed]
            if changed:
                feeds = {row["source"]: row["feed"] for row in rows}
                await connection.execute(sql.WRITE, *sql.columns(feeds, changed))
        return [*settled, *(one for batch in batches for one in batch.settled)]


Streams = dict[str, dict[str, list[Recorded]]]
Remembered = tuple[Kept, list[Recorded]]
"""A known key and the events that were written for it."""
Keys = dict[str, dict[str, Remembered]]


async def _load(connection: Connection, entries: Sequence[Entry]) -> tuple[Streams, Keys]:
    """The streams and the known keys of all intents, per origin."""
    streams: Streams = {entry.source: {} for entry in entries}
    keys: Keys = {entry.source: {} for entry in entries}
    for row in await connection.fetch(sql.LOAD, [entry.source for entry in entries], [entry.intent.subject for entry in entries]):
        streams[row["source"]].setdefault(row["subject"], []).append(recorded(row))
    wanted = [(entry.source, entry.intent.key) for entry in entries if entry.intent.key]
    if wanted:
        for row in await connection.fetch(sql.KEYS, [source for source, _ in wanted], [key for _, key in wanted]):
            keys[row["source"]][row["key"]] = (Kept(*list(row.values())[2:]), [])
        await _kept_events(connection, keys)
    return streams, keys


async def _kept_events(connection: Connection, keys: Keys) -> None:
    """What the known keys wrote when they were new; keys are seldom repeated, so this is seldom asked."""
    known = [(source, key, kept) for source, mine in keys.items() for key, (kept, _) in mine.items() if kept.first <= kept.sequence]
    if known:
        columns = [
            [s for s, _, _ in known],
            [key for _, key, _ in known],
            *([getattr(k, f) for _, _, k in known] for f in ("epoch", "first", "sequence")),
        ]
        for row in await connection.fetch(sql.KEPT, *columns):
            keys[row["source"]][row["key"]][1].append(recorded(row))


def _decide(
    intents: dict[str, list[Intent]], heads: dict[str, Position], streams: Streams, keys: Keys
) -> tuple[list[Settled], dict[str, Wanted]]:
    """Known keys get the answers of their first time; everything else is decided against its stream."""
    settled = [
        answered(intent, kept, heads[source], events)
        for source, mine in intents.items()
        for intent in mine
        if intent.key in keys[source]
        for kept, events in (keys[source][intent.key],)
    ]
    wanted = {
        source: decide((intent for intent in mine if intent.key not in keys[source]), streams[source]) for source, mine in intents.items()
    }
    return settled, wanted


async def _taken(connection: Connection, wanted: dict[str, Wanted]) -> dict[str, frozenset[Claim]]:
    """Of the claims these decisions would make, those that are held."""
    asked = sorted((source, claim) for source, decisions in wanted.items() for claim in claims_of(decisions))
    found: dict[str, set[Claim]] = {source: set() for source in wanted}
    if asked:
        columns = [[source for source, _ in asked], [claim.scope for _, claim in asked], [claim.key for _, claim in asked]]
        for row in await connection.fetch(sql.TAKEN, *columns):
            found[row["source"]].add(Claim(row["scope"], row["key"]))
    return {source: frozenset(claims) for source, claims in found.items()}


class PgLogs:
    """The logs of one service in its schema. `woken` is called after every commit: the relay and the views go on at once."""

    def __init__(self, pool: Pool, service: str, nodes: Sequence[str], woken: Sequence[Callable[[], None]] = ()) -> None:
        self.pool = pool
        self.service = service
        self.woken: list[Callable[[], None]] = list(woken)
        committer = Committer(pool, self._wake)
        self._logs = {node: PgLog(origin(node, service), committer) for node in nodes}

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


def _give(batch: Sequence[Entry], settled: Sequence[Settled]) -> list[Entry]:
    """Answers the callers; returns what has to wait for the next batch."""
    entries = {id(entry.intent): entry for entry in batch}
    again: list[Entry] = []
    for one in settled:
        entry = entries[id(one.intent)]
        if entry.future.done():
            continue
        if one.done is not None:
            entry.future.set_result(one.done)
        elif one.error is not None:
            entry.future.set_exception(one.error)
        else:
            again.append(entry)
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
