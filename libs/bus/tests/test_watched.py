"""Relay and consumers are loops like any other: what ends them is raised, counted by whoever watches, and they can be started again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient

from libs.bus.kafka import Ears
from libs.bus.relay import Outgoing, Relay
from libs.bus.tests.test_relay import new_topic, opened, read, say, send
from libs.embedded import free_port
from libs.host.loops import Loops

pytestmark = pytest.mark.server
MARK: Outgoing = (b"511525", b"{}", [("ce_type", b"mark")])


async def test_a_relay_whose_broker_is_away_says_so_and_goes_on_when_it_is_back(database: str, kafka_bootstrap: str) -> None:
    logs, topic = await opened(database), await new_topic(kafka_bootstrap)
    relay = Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=f"127.0.0.1:{free_port()}")
    loops = Loops("test")
    loops.run("relay", relay.run, pause=0.01)
    async with asyncio.timeout(30):
        while not loops.failed:
            await asyncio.sleep(0.02)
    assert set(loops.failed) == {"relay"}
    relay.bootstrap = kafka_bootstrap
    await say(logs, 3)
    assert len(await read(kafka_bootstrap, topic, 3)) == 3
    await loops.stop()
    await logs.pool.close()


async def test_consumers_whose_broker_refuses_at_the_start_say_so_and_can_be_started_again(kafka_bootstrap: str) -> None:
    topic, heard = await new_topic(kafka_bootstrap), asyncio.Event()

    async def take(_records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        heard.set()

    ears = Ears(f"127.0.0.1:{free_port()}")
    ears.hear(f"g-{topic}", [topic], take)
    loops = Loops("test")
    loops.run("ears", ears.run, pause=0.01)
    async with asyncio.timeout(30):
        while not loops.failed:
            await asyncio.sleep(0.02)
    assert set(loops.failed) == {"ears"}
    ears.bootstrap = kafka_bootstrap
    await send(kafka_bootstrap, topic, [MARK])
    await asyncio.wait_for(heard.wait(), 30)
    await loops.well()
    await loops.stop()


async def test_a_consumer_that_dies_is_told_and_all_are_started_again(kafka_bootstrap: str) -> None:
    """Another member takes the same static name: the broker fences the first one off for good."""
    topic, counts = await new_topic(kafka_bootstrap), [0, 0]

    def counting(n: int) -> Ears:
        async def take(records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
            counts[n] += len(records)

        ears = Ears(kafka_bootstrap)
        ears.hear(f"g-{topic}", [topic], take)
        return ears

    first, second = Loops("first"), Loops("second")
    first.run("ears", counting(0).run, pause=0.5)
    async with asyncio.timeout(60):
        while not counts[0]:
            await send(kafka_bootstrap, topic, [MARK])
            await asyncio.sleep(0.1)
        second.run("ears", counting(1).run, pause=1000)
        while not first.failed:
            await asyncio.sleep(0.1)
        await second.stop()
        before = counts[0]
        while counts[0] == before:
            await send(kafka_bootstrap, topic, [MARK])
            await asyncio.sleep(0.1)
    await first.stop()


async def test_consumers_that_are_told_to_stop_stop(kafka_bootstrap: str) -> None:
    topic = await new_topic(kafka_bootstrap)

    async def take(_records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        return None

    ears = Ears(kafka_bootstrap)
    ears.hear(f"g-{topic}", [topic], take)
    running = asyncio.create_task(ears.run())
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    async with asyncio.timeout(30):
        while not [group for group, *_ in await admin.list_consumer_groups() if group == f"g-{topic}"]:
            await asyncio.sleep(0.1)
    await admin.close()
    running.cancel()
    await asyncio.wait([running], timeout=30)
    assert running.cancelled()
