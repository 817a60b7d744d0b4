"""Who waits for the next commit: fair between streams, so that four hundred acts on one case keep nobody else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from libs.eventlog.batch import key_of
from libs.eventlog.log import Claim, Done, Intent

Lane = tuple[str, Claim | str]
"""The stream or the key of an origin: what no two intents of a batch share."""


class Entry:
    """An intent that waits, and who waits for it."""

    __slots__ = ("ahead", "future", "intent", "lanes", "source")

    def __init__(self, source: str, intent: Intent, future: asyncio.Future[Done]) -> None:
        self.source, self.intent, self.future = source, intent, future
        stream: Lane = (source, intent.subject)
        self.lanes: tuple[Lane, ...] = (stream, (source, key_of(intent))) if intent.key else (stream,)
        self.ahead = 0
        """In how many lanes others stand before it."""

    def outcome(self) -> Done | Exception:
        """What who waited was told."""
        try:
            return self.future.result()
        except Exception as error:
            return error

    def answer(self, outcome: Done | Exception) -> None:
        """Tells who waits, unless they have gone."""
        if self.future.done():
            return
        if isinstance(outcome, Exception):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)


class Lanes:
    """Entries in lanes, one for each stream and each key, served in the order of arrival; the first of every lane may go into the next batch.

    What was taken keeps its lanes until it is released: whoever comes behind it waits for the outcome.
    """

    def __init__(self) -> None:
        self._lanes: dict[Lane, deque[Entry]] = {}
        self._ready: deque[Entry] = deque()
        self._many = 0

    def __len__(self) -> int:
        """All entries that were not released."""
        return self._many

    def put(self, entry: Entry) -> None:
        """At the end of its lanes."""
        self._many += 1
        for lane in entry.lanes:
            queue = self._lanes.setdefault(lane, deque())
            entry.ahead += bool(queue)
            queue.append(entry)
        if not entry.ahead:
            self._ready.append(entry)

    def take(self, most: int) -> list[Entry]:
        """At most `most` entries, no two of one lane. Those whose callers have gone are released."""
        batch: list[Entry] = []
        while self._ready and len(batch) < most:
            entry = self._ready.popleft()
            if entry.future.done():
                self.release([entry])
            else:
                batch.append(entry)
        return batch

    def put_back(self, entries: Iterable[Entry]) -> None:
        """What was taken and could not be done now: it is the first to be taken next."""
        self._ready.extendleft(reversed(list(entries)))

    def release(self, entries: Iterable[Entry]) -> None:
        """What was taken is done: whoever stood behind it comes forward, at the end of those who are ready."""
        for entry in entries:
            self._many -= 1
            for lane in entry.lanes:
                queue = self._lanes[lane]
                queue.popleft()
                if not queue:
                    del self._lanes[lane]
                    continue
                queue[0].ahead -= 1
                if not queue[0].ahead:
                    self._ready.append(queue[0])

    def clear(self) -> list[Entry]:
        """Everybody, in lanes or taken; nobody waits any more."""
        everybody = {id(entry): entry for queue in self._lanes.values() for entry in queue}
        self._lanes.clear()
        self._ready.clear()
        self._many = 0
        return list(everybody.values())
