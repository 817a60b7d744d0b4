"""One batch in one transaction: lock the heads, load, decide, stamp, write (decision 0013)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from libs.database import Connection
from libs.eventlog import sql
from libs.eventlog.batch import Kept, Settled, Wanted, answered, claims_of, decide, key_of, stamp
from libs.eventlog.lanes import Entry
from libs.eventlog.log import Claim, Intent
from libs.eventlog.rows import recorded
from libs.wire import Position, Recorded

Streams = dict[str, dict[str, list[Recorded]]]
Remembered = tuple[Kept, list[Recorded]]
"""A known key and the events that were written for it."""
Keys = dict[str, dict[Claim, Remembered]]


async def _load(connection: Connection, entries: Sequence[Entry]) -> tuple[Streams, Keys]:
    """The streams and the known keys of all intents, per origin."""
    streams: Streams = {entry.source: {} for entry in entries}
    keys: Keys = {entry.source: {} for entry in entries}
    asked = [
        [entry.source for entry in entries],
        [entry.intent.subject for entry in entries],
        [1 if entry.intent.last else sql.ALL for entry in entries],
    ]
    for row in reversed(await connection.fetch(sql.LOAD, *asked)):
        streams[row["source"]].setdefault(row["subject"], []).append(recorded(row))
    wanted = [(entry.source, key_of(entry.intent)) for entry in entries if entry.intent.key]
    if wanted:
        names = [[source for source, _ in wanted], [key.scope for _, key in wanted], [key.key for _, key in wanted]]
        for row in await connection.fetch(sql.KEYS, *names):
            keys[row["source"]][Claim(row["scope"], row["key"])] = (Kept(*list(row.values())[3:]), [])
        await _kept_events(connection, keys)
    return streams, keys


async def _kept_events(connection: Connection, keys: Keys) -> None:
    """What the known keys wrote when they were new; keys are seldom repeated, so this is seldom asked."""
    known = [(source, key, kept) for source, mine in keys.items() for key, (kept, _) in mine.items() if kept.first <= kept.sequence]
    if known:
        columns = [
            [s for s, _, _ in known],
            [key.scope for _, key, _ in known],
            [key.key for _, key, _ in known],
            *([getattr(k, f) for _, _, k in known] for f in ("epoch", "first", "sequence")),
        ]
        for row in await connection.fetch(sql.KEPT, *columns):
            keys[row["source"]][Claim(row["scope"], row["key"])][1].append(recorded(row))


def _decide(
    intents: dict[str, list[Intent]], heads: dict[str, Position], streams: Streams, keys: Keys
) -> tuple[dict[str, list[Settled]], dict[str, Wanted]]:
    """Known keys get the answers of their first time; everything else is decided against its stream."""
    settled = {
        source: [
            answered(intent, kept, heads[source], events)
            for intent in mine
            if key_of(intent) in keys[source]
            for kept, events in (keys[source][key_of(intent)],)
        ]
        for source, mine in intents.items()
    }
    wanted = {
        source: decide((intent for intent in mine if key_of(intent) not in keys[source]), streams[source])
        for source, mine in intents.items()
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


async def write(connection: Connection, entries: Sequence[Entry]) -> dict[str, list[Settled]]:
    """What becomes of each intent, per origin. Returns after the commit."""
    intents: dict[str, list[Intent]] = {}
    for entry in entries:
        intents.setdefault(entry.source, []).append(entry.intent)
    async with connection.transaction():
        rows = await connection.fetch(sql.LOCK, sorted(intents))
        heads = {row["source"]: Position(row["source"], row["epoch"], row["sequence"], row["hash"]) for row in rows}
        if (never := next((source for source in intents if source not in heads), None)) is not None:
            raise LookupError(f"{never} 的日志没有开过")
        streams, keys = await _load(connection, entries)
        settled, wanted = _decide(intents, heads, streams, keys)
        taken = await _taken(connection, wanted)
        now = datetime.now(UTC)
        batches = [stamp(wanted[source], streams[source], taken[source], heads[source], now) for source in wanted]
        changed = [batch for batch in batches if batch.changed]
        if changed:
            feeds = {row["source"]: row["feed"] for row in rows}
            await connection.execute(sql.WRITE, *sql.columns(feeds, changed))
    for batch, source in zip(batches, wanted, strict=True):
        settled[source] += batch.settled
    return settled
