"""Unsigned records wait here until a checkpoint's hash chooses among them; how many are kept is bounded per number and per feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from libs.database import Connection
from libs.eventlog import recorded
from libs.wire import Recorded
from services.hub.inbox.feed import Feed
from services.hub.inbox.keeping import COLUMNS, row_of, wait_there

ALIKE: Final = 8
"""Records kept under one number."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of one feed's candidates; beyond it those with the highest numbers go."""
HEADERS: Final = 600
"""What an event's attributes are counted as."""
PAGE: Final = 1000
"""Records that one transaction moves of what lay here before it."""
PAGE_BYTES: Final = 16 * 1024 * 1024

_COLUMNS: Final = ", ".join(COLUMNS)
_KNOWN: Final = """
select c.sequence, c.hash from unnest($2::bigint[]) as t (sequence)
cross join lateral (select sequence, hash from candidate where feed = $1 and candidate.sequence = t.sequence limit 100) c"""
_LINKS: Final = """
select sequence, hash, prevhash from candidate where feed = $1 and sequence > $2 and sequence <= $3 order by sequence desc limit $4"""
_READ: Final = f"""
select f.source, f.epoch, 0 as version, c.* from city_feed f join (
    select {_COLUMNS}, sum(octet_length(data) + {HEADERS}) over (order by sequence, hash) as upto from candidate
    where feed = $1 and sequence > $2 and sequence <= $3 order by sequence, hash limit $4) c using (feed)
where upto - octet_length(data) <= $5 order by sequence"""
_LOSE: Final = """
with lost as (
    delete from candidate c using unnest($2::bigint[], $3::text[]) as t (sequence, hash)
    where c.feed = $1 and c.sequence = t.sequence and c.hash = t.hash returning c.*
) select f.source, f.epoch, 0 as version, l.* from lost l join city_feed f using (feed) order by sequence, hash"""
_MOVED: Final = f"""
with gone as (delete from candidate where feed = $1 and sequence <= $2 returning octet_length(data) + {HEADERS} as bytes)
select coalesce(sum(bytes), 0)::bigint from gone"""
_EVICT: Final = f"""
with ranked as (
    select sequence, hash, sum(octet_length(data) + {HEADERS}) over (order by sequence, hash) as upto from candidate where feed = $1
), gone as (
    delete from candidate c using ranked r where c.feed = $1 and c.sequence = r.sequence and c.hash = r.hash and r.upto > $2
    returning octet_length(data) + {HEADERS} as bytes
) select coalesce(sum(bytes), 0)::bigint from gone"""

Link = tuple[int, str]
"""Number and hash."""


async def links(connection: Connection, number: int, feed: Feed, most: int) -> tuple[dict[Link, str], int]:
    """The feed's candidates from the wanted number downwards: number and hash → the hash before; and the lowest number that is there whole."""
    rows = await connection.fetch(_LINKS, number, feed.verified, feed.wanted, most)
    lowest = rows[-1]["sequence"] + 1 if len(rows) == most else 0
    return {(row["sequence"], row["hash"]): row["prevhash"] for row in rows}, lowest


async def read(connection: Connection, number: int, feed: Feed) -> list[Recorded]:
    """The first page of the chosen chain, in order; bounded in records and bytes."""
    rows = await connection.fetch(_READ, number, feed.verified, feed.signed, PAGE, PAGE_BYTES)
    return [recorded(row) for row in rows]


async def lose(connection: Connection, number: int, feed: Feed, lost: Sequence[Link]) -> list[Recorded]:
    """Takes away what is not on the signed chain: what that was."""
    rows = await connection.fetch(_LOSE, number, [sequence for sequence, _ in lost], [own for _, own in lost]) if lost else []
    events = [recorded(row) for row in rows]
    feed.held -= sum(map(weight, events))
    return events


async def moved(connection: Connection, number: int, feed: Feed) -> None:
    """Takes away what has been archived."""
    if feed.held:
        feed.held -= await connection.fetchval(_MOVED, number, feed.verified)


async def store(connection: Connection, number: int, feed: Feed, events: Collection[Recorded]) -> bool:
    """Keeps candidates beside those that lie there; False: not all of them."""
    known = await _known(connection, number, {event.sequence for event in events}) if feed.held else {}
    fresh: list[Recorded] = []
    for event in events:
        alike = known.setdefault(event.sequence, set())
        if event.hash not in alike and len(alike) < ALIKE:
            fresh.append(event)
        alike.add(event.hash)
    if fresh:
        await wait_there(connection, [row_of(number, event) for event in fresh])
        feed.held += sum(map(weight, fresh))
    full = feed.held > MOST_BYTES
    if full:
        feed.held -= await connection.fetchval(_EVICT, number, MOST_BYTES * 3 // 4)
    return not full and all(len(alike) <= ALIKE for alike in known.values())


def weight(event: Recorded) -> int:
    """What a candidate is counted as."""
    return len(event.data) + HEADERS


async def _known(connection: Connection, number: int, sequences: Iterable[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for sequence, own in await connection.fetch(_KNOWN, number, list(sequences)):
        found.setdefault(sequence, set()).add(own)
    return found
