"""Following the logs of one service from saved positions: what the relay, the link and the views share."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from libs.database import Connection, Pool
from libs.eventlog.ring import Ring
from libs.eventlog.rows import SHOWN, recorded, shown
from libs.wire import Recorded

_HEADS: Final = "select source, epoch, sequence from {schema}head where sequence > 0 order by source"
PAGE: Final = """
select {columns}
from unnest($1::text[], $2::integer[], $3::bigint[]) with ordinality as at (source, epoch, sequence, place)
join {schema}feed f on f.source = at.source and f.epoch >= at.epoch
cross join lateral (
    select * from {schema}event e
    where e.feed = f.feed and e.sequence > case when f.epoch = at.epoch then at.sequence else 0 end
    order by e.sequence limit (select $4::bigint)
) e
order by at.place, f.epoch, e.sequence"""

WHOLE: Final = """f.epoch, e.sequence, e.source, e.version, e.subject, e.id, e.type, e.time, e.recordedtime, e.actor, e.recipient,
       e.correlationid, e.causationid, e.traceparent, e.prevhash, e.hash, e.data"""
"""The columns of `recorded`."""

At = Mapping[str, tuple[int, int]]
"""Per source the (epoch, sequence) reached."""


LEAST: Final = 50
"""Events that each feed may give at once, however many feeds there are."""
LOOK_SECONDS: Final = 0.5
"""How long a `Tail` trusts its ring: what another process writes is in the log alone."""


async def tail(connection: Connection | Pool, at: At, *, limit: int, schema: str = "", whole: bool = True) -> list[Recorded]:
    """The next events of every feed of the service beyond `at`, feed by feed in order; about `limit` in all, a fair share of each. Not `whole`:
    only what `Logged` says of them.
    """
    prefix = f'"{schema}".' if schema else ""
    ahead: list[tuple[str, int, int]] = []
    later = False
    for head in await connection.fetch(_HEADS.format(schema=prefix)):
        epoch, sequence = at.get(head["source"], (1, 0))
        if (head["epoch"], head["sequence"]) > (epoch, sequence):
            ahead.append((head["source"], epoch, sequence))
            later |= head["epoch"] > epoch
    if not ahead:
        return []
    sources, epochs, sequences = (list(column) for column in zip(*ahead, strict=True))
    page, made = PAGE.format(schema=prefix, columns=WHOLE if whole else SHOWN), recorded if whole else shown
    share = max(limit // len(ahead), LEAST)
    events = [made(row) for row in await connection.fetch(page, sources, epochs, sequences, share)]
    return _to_their_ends(events, share) if later else events


def _to_their_ends(events: Sequence[Recorded], share: int) -> list[Recorded]:
    """Without what follows an epoch that gave all it might: there may be more of it, which would be passed over."""
    given = Counter((event.source, event.epoch) for event in events)
    return [event for event in events if not any(given[event.source, epoch] >= share for epoch in range(1, event.epoch))]


class Tail:
    """Follows the log of one service: from the ring where every position is in it, else from the log, and from the log anyway every
    `LOOK_SECONDS`.
    """

    def __init__(
        self, ring: Ring | None = None, schema: str = "", clock: Callable[[], float] = time.monotonic, *, whole: bool = True
    ) -> None:
        self._ring, self._schema, self._clock, self._whole = ring, schema, clock, whole
        self._looked = -LOOK_SECONDS
        self._more: frozenset[str] = frozenset()
        """Feeds that gave all they might when the log was read last: there may be more."""

    async def next(self, connection: Connection | Pool, at: At, *, limit: int) -> list[Recorded]:
        """The next events beyond `at`, as `tail` gives them. No statement is made where the ring answers."""
        now = self._clock()
        if self._ring is not None and now - self._looked < LOOK_SECONDS and (found := self._in_ring(self._ring, at, limit)) is not None:
            return found
        events = await tail(connection, at, limit=limit, schema=self._schema, whole=self._whole)
        counts = Counter(event.source for event in events)
        share = max(limit // max(len(counts), 1), LEAST)
        self._more = frozenset(source for source, count in counts.items() if count >= share)
        self._looked = now
        return events

    def _in_ring(self, ring: Ring, at: At, limit: int) -> list[Recorded] | None:
        sources = sorted(self._more.union(ring.sources))
        share = max(limit // max(len(sources), 1), LEAST)
        events: list[Recorded] = []
        for source in sources:
            epoch, sequence = at.get(source, (1, 0))
            if (found := ring.after(source, epoch, sequence, share)) is None:
                return None
            events += found
        return events
