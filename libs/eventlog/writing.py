"""One batch in two trips: what acts need is loaded, they are decided, and written if the heads have not moved; else under their locks
(decisions 0013 and 0022).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg

from libs.database import Connection
from libs.eventlog import sql
from libs.eventlog.batch import Batch, Kept, Settled, Wanted, answered, claims_of, decide, key_of, passing_of, stamp
from libs.eventlog.lanes import Entry
from libs.eventlog.log import Claim, Intent
from libs.eventlog.rows import EVENT, HeadRow, asked, columns, recorded, records, seen
from libs.wire import Position, Recorded

COPY_FROM: Final = 400
"""So many events are worth the two trips more that copying them takes."""
LOCKED_SECONDS: Final = 1.0
"""How long a process goes the locked way after another one was faster."""


class _Moved(Exception):
    """A head has moved since it was read, or may have, or a claim is held. Nothing was written."""


@dataclass(slots=True)
class Loaded:
    """What the acts of a batch are decided on, per origin: all of one moment."""

    heads: dict[str, HeadRow]
    streams: dict[str, dict[str, list[Recorded]]]
    keys: dict[str, dict[Claim, tuple[Kept, list[Recorded]]]]
    """The known keys, and the events that were written for them."""


class Writer:
    """Writes batches. Both ways give the same answers; the locked one is fair where several processes write to one origin."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._locked_until = clock()

    def lock(self) -> None:
        """Goes the locked way for `LOCKED_SECONDS`."""
        self._locked_until = self._clock() + LOCKED_SECONDS

    def unlock(self) -> None:
        """Goes the free way again."""
        self._locked_until = self._clock()

    async def write(self, connection: Connection, entries: Sequence[Entry]) -> dict[str, list[Settled]]:
        """What becomes of each intent, per origin. Returns after the commit."""
        if self._clock() >= self._locked_until:
            try:
                return await _decided(connection, entries, sql.LOAD_ACTS)
            except _Moved:
                self.lock()
        async with connection.transaction():
            return await _decided(connection, entries, sql.LOCK_ACTS)


async def _decided(connection: Connection, entries: Sequence[Entry], load: str) -> dict[str, list[Settled]]:
    intents: dict[str, list[Intent]] = {}
    for entry in entries:
        intents.setdefault(entry.source, []).append(entry.intent)
    loaded = await _load(connection, intents, load)
    settled, wanted = _decide(intents, loaded)
    locked = load is sql.LOCK_ACTS
    taken = await _taken(connection, {source: (claims_of if locked else passing_of)(decisions) for source, decisions in wanted.items()})
    if not locked and any(taken.values()):
        raise _Moved  # read later than the streams: whether it was held when they were as they are, only the lock can say
    now = datetime.now(UTC)
    batches = {s: stamp(wanted[s], loaded.streams[s], taken[s], loaded.heads[s].position, now) for s in wanted}
    await _write(connection, loaded.heads, {source: batch for source, batch in batches.items() if batch.changed}, now)
    for source, batch in batches.items():
        settled[source] += batch.settled
    return settled


async def _write(connection: Connection, heads: Mapping[str, HeadRow], batches: Mapping[str, Batch], now: datetime) -> None:
    if not batches:
        return
    try:
        if sum(len(batch.events) for batch in batches.values()) < COPY_FROM:
            await connection.execute(sql.WRITE_ACTS, *columns(heads, batches, now))
        else:
            async with nullcontext() if connection.is_in_transaction() else connection.transaction():
                await connection.execute(sql.WRITE_ACTS, *columns(heads, batches, now, copied=True))
                await connection.copy_records_to_table("event", records=records(heads, batches), columns=EVENT)
    except asyncpg.PostgresError as error:
        if error.sqlstate == sql.MOVED or error.constraint_name == sql.HELD:
            raise _Moved from None
        raise


async def _load(connection: Connection, intents: Mapping[str, Sequence[Intent]], load: str) -> Loaded:
    rows = await connection.fetch(load, *asked(intents, sql.ALL))
    flat = [intent for mine in intents.values() for intent in mine]
    loaded = Loaded({}, {source: {} for source in intents}, {source: {} for source in intents})
    for row in reversed(rows):
        _take_in(loaded, row, flat)
    if (never := next((source for source in intents if source not in loaded.heads), None)) is not None:
        raise LookupError(f"{never} 的日志没有开过")
    await _kept_events(connection, loaded.keys)
    return loaded


def _take_in(loaded: Loaded, row: Any, intents: Sequence[Intent]) -> None:
    source = row["source"]
    match row["what"]:
        case "head":
            position = Position(source, row["epoch"], row["sequence"], row["hash"])
            loaded.heads[source] = HeadRow(position, row["feed"], row["writes"])
        case "event":
            subject = intents[row["n"] - 1].subject
            loaded.streams[source].setdefault(subject, []).append(seen(row, subject))
        case "key":
            kept = Kept(row["epoch"], row["sequence"], row["hash"], row["digest"], row["version"], row["first"])
            loaded.keys[source][key_of(intents[row["n"] - 1])] = (kept, [])


async def _kept_events(connection: Connection, keys: Mapping[str, Mapping[Claim, tuple[Kept, list[Recorded]]]]) -> None:
    """What the known keys wrote when they were new; keys are seldom repeated, so this is seldom asked."""
    known = [(source, key, kept) for source, mine in keys.items() for key, (kept, _) in mine.items() if kept.first <= kept.sequence]
    if not known:
        return
    rows = await connection.fetch(
        sql.KEPT,
        [source for source, _, _ in known],
        [key.scope for _, key, _ in known],
        [key.key for _, key, _ in known],
        [kept.epoch for _, _, kept in known],
        [kept.first for _, _, kept in known],
        [kept.sequence for _, _, kept in known],
    )
    for row in rows:
        keys[row["source"]][Claim(row["scope"], row["key"])][1].append(recorded(row))


def _decide(intents: Mapping[str, Sequence[Intent]], loaded: Loaded) -> tuple[dict[str, list[Settled]], dict[str, Wanted]]:
    """Known keys get the answers of their first time; everything else is decided against its stream."""
    settled: dict[str, list[Settled]] = {}
    wanted: dict[str, Wanted] = {}
    for source, mine in intents.items():
        keys, head = loaded.keys[source], loaded.heads[source].position
        known = [(intent, keys[key_of(intent)]) for intent in mine if key_of(intent) in keys] if keys else []
        settled[source] = [answered(intent, kept, head, events) for intent, (kept, events) in known]
        new = (intent for intent in mine if key_of(intent) not in keys) if keys else mine
        wanted[source] = decide(new, loaded.streams[source])
    return settled, wanted


async def _taken(connection: Connection, claims: Mapping[str, set[Claim]]) -> dict[str, frozenset[Claim]]:
    """Those of the claims that are held. They move with the head alone: one that is free is so if it stands."""
    wanted = sorted((source, claim) for source, mine in claims.items() for claim in mine)
    found: dict[str, set[Claim]] = {source: set() for source in claims}
    if wanted:
        names = [[source for source, _ in wanted], [claim.scope for _, claim in wanted], [claim.key for _, claim in wanted]]
        for row in await connection.fetch(sql.TAKEN, *names):
            found[row["source"]].add(Claim(row["scope"], row["key"]))
    return {source: frozenset(mine) for source, mine in found.items()}
