"""Relay and consumers are loops like any other: what ends them is raised, counted by whoever watches, and they can be started again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from itertools import count
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import InvalidGroupIdError
from aiokafka.protocol.metadata import MetadataRequest

from libs.bus.kafka import Ears
from libs.bus.relay import Relay
from libs.bus.sending import Outgoing, new_producer
from libs.bus.tests.test_relay import new_topic, opened, read, say, send
from libs.bus.tests.watching import Supervised
from libs.embedded import free_port

pytestmark = pytest.mark.server
MARK: Outgoing = (b"511525", b"{}", [("ce_type", b"mark")])


async def nothing(_records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
    return None


async def failing(loops: Supervised) -> None:
    """Returns when one of the loops has failed."""
    async with asyncio.timeout(30):
        for n in count():
            if loops.failed:
                return
            await asyncio.sleep(0.02 * min(n, 10))


async def test_a_relay_whose_broker_is_away_says_so_and_goes_on_when_it_is_back(database: str, kafka_bootstrap: str) -> None:
    logs, topic = await opened(database), await new_topic(kafka_bootstrap)
    relay = Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=f"127.0.0.1:{free_port()}")
    loops = Supervised()
    loops.run("relay", relay.run)
    await failing(loops)
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
    loops = Supervised()
    loops.run("ears", ears.run)
    await failing(loops)
    assert set(loops.failed) == {"ears"}
    ears.bootstrap = kafka_bootstrap
    await send(kafka_bootstrap, topic, [MARK])
    await asyncio.wait_for(heard.wait(), 30)
    await loops.stop()


async def test_a_consumer_that_the_broker_takes_for_none_of_its_groups_says_so(kafka_bootstrap: str) -> None:
    """The broker is there and refuses for good: FastStream would write it into its log every five seconds, and nobody would know."""
    topic = await new_topic(kafka_bootstrap)
    ears = Ears(kafka_bootstrap)
    ears.hear("", [topic], nothing)
    with pytest.raises(InvalidGroupIdError):
        await asyncio.wait_for(ears.run(), 60)


async def test_consumers_that_are_told_to_stop_stop(kafka_bootstrap: str) -> None:
    topic, heard = await new_topic(kafka_bootstrap), asyncio.Event()

    async def take(_records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        heard.set()

    ears = Ears(kafka_bootstrap)
    ears.hear(f"g-{topic}", [topic], take)
    running = asyncio.create_task(ears.run())
    await send(kafka_bootstrap, topic, [MARK])
    await asyncio.wait_for(heard.wait(), 30)
    running.cancel()
    await asyncio.wait([running], timeout=30)
    assert running.cancelled()


async def consumes(bootstrap: str, topic: str) -> None:
    ears = Ears(bootstrap)
    ears.hear(f"g-{topic}", [topic], nothing)
    await ears.run()


async def produces(bootstrap: str, _topic: str) -> None:
    await (await new_producer(bootstrap)).stop()


@pytest.mark.parametrize("client", [consumes, produces])
async def test_a_client_that_is_stopped_while_it_begins_leaves_no_connection(
    client: Callable[[str, str], Coroutine[Any, Any, None]], kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, asked, connections, send = await new_topic(kafka_bootstrap), asyncio.Event(), list[Any](), AIOKafkaConnection.send

    def seen(connection: Any, request: Any, *more: Any, **named: Any) -> Any:
        connections.append(connection)
        if isinstance(request, MetadataRequest):
            asked.set()
        return send(connection, request, *more, **named)

    monkeypatch.setattr(AIOKafkaConnection, "send", seen)
    running = asyncio.create_task(client(kafka_bootstrap, topic))
    await asyncio.wait_for(asked.wait(), 30)
    running.cancel()
    await asyncio.wait([running], timeout=30)
    assert [connection for connection in connections if connection.connected()] == []


async def test_a_consumer_that_is_stopped_while_it_takes_leaves_nothing_running(
    kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch that does not end is cut off, and with it all that heartbeats and fetches: the next run would meet it in its own place."""
    monkeypatch.setattr("libs.bus.kafka.END_SECONDS", 0.2)
    topic, taking, cut = await new_topic(kafka_bootstrap), asyncio.Event(), asyncio.Event()

    async def take(_records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        taking.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()

    await send(kafka_bootstrap, topic, [MARK])
    before = asyncio.all_tasks()
    ears = Ears(kafka_bootstrap)
    ears.hear(f"g-{topic}", [topic], take)
    running = asyncio.create_task(ears.run())
    await asyncio.wait_for(taking.wait(), 30)
    running.cancel()
    await asyncio.wait([running], timeout=30)
    assert cut.is_set()
    assert asyncio.all_tasks() == before
