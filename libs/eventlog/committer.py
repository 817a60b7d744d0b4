"""Group commit: what waits in this process is written batch by batch, and everybody who waits is answered, whatever becomes of the batch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import structlog

from libs.database import Connection, Pool, away, gone
from libs.eventlog.batch import Settled, check
from libs.eventlog.lanes import Entry, Lanes
from libs.eventlog.log import MAX_BATCH, MAX_WAITING, Busy, Done, Intent, LogError, Unknown
from libs.eventlog.writing import Writer
from libs.telemetry import batch_span
from libs.wire import Recorded

_log = structlog.get_logger("eventlog")

Floor = tuple[float, float]
FLOOR_SECONDS: Final[Floor] = (0.008, 0.024)
"""Between a commit and the next batch while few wait: what comes meanwhile shares the next one. After the shorter time whoever was answered
and has more to ask has come back; where fewer have come than were answered, it is others who come, one by one, and the longer time brings
some together. Who comes later than that does not wait.
"""
MANY: Final = 32
"""So many need not wait for more."""
FEW: Final = 8
"""Nor need as many as the last batch had, if they are not fewer than these: whoever was answered has come again."""
CONNECT_SECONDS: Final = 10.0
"""How long those who wait for a commit wait for a connection at most."""


class Committer:
    """All intents waiting in this process, of all origins of the service, form the next batch; one batch is in flight."""

    def __init__(self, pool: Pool, committed: Callable[[Sequence[Recorded]], None], floor: Floor = FLOOR_SECONDS) -> None:
        self.pool, self._floor = pool, floor
        self._many, self._enough = asyncio.Event(), MANY
        self._last, self._answered, self._besides = -max(floor), 0, 0
        self._committed = committed
        self.writer = Writer()
        self._waiting = Lanes()
        self._losing = False
        self._work: asyncio.Task[None] | None = None

    async def submit(self, source: str, intent: Intent) -> Done:
        """Waits for the commit the intent is part of."""
        entry = self._put(source, intent)
        self._go_on()
        return await entry.future

    async def submit_all(self, source: str, intents: Sequence[Intent]) -> list[Done | Exception]:
        """What each came to; one that no log can keep, or for which there is no room, is told so in its place."""
        outcomes: list[Entry | Exception] = []
        for intent in intents:
            try:
                check(intent)
                outcomes.append(self._put(source, intent))
            except LogError as error:
                outcomes.append(error)
        if waiting := [entry.future for entry in outcomes if isinstance(entry, Entry)]:
            self._go_on()
            try:
                await asyncio.wait(waiting)
            finally:
                for future in waiting:
                    future.cancel()  # does nothing unless this caller goes before they are answered
        return [entry if isinstance(entry, Exception) else entry.outcome() for entry in outcomes]

    def _put(self, source: str, intent: Intent) -> Entry:
        if len(self._waiting) >= MAX_WAITING:
            raise Busy(f"{len(self._waiting)} intents wait")
        entry = Entry(source, intent, asyncio.get_running_loop().create_future())
        self._waiting.put(entry)
        return entry

    def _go_on(self) -> None:
        """There is something to write: whoever waits for many looks again."""
        if len(self._waiting) >= self._enough:
            self._many.set()
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._drain(), name="append")
            self._work.add_done_callback(self._ended)

    async def _drain(self) -> None:
        """Batch after batch while there is work, on one connection: a busy log does not queue for the pool before every commit.

        Where there is no connection to be had everybody who waits is told; none of it was tried.
        """
        while self._waiting:
            try:
                async with self.pool.acquire(timeout=CONNECT_SECONDS) as connection:
                    while self._waiting and not gone(connection):
                        await self._turn(connection)
            except Exception as lost:
                self._lost(self._waiting.clear(), lost)

    def _ended(self, work: asyncio.Task[None]) -> None:
        """However the work came to its end, and be it before it began: nobody is left waiting."""
        if work is self._work and self._waiting:
            _tell(self._waiting.clear(), Unknown("stopped before it was written; repeat with the same key"))

    async def _gathered(self) -> None:
        """Returns when enough wait, or the floor is over since the last commit."""
        await asyncio.sleep(0)  # those who were just answered may ask for more
        short, long = self._floor
        await self._until_enough(short)
        if len(self._waiting) - self._besides < self._answered:
            await self._until_enough(long)

    async def _until_enough(self, floor: float) -> None:
        left = self._last + floor - time.monotonic()
        if left <= 0 or len(self._waiting) >= self._enough:
            return
        self._many.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._many.wait()

    async def _turn(self, connection: Connection) -> None:
        await self._gathered()
        batch = self._waiting.take(MAX_BATCH)
        self._answered, self._enough = len(batch), min(max(len(batch), FEW), MANY)
        put_off: list[Entry] = []
        try:
            put_off = _give(batch, await self._commit(connection, batch))
        except Exception as error:
            _tell(batch, error)
        except BaseException:
            _tell(batch, Unknown("stopped while writing; repeat with the same key"))
            raise
        finally:
            mine = {id(entry) for entry in put_off}
            self._waiting.put_back(put_off)
            self._waiting.release(entry for entry in batch if id(entry) not in mine)
            self._last, self._besides = time.monotonic(), len(self._waiting)

    def _lost(self, batch: Sequence[Entry], lost: Exception) -> None:
        """Said once when it begins, however many batches are lost until one is written again."""
        if batch and not self._losing:
            self._losing = True
            _log.warning("append.lost", intents=len(batch), error=repr(lost))
        _tell(batch, Unknown(f"the database went away while writing ({type(lost).__name__})"))

    async def _commit(self, connection: Connection, batch: Sequence[Entry]) -> Mapping[str, Sequence[Settled]]:
        """Writes the intents; if that fails for another reason than the connection, each alone, so that one bad intent fails alone."""
        try:
            with batch_span("append", (entry.intent.traceparent for entry in batch)):
                settled = await self.writer.write(connection, batch)
        except Exception as error:
            if away(error):  # whether the commit happened is not known: it is not tried again
                self._lost(batch, error)
                return {}
            if len(batch) == 1:
                return {batch[0].source: [Settled(batch[0].intent, error=error)]}
            for entry in batch:
                for one in _give([entry], await self._commit(connection, [entry])):
                    one.answer(Unknown("its claim is contested by itself"))
            return {}
        if self._losing:
            self._losing = False
            _log.info("append.again", intents=len(batch))
        self._tell_of([event for mine in settled.values() for one in mine if one.fresh for event in one.fresh.events])
        return settled

    def _tell_of(self, events: Sequence[Recorded]) -> None:
        """Hands on what was committed; the callers are answered whatever becomes of that."""
        try:
            self._committed(events)
        except Exception as error:
            _log.error("append.not_handed_on", events=len(events), exc_info=error)


def _tell(batch: Sequence[Entry], error: Exception) -> None:
    for entry in batch:
        entry.answer(error)


def _give(batch: Sequence[Entry], settled: Mapping[str, Sequence[Settled]]) -> list[Entry]:
    """Answers the callers; returns what has to wait for the next batch. No two of a batch share a stream."""
    entries = {(entry.source, entry.intent.subject): entry for entry in batch}
    again: list[Entry] = []
    for source, mine in settled.items():
        for one in mine:
            entry = entries[source, one.intent.subject]
            if (outcome := one.done or one.error) is None:
                again.append(entry)
            else:
                entry.answer(outcome)
    return again
