"""What is missing is pulled whatever fails meanwhile: the loops raise, whoever watches over them counts it and starts them again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count

import pytest

from libs.bus.cursors import cursors
from libs.bus.tests.listening import SOURCE, Listener, facts, record
from libs.bus.tests.watching import Supervised
from libs.wire import Recorded

pytestmark = pytest.mark.server


class Healing:
    """Watches over loops with pauses of a hundredth of a second."""

    def __init__(self) -> None:
        self.loops = Supervised()

    async def until_heard(self, listener: Listener, *texts: str) -> None:
        """Runs the healing until everything is heard."""
        self.loops.run("heal", listener.inbox.heal)
        try:
            async with asyncio.timeout(30):
                await told(listener, texts)
        finally:
            await self.loops.stop()


async def told(listener: Listener, texts: Sequence[str]) -> None:
    """Returns when these were heard, and nothing else."""
    for n in count():
        if await listener.heard() == list(texts):
            return
        await asyncio.sleep(0.02 * min(n, 10))


async def gap(listener: Listener) -> None:
    """The second of three events did not arrive."""
    listener.feed = events = await facts("a", "b", "c")
    await listener.inbox.take([record(events[0]), record(events[2])])
    assert await listener.heard() == ["a"]


async def test_a_feed_that_refuses_once_is_asked_again_and_it_is_counted(listener: Listener) -> None:
    await gap(listener)
    listener.refusals = [ConnectionRefusedError("the owner is away"), OSError("and again")]
    watch = Healing()
    await watch.until_heard(listener, "a", "b", "c")
    assert watch.loops.failed == {"heal": 2}


async def test_a_database_that_is_away_once_does_not_end_the_healing(listener: Listener) -> None:
    await gap(listener)
    listener.away = 2
    watch = Healing()
    await watch.until_heard(listener, "a", "b", "c")
    assert watch.loops.failed == {"heal": 2}


async def test_connections_that_are_cut_do_not_end_the_healing(listener: Listener, database: str) -> None:
    await gap(listener)

    async def cut(_source: str, _epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        """Answers, and all connections of the service are gone."""
        await listener.pool.expire_connections()
        if not done:
            done.append(1)
            for holder in await listener.pool.fetch(
                "select pid from pg_stat_activity where usename = current_user and datname = current_database() and pid <> pg_backend_pid()"
            ):
                await listener.pool.fetchval("select pg_terminate_backend($1)", holder["pid"])
            listener.away = 1
        return listener.feed[after : after + limit]

    done: list[int] = []
    listener.asked = cut
    watch = Healing()
    await watch.until_heard(listener, "a", "b", "c")
    assert watch.loops.failed["heal"] >= 1


async def test_a_feed_that_refuses_does_not_keep_another_from_being_healed(listener: Listener) -> None:
    await gap(listener)
    listener.refusals = [ConnectionRefusedError("the owner is away")]
    with pytest.raises(ConnectionRefusedError):
        await asyncio.wait_for(listener.inbox.heal(), 10)
    listener.refusals = []
    other = "urn:liandong:511525100:intake"
    await listener.pool.execute("insert into cursor values ('deadline', $1, 1, 0, '', true)", other)
    asked: list[str] = []

    async def answers(source: str, _epoch: int, _after: int, _limit: int) -> Sequence[Recorded]:
        asked.append(source)
        if source == SOURCE:
            raise ConnectionRefusedError("the owner is away")
        return []

    listener.asked = answers
    with pytest.raises(ConnectionRefusedError):
        await asyncio.wait_for(listener.inbox.heal(), 10)
    assert sorted(set(asked)) == sorted([SOURCE, other])
    behind = await listener.pool.fetch("select source from cursor where behind")
    assert [row["source"] for row in behind] == [SOURCE]
    assert (await cursors(listener.pool, "deadline"))[SOURCE].sequence == 1
