"""A herd of clocks due at one midnight: each fired once, while the door stays open for requests."""

from __future__ import annotations

import pytest

from libs.eventlog import Done, Intent, Log
from libs.testkit.house import COUNTY, TOWN
from libs.testkit.neighbours import moment
from services.deadline.events import SilenceNoticed
from services.deadline.tests.living import Living

pytestmark = pytest.mark.server
MIDNIGHT = moment("2007-03-13T00:00")


class Queue:
    """Counts how many intents of the ticker wait at once."""

    def __init__(self) -> None:
        self.waiting, self.most = 0, 0

    def before(self, log: Log) -> Counted:
        return Counted(log, self)


class Counted:
    """A log before which the intents are counted."""

    def __init__(self, log: Log, queue: Queue) -> None:
        self._log, self._queue = log, queue

    async def append(self, intent: Intent) -> Done:
        self._queue.waiting += 1
        self._queue.most = max(self._queue.most, self._queue.waiting)
        try:
            return await self._log.append(intent)
        finally:
            self._queue.waiting -= 1


async def test_a_herd_leaves_room_in_the_queue_for_requests(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [f"{COUNTY if n % 3 else TOWN}-20070305-{n:06d}-0" for n in range(900)]
    await living.hear(*[await living.files(case=case) for case in cases])
    await living.house.shown()
    queue, of = Queue(), living.house.logs.of
    monkeypatch.setattr(living.house.logs, "of", lambda node: queue.before(of(node)))
    await living.ticker.tick("", MIDNIGHT)
    monkeypatch.undo()
    assert queue.most <= 200
    assert len(await living.house.all(SilenceNoticed)) == 900
