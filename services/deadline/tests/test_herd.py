"""A herd of clocks due at one midnight: each fired once, while the door stays open for requests."""

from __future__ import annotations

import asyncio

import pytest

from libs.eventlog import Done, Intent, Log, Unknown
from libs.testkit.house import COUNTY, TOWN
from libs.testkit.neighbours import moment
from services.deadline.app import subject
from services.deadline.events import SilenceNoticed
from services.deadline.tests.living import Living
from services.deadline.tests.stories import CALENDAR
from services.deadline.ticker import Ticker, within

pytestmark = pytest.mark.server
MIDNIGHT = moment("2007-03-13T00:00")


class Queue:
    """Counts how many intents of the ticker wait at once; from the `end`-th on the database is away."""

    def __init__(self, end: int = 0) -> None:
        self.waiting, self.most, self.asked, self.end = 0, 0, 0, end

    def before(self, log: Log) -> Counted:
        return Counted(log, self)


class Counted:
    """A log before which the intents are counted."""

    def __init__(self, log: Log, queue: Queue) -> None:
        self._log, self._queue = log, queue

    async def append(self, intent: Intent) -> Done:
        self._queue.waiting += 1
        self._queue.asked += 1
        self._queue.most = max(self._queue.most, self._queue.waiting)
        try:
            if self._queue.end and self._queue.asked > self._queue.end:
                raise Unknown("the database went away")
            return await self._log.append(intent)
        finally:
            self._queue.waiting -= 1


async def herd(living: Living, many: int) -> None:
    """So many correction clocks that all end at one midnight."""
    cases = [f"{COUNTY if n % 3 else TOWN}-20070305-{n:06d}-0" for n in range(many)]
    await living.hear(*[await living.files(case=case) for case in cases])
    await living.house.shown()


async def test_a_herd_leaves_room_in_the_queue_for_requests(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    await herd(living, 900)
    queue, of = Queue(), living.house.logs.of
    monkeypatch.setattr(living.house.logs, "of", lambda node: queue.before(of(node)))
    await living.ticker.tick("", MIDNIGHT)
    monkeypatch.undo()
    assert queue.most <= 100
    assert len(await living.house.all(SilenceNoticed)) == 900


async def test_a_herd_goes_on_where_it_was_interrupted(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    await herd(living, 300)

    async def begun() -> bool:
        return bool(await living.house.all(SilenceNoticed))

    tick = asyncio.create_task(living.ticker.tick("", MIDNIGHT))
    assert await within(60, begun)
    tick.cancel()
    await asyncio.wait([tick])
    await living.house.shown()
    await Ticker(living.house.context, subject(CALENDAR)).tick("", MIDNIGHT)
    said = [event.clock for event in await living.house.all(SilenceNoticed)]
    assert (len(said), len(set(said))) == (300, 300)


async def test_where_the_database_goes_away_in_the_middle_of_a_herd_the_rest_of_it_is_not_tried(
    living: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten seconds of waiting for a connection each would be a day."""
    await herd(living, 300)
    queue, of = Queue(end=60), living.house.logs.of
    monkeypatch.setattr(living.house.logs, "of", lambda node: queue.before(of(node)))
    with pytest.raises(Unknown):
        await living.ticker.tick("", MIDNIGHT)
    monkeypatch.undo()
    assert queue.asked <= 100
    assert living.ticker.aside.failed("") == 0, "the fault is none of the clocks'"
    await living.house.shown()
    await living.ticker.tick("", MIDNIGHT)
    assert len(await living.house.all(SilenceNoticed)) == 300
