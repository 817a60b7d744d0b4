"""What becomes of the facts that come next: rows and commands, and what cannot be applied parked with its reason, its subject behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from libs.bus import parking
from libs.bus.hearing import Effect, Hears
from libs.database import Connection, away
from libs.decider import Refused
from libs.eventlog import Busy, Claimed, Intent, Logs, Unknown
from libs.telemetry import batch_span
from libs.wire import Malformed, Recorded

_log = structlog.get_logger("inbox")
BEHIND: Final = "排在同一对象较早的停放记录之后"
Stuck = set[tuple[str, str]]
"""Subjects, by source, that wait behind a parked record."""


def not_its_fault(error: BaseException) -> bool:
    """Whether the record has nothing to do with it: the whole batch is tried again."""
    return away(error) or isinstance(error, Busy | Unknown)


class Applier:
    """What one consumer makes of facts."""

    def __init__(self, hears: Hears, logs: Logs) -> None:
        self.hears, self._logs, self.name = hears, logs, hears.name
        self._families = {name.rpartition(".v")[0] for name in hears.reader.types}

    def concerns(self, event: Recorded) -> bool:
        """Whether it is of a type that is heard, in this version or another; all others are skipped."""
        return event.type in self.hears.reader.types or event.type.rpartition(".v")[0] in self._families

    async def apply(self, connection: Connection, events: Sequence[Recorded]) -> None:
        """Applies what concerns the consumer, in the transaction of `connection`."""
        stuck = set(await parking.held(connection, self.name, sorted({event.source for event in events})))
        with batch_span(f"hear {self.name}", (event.traceparent for event in events)):
            await self._part(connection, events, stuck)

    async def _part(self, connection: Connection, events: Sequence[Recorded], stuck: Stuck) -> None:
        """All at once where that goes; else each half by itself, down to the one that does not, which is parked."""
        ready = [event for event in events if not await self._waits(connection, event, stuck)]
        if not ready:
            return
        try:
            async with connection.transaction():
                await self.effects(await self.hears.apply(connection, ready))
        except Exception as error:
            if not_its_fault(error):
                raise
            if len(ready) == 1:
                await self._park(connection, ready[0], error, stuck)
                return
            _log.info("inbox.halved", consumer=self.name, records=len(ready), error=repr(error))
            middle = len(ready) // 2
            await self._part(connection, ready[:middle], stuck)
            await self._part(connection, ready[middle:], stuck)

    async def _waits(self, connection: Connection, event: Recorded, stuck: Stuck) -> bool:
        """Whether it has to wait: behind a parked record of its subject, or for a version that reads it."""
        if (event.source, event.subject) in stuck:
            await parking.park(connection, self.name, event, BEHIND)
        elif event.type not in self.hears.reader.types:
            stuck.add((event.source, event.subject))
            await parking.park(connection, self.name, event, _newer(event))
        else:
            return False
        return True

    async def _park(self, connection: Connection, event: Recorded, error: Exception, stuck: Stuck) -> None:
        _log.warning("inbox.parked", consumer=self.name, source=event.source, sequence=event.sequence, error=repr(error))
        stuck.add((event.source, event.subject))
        await parking.park(connection, self.name, event, parking.why(error))

    async def again(self, connection: Connection, event: Recorded) -> None:
        """Applies a parked record. Raises `Malformed` for a version that still cannot be read."""
        if event.type in self.hears.reader.types:
            await self.effects(await self.hears.apply(connection, [event]))
        elif self.concerns(event):
            raise Malformed(_newer(event))

    async def effects(self, effects: Sequence[Effect]) -> None:
        """Appends the commands that follow; those to one stream one after the other, in order."""
        streams: dict[tuple[str, str], list[tuple[str, Intent]]] = {}
        count: dict[str, int] = {}
        for effect in effects:
            cause = effect.cause
            n = count[cause.id] = count.get(cause.id, 0) + 1
            intent = msgspec.structs.replace(
                effect.intent,
                scope="inbox",
                key=f"inbox:{self.name}:{cause.source}:{cause.epoch}:{cause.sequence}:{n}",
                correlation=effect.intent.correlation or cause.correlationid,
                causation=cause.id,
                traceparent=cause.traceparent,
            )
            streams.setdefault((effect.node, intent.subject), []).append((effect.node, intent))
        results = await asyncio.gather(*(self._in_turn(intents) for intents in streams.values()), return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise next((error for error in errors if not_its_fault(error)), errors[0])

    async def _in_turn(self, intents: Sequence[tuple[str, Intent]]) -> None:
        for node, intent in intents:
            try:
                await self._logs.of(node).append(intent)
            except (Refused, Claimed) as no:
                _log.info("inbox.refused", consumer=self.name, subject=intent.subject, because=str(no))


def _newer(event: Recorded) -> str:
    return f"{event.type} 比本版本新"
