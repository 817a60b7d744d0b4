"""The batch behind the one that is being written: it is loaded, decided and stamped meanwhile, so that the process and the database both work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from libs.database import Pool
from libs.eventlog.lanes import Entry
from libs.eventlog.writing import Stamped, Writer

_log = structlog.get_logger("eventlog")


class Ahead:
    """At most one batch, prepared on a connection of its own. What it comes to counts only where the batch in flight was written."""

    def __init__(self, pool: Pool, writer: Writer) -> None:
        self._pool, self._writer = pool, writer
        self._batch: Sequence[Entry] = ()
        self._work: asyncio.Task[Stamped | None] | None = None

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self._work is not None

    @property
    def room(self) -> bool:
        """Whether a connection is to be had at once: nobody else of the service waits for this."""
        return self._work is None and (self._pool.get_idle_size() > 0 or self._pool.get_size() < self._pool.get_max_size())

    def begin(self, batch: Sequence[Entry], behind: Stamped) -> None:
        """Prepares `batch`, which shares no lane with the one in flight."""
        self._batch, self._work = batch, asyncio.create_task(self._stamped(batch, behind), name="append ahead")

    async def take(self) -> tuple[Sequence[Entry], Stamped | None]:
        """The batch, and what it came to; None: it is to be prepared anew."""
        assert self._work is not None
        stamped = await self._work
        batch, self._batch, self._work = self._batch, (), None
        return batch, stamped

    async def give_up(self) -> Sequence[Entry]:
        """Ends the preparing: who was in the batch, not tried."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
        batch, self._batch, self._work = self._batch, (), None
        return batch

    async def _stamped(self, batch: Sequence[Entry], behind: Stamped) -> Stamped | None:
        try:
            async with self._pool.acquire() as connection:
                return await self._writer.look_ahead(connection, batch, behind)
        except Exception as error:  # one bad intent, or the database is away: whoever writes the batch finds it again and tells the callers
            _log.info("append.not_ahead", intents=len(batch), error=repr(error))
            return None
