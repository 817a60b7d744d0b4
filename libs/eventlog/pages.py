"""A feed from a number on to its end, page by page, the next one read while one is worked through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from libs.eventlog.log import Log
from libs.wire import Recorded


@asynccontextmanager
async def pages(log: Log, after: int = 0, size: int = 1000) -> AsyncIterator[AsyncIterator[Sequence[Recorded]]]:
    """The pages of the present epoch behind `after`, each asked for by number; none is empty. The first that is not full is the last: a log that
    grows meanwhile is not followed. What is being read ends with the block.
    """
    reading = asyncio.create_task(log.feed(after, size), name="read ahead")

    async def following() -> AsyncIterator[Sequence[Recorded]]:
        nonlocal reading
        while len(events := await reading) == size:
            reading = asyncio.create_task(log.feed(events[-1].sequence, size), name="read ahead")
            await asyncio.sleep(0)  # now it is asked for, and on its way while whoever has this page works without a pause
            yield events
        if events:
            yield events

    try:
        yield following()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
