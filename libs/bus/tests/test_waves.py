"""What is kept in memory and what in rows: a batch with nothing to be heard writes nothing, and nothing is lost or doubled by it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from libs.bus import parking
from libs.bus.cursors import cursors
from libs.bus.inbox import Inbox
from libs.bus.kafka import Ears
from libs.bus.sending import Sender, new_producer
from libs.bus.tests.listening import AT, SOURCE, TYPE, Listener, record
from libs.bus.tests.test_relay import ended
from libs.bus.tests.watching import Supervised
from libs.embedded import create_topics
from libs.eventlog import Consequence, Intent, MemoryLogs, New
from libs.wire import Recorded, to_headers

pytestmark = pytest.mark.server
OTHER = "liandong.example.Muttered.v1"


async def mixed(*kinds: str) -> list[Recorded]:
    """A feed of events of these types; each says its number."""
    log = MemoryLogs("intake", ["511525"]).of("511525")
    for n, kind in enumerate(kinds):
        consequence = Consequence([New(kind, str(n + 1).encode(), AT)])
        await log.append(Intent(subject=f"case-{n}", decide=partial(_so, consequence), actor="C1"))
    return await log.feed(limit=10_000)


def _so(consequence: Consequence, _stream: Sequence[Recorded]) -> Consequence:
    return consequence


async def row(listener: Listener) -> int:
    """How far the consumer is by its row."""
    found = await cursors(listener.pool, "deadline")
    return found[SOURCE].sequence if SOURCE in found else 0


async def reached(listener: Listener, sequence: int) -> None:
    """Returns when the row says so."""
    async with asyncio.timeout(30):
        for n in count():
            if await row(listener) == sequence:
                return
            await asyncio.sleep(0.02 * min(n, 10))


async def test_a_batch_with_nothing_to_be_heard_writes_nothing_and_the_next_one_goes_on(listener: Listener) -> None:
    events = await mixed(OTHER, OTHER, OTHER, TYPE)
    await listener.inbox.take([record(event) for event in events[:3]])
    assert (await row(listener), listener.calls) == (0, [])
    await listener.inbox.take([record(events[3])])
    assert (await row(listener), await listener.heard()) == (4, ["4"])


async def test_what_moved_over_nothing_reaches_its_row_when_the_consumer_goes_quiet(listener: Listener) -> None:
    loops = Supervised()
    loops.run("save", listener.inbox.keep)
    await listener.inbox.take([record(event) for event in await mixed(OTHER, OTHER)])
    await reached(listener, 2)
    assert (await row(listener), loops.failed) == (2, {})
    await loops.stop()


async def test_what_moved_over_nothing_reaches_its_row_when_the_consumer_is_stopped(listener: Listener) -> None:
    keeping = asyncio.create_task(listener.inbox.keep())
    await asyncio.sleep(0)
    await listener.inbox.take([record(event) for event in await mixed(OTHER, OTHER)])
    await ended(keeping)
    assert await row(listener) == 2


async def test_a_process_that_remembers_less_than_the_rows_say_believes_the_rows(listener: Listener) -> None:
    events = await mixed(*[OTHER] * 5, *[TYPE] * 5)
    first, second = (Inbox(listener.inbox.hears, listener.pool, listener.logs, listener.page) for _ in range(2))
    records = [record(event) for event in events]
    await first.take(records[:5])
    await second.take(records[:8])
    await first.save()
    assert await row(listener) == 8, "a row never goes back"
    await first.take(records[5:9])
    await second.take(records[5:9])
    await asyncio.gather(first.take(records[7:]), second.take(records[7:]))
    assert await listener.heard() == [str(n) for n in range(6, 11)]
    assert not await listener.pool.fetchval("select behind from cursor")


async def test_a_pull_over_nothing_to_be_heard_is_no_broken_chain(listener: Listener) -> None:
    listener.feed = events = await mixed(*[OTHER] * 1200)
    await listener.inbox.take([record(events[0])])
    await listener.inbox.take([record(events[-1])])
    assert await listener.pool.fetchval("select behind from cursor")
    await listener.inbox.pull(SOURCE)
    assert await parking.parked(listener.pool) == []
    assert (await row(listener), await listener.pool.fetchval("select behind from cursor")) == (1200, False)


async def test_a_feed_stays_behind_until_its_end_is_pulled(listener: Listener) -> None:
    """Whoever dies in the middle of a pull finds in the row that there is more."""
    listener.feed = events = await mixed(*[TYPE] * 700)
    await listener.inbox.take([record(events[0]), record(events[-1])])

    async def dies(source: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        if after > 1:
            raise ConnectionRefusedError("the owner is away")
        return await listener.give(source, epoch, after, limit)

    listener.asked = dies
    with pytest.raises(ConnectionRefusedError):
        await listener.inbox.pull(SOURCE)
    assert (await row(listener), await listener.pool.fetchval("select behind from cursor")) == (501, True)


async def committed(admin: AIOKafkaAdminClient, group: str, topic: str) -> int:
    """The offset of the group; 0: none yet."""
    found: dict[TopicPartition, Any] = await admin.list_consumer_group_offsets(group)
    return max([int(at.offset) for partition, at in found.items() if partition.topic == topic], default=0)


async def test_an_offset_is_never_ahead_of_its_cursor_also_when_the_consumer_dies_between(listener: Listener, kafka_bootstrap: str) -> None:
    topic, events = f"offsets-{id(listener)}", await mixed(*[OTHER] * 200)
    await create_topics(kafka_bootstrap, {topic: (1, {})})
    producer = await new_producer(kafka_bootstrap)
    await Sender(producer, topic).send([(b"511525", event.data, to_headers(event)) for event in events[:100]])
    group, dying = f"g-{topic}", [ConnectionError("before it has saved"), ConnectionError("after it has saved")]
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    seen: list[tuple[int, int]] = []

    async def save() -> None:
        """Dies once before saving and once between saving and acknowledging."""
        if len(dying) == 2:
            raise dying.pop(0)
        await listener.inbox.save()
        seen.append((await committed(admin, group, topic), await row(listener)))
        if dying:
            raise dying.pop(0)

    ears, loops = Ears(kafka_bootstrap), Supervised()
    ears.hear(group, [topic], listener.inbox.take, save=save)
    loops.run("ears", ears.run)
    await reached(listener, 100)
    await Sender(producer, topic).send([(b"511525", event.data, to_headers(event)) for event in events[100:]])
    async with asyncio.timeout(60):
        for n in count():
            seen.append((await committed(admin, group, topic), await row(listener)))
            if seen[-1] == (200, 200):
                break
            await asyncio.sleep(0.02 * min(n, 10))
    await loops.stop()
    await admin.close()
    await producer.stop()
    assert loops.failed == {"ears": 2}
    assert [offset <= cursor for offset, cursor in seen] == [True] * len(seen)
