"""Keeps views current with a service's own log, checkpointed in the same transaction, and waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import msgspec
import structlog

from libs.database import Connection, Pool
from libs.eventlog import tail
from libs.wire import Position, Recorded

_log = structlog.get_logger("views")


class View(msgspec.Struct, frozen=True):
    """One read model of a service over its own log. `apply` writes rows for the events given, in order of each origin; it is called once
    per event, inside the transaction that moves the checkpoint, and ignores types it does not show.
    """

    name: str
    apply: Callable[[Connection, Sequence[Recorded]], Awaitable[None]]


_POSITIONS = "select source, epoch, sequence from view_position where view = $1 for update"
_SAVE = """
insert into view_position (view, source, epoch, sequence) select $1, * from unnest($2::text[], $3::integer[], $4::bigint[])
on conflict (view, source) do update set epoch = excluded.epoch, sequence = excluded.sequence"""
PAGE = 1000
POLL_SECONDS = 1.0


class Projector:
    """Keeps the views of one service current with its log; `wait` is how a page reads its own write."""

    def __init__(self, pool: Pool, views: Sequence[View]) -> None:
        self._pool, self.views = pool, tuple(views)
        self._reached: dict[tuple[str, str], tuple[int, int]] = {}
        self._moved = asyncio.Condition()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something new in the log."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for; an event that cannot be shown stops its view loudly, never silently."""
        delay = 0.5
        while True:
            self._woken.clear()
            try:
                done = [await self.step(view) for view in self.views]
                delay = 0.5
            except Exception as error:
                _log.warning("views.again", views=[view.name for view in self.views], error=repr(error), seconds=delay, exc_info=True)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 10.0)
                continue
            if not any(done):
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._woken.wait()

    async def step(self, view: View) -> int:
        """Shows one page of events in one view; the number shown."""
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_POSITIONS, view.name)
            at = {row["source"]: (row["epoch"], row["sequence"]) for row in rows}
            events = await tail(connection, at, limit=PAGE)
            if events:
                await view.apply(connection, events)
                last = {event.source: event for event in events}
                moved = [last[source] for source in sorted(last)]
                await connection.execute(_SAVE, view.name, [e.source for e in moved], [e.epoch for e in moved], [e.sequence for e in moved])
                at.update({event.source: (event.epoch, event.sequence) for event in moved})
        async with self._moved:
            self._reached.update({(view.name, source): position for source, position in at.items()})
            self._moved.notify_all()
        return len(events)

    async def wait(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        """True as soon as `view` shows `position`; False when it has not within `timeout` seconds."""
        if view not in {known.name for known in self.views}:
            raise KeyError(view)
        wanted = (position.epoch, position.sequence)
        self.wake()
        try:
            async with asyncio.timeout(timeout), self._moved:
                await self._moved.wait_for(lambda: self._reached.get((view, position.source), (0, 0)) >= wanted)
        except TimeoutError:
            return False
        return True
