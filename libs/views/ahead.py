"""The pages that views have to show: behind a full one the next is read ahead, while that one is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from libs.database import Pool
from libs.eventlog import Ring, Tail
from libs.views.positions import Place, ends
from libs.wire import Recorded


class ReadAhead:
    """What follows in the log for each view, a page at a time."""

    def __init__(self, pool: Pool, views: Iterable[str], ring: Ring | None) -> None:
        self._pool = pool
        self._tails = {view: Tail(ring, whole=False) for view in views}
        self._ahead: dict[str, tuple[dict[str, Place], asyncio.Task[list[Recorded]]]] = {}

    async def next(self, view: str, at: dict[str, Place], most: int) -> Sequence[Recorded]:
        """The events behind `at`, about `most`. The page behind a full one is being read when this returns; whoever takes that to the end of
        this one finds it there, and it is read anew for whoever stands elsewhere, or if there was nothing yet.
        """
        events = await self._page(view, at, most)
        if full(len(events), most):
            then = {**at, **ends(events)}
            self._ahead[view] = then, asyncio.create_task(self._tails[view].next(self._pool, then, limit=most), name="read ahead")
        return events

    async def _page(self, view: str, at: dict[str, Place], most: int) -> list[Recorded]:
        then, reading = self._ahead.pop(view, (at, None))
        if reading is not None and then == at:
            if events := await reading:
                return events
        elif reading is not None:
            await _dropped((reading,))
        return await self._tails[view].next(self._pool, at, limit=most)

    async def close(self) -> None:
        """Ends what is being read."""
        reading = [task for _, task in self._ahead.values()]
        self._ahead.clear()
        await _dropped(reading)


def full(events: int, most: int) -> bool:
    """Whether there is likely more: of many feeds each gives its share, which is rounded down, and some have less."""
    return events * 2 > most


async def _dropped(reading: Sequence[asyncio.Task[list[Recorded]]]) -> None:
    """Nobody wants what these read, nor to know why they could not."""
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
