"""Keeps views current with a service's own log, in turns, their positions in the same transaction, and waits for them (decision 0025)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress

import structlog

from libs.database import Connection, Pool, away
from libs.eventlog import Ring
from libs.telemetry import NotReady
from libs.turns import Pace
from libs.views.ahead import ReadAhead, full
from libs.views.positions import Positions
from libs.views.view import StandsAt, View
from libs.wire import Position, Recorded

_log = structlog.get_logger("views")

PAGE = 1000
FLOOR_SECONDS = (0.1, 0.02)
"""From the begin of one turn to that of the next at least, while little comes and while much does; somebody who waits for a view cuts it short."""
ASKED_SECONDS = 0.02
"""Between two looks into the log while somebody waits for what has not come."""
POLL_SECONDS = 0.5
LONGEST_POLL_SECONDS = 2.0
"""Between two looks while nothing comes: what this process commits wakes it, what another one does is found by looking."""
SAVE_SECONDS = 1.0
AGAIN_SECONDS = 30.0
"""How long a stopped view stands before it is asked once more, for what kept it may have gone."""


Passed = tuple[Sequence[Recorded], tuple[Recorded, Exception] | None]
"""The events that a view has come past, and the one it cannot show, with the reason."""
Shows = Callable[[View, Connection, Sequence[Recorded]], Awaitable[tuple[int, Exception | None]]]


async def _all_of_them(view: View, connection: Connection, events: Sequence[Recorded]) -> tuple[int, Exception | None]:
    await view.show(connection, events)
    return len(events), None


class Projector:
    """Keeps the views of one service current with its log; `wait` is how a page reads its own write.

    A view that cannot show an event stops there, alone: what comes before the event is shown, and the others go on. Started anew with code that
    can, it goes on by itself.
    """

    def __init__(self, pool: Pool, views: Sequence[View], ring: Ring | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool, self.views, self._clock = pool, tuple(views), clock
        self._pages = ReadAhead(pool, [view.name for view in views], ring)
        self.positions = Positions(view.name for view in views)
        self.stopped: dict[str, StandsAt] = {}
        """The views that stand, and where."""
        self._asked_at: dict[str, float] = {}
        self._moved = asyncio.Condition()
        self._woken, self._hurried, self._unsaved = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._readers, self._poll = 0, POLL_SECONDS
        self._pace = Pace(*FLOOR_SECONDS, clock)

    def wake(self) -> None:
        """There is something new in the log."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. Raises where the database is away: whoever runs it starts it again."""
        await self.positions.load(self._pool)
        async with self._moved:
            self._moved.notify_all()  # whoever waited already may find that another process has shown it
        try:
            while True:
                self._woken.clear()
                self._pace.begin()
                await self._rest(await self.turn())
        finally:
            await self._pages.close()

    async def turn(self) -> int:
        """Takes every view forward by a page at most, those that stand at one place in one transaction; the number of events."""
        passed = 0
        for together in self._together():
            passed += await self._follow(together)
        return passed

    def _together(self) -> Iterable[Sequence[View]]:
        """The views to move, those at the same positions together: one that was added later catches up on its own, and keeps none waiting."""
        now, groups = self._clock(), dict[tuple[object, ...], list[View]]()
        for view in self.views:
            if view.name not in self.stopped or now - self._asked_at[view.name] > AGAIN_SECONDS:
                at = self.positions.of(view.name)
                groups.setdefault((view.name in self.stopped, *sorted(at.items())), []).append(view)
        return groups.values()

    async def _follow(self, views: Sequence[View]) -> int:
        first = views[0].name
        events = await self._pages.next(first, self.positions.of(first), PAGE)
        if not events:
            return 0
        showing = [view for view in views if any(map(view.wants, events))]
        if showing:
            for view, (passed, stands) in (await self._shown(showing, events)).items():
                self.positions.move(view, passed, saved=True)
                self._note(view, stands)
        for other in views:
            if other not in showing:
                self.positions.move(other.name, events, saved=False)
                self._unsaved.set()
        async with self._moved:
            self._moved.notify_all()
        return len(events)

    async def _shown(self, views: Sequence[View], events: Sequence[Recorded]) -> dict[str, Passed]:
        """Shows the events in these views in one transaction; where one of them cannot, in another, in which each goes as far as it can."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                return await self._show(connection, views, events, _all_of_them)
        except Exception as error:
            if away(error):
                raise
        async with self._pool.acquire() as connection, connection.transaction():
            return await self._show(connection, views, events, View.show_what_can_be)

    async def _show(self, connection: Connection, views: Sequence[View], events: Sequence[Recorded], how: Shows) -> dict[str, Passed]:
        await self.positions.lock(connection, [view.name for view in views], {event.source for event in events})
        found: dict[str, Passed] = {}
        for view in views:
            ahead = self.positions.ahead(view.name, events)
            wanted = [event for event in ahead if view.wants(event)]
            shown, fault = await how(view, connection, wanted) if wanted else (0, None)
            if fault is None:
                found[view.name] = ahead, None
            else:
                found[view.name] = ahead[: ahead.index(wanted[shown])], (wanted[shown], fault)
        await self.positions.write(connection, {view: passed for view, (passed, _) in found.items()})
        return found

    def _note(self, view: str, stands: tuple[Recorded, Exception] | None) -> None:
        """Keeps where a view stands, and tells it once; or that it stands no longer."""
        if stands is None:
            if self.stopped.pop(view, None) is not None:
                _log.info("views.goes_on", view=view)
            return
        event, error = stands
        place = StandsAt(event.source, event.epoch, event.sequence, f"{type(error).__name__}：{error}")
        if self.stopped.get(view) != place:
            told = {"source": event.source, "epoch": event.epoch, "sequence": event.sequence}
            _log.error("views.stopped", view=view, type=event.type, **told, exc_info=error)
        self.stopped[view], self._asked_at[view] = place, self._clock()

    async def _rest(self, passed: int) -> None:
        """Until there is something to do again: at once behind a full page, else after the floor, else when woken or after a look's pause."""
        if full(passed, PAGE):
            return
        if passed:
            self._poll = POLL_SECONDS
        else:
            await _until(self._woken, ASKED_SECONDS if self._readers else self._poll)
            self._poll = min(self._poll * 1.5, LONGEST_POLL_SECONDS)
        if (left := self._pace.end(passed)) > 0:
            await _until(self._hurried, left)

    async def keep_saving(self) -> None:
        """Brings positions to their rows that moved over nothing shown, until cancelled. Losing one is harmless: it is passed over again."""
        while True:
            await self._unsaved.wait()
            await asyncio.sleep(SAVE_SECONDS)
            await self.save()

    async def save(self) -> None:
        """Brings all positions to their rows."""
        self._unsaved.clear()
        await self.positions.save(self._pool)

    def behind(self, heads: Iterable[Position]) -> list[tuple[str, str, int]]:
        """The views that lag: view, source, by how many events."""
        return [
            (view.name, head.source, head.sequence - reached)
            for view in self.views
            for head in heads
            for epoch, reached in (self.positions.reached(view.name, head.source),)
            if (epoch, reached) < (head.epoch, head.sequence)
        ]

    async def well(self) -> None:
        """Raises `NotReady` with the names of the views that stand."""
        if self.stopped:
            raise NotReady(f"views: {', '.join(sorted(self.stopped))}")

    async def wait(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        """True as soon as `view` shows `position`; False when it has not within `timeout` seconds, or stands before it."""
        wanted = (position.epoch, position.sequence)
        if self.positions.reached(view, position.source) >= wanted:
            return True
        if view in self.stopped:
            return False
        self._readers += 1
        self._hurried.set()
        self.wake()
        try:
            async with asyncio.timeout(timeout), self._moved:
                await self._moved.wait_for(lambda: view in self.stopped or self.positions.reached(view, position.source) >= wanted)
        except TimeoutError:
            return False
        finally:
            self._readers -= 1
            if not self._readers:
                self._hurried.clear()
        return self.positions.reached(view, position.source) >= wanted


async def _until(event: asyncio.Event, seconds: float) -> None:
    """Waits for `event`, for so many seconds at most."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
