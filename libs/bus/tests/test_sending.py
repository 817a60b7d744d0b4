"""Whole batches per partition: each key where aiokafka's own `send` puts it, nothing skipped and nothing out of order whatever fails."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from libs.bus.relay import Relay
from libs.bus.sending import Outgoing, Sender, end, new_producer
from libs.bus.tests.test_relay import NODES, ended, new_topic, opened, read, running, say
from libs.bus.tests.watching import Supervised
from libs.database import open_pool, prepare
from libs.embedded import Kafka, create_topics
from libs.eventlog import PgLogs, Ring
from libs.wire import MAX_DATA, Recorded

pytestmark = pytest.mark.server


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Kafka]:
    """A broker of the test's own, to be killed."""
    server = Kafka(tmp_path / "kafka")
    server.start()
    yield server
    server.erase()


@pytest.fixture
async def logs(database: str) -> AsyncIterator[PgLogs]:
    """A service's log."""
    found = await opened(database)
    yield found
    await found.pool.close()


def kill(server: Kafka) -> None:
    """Ends the broker as if its machine had gone."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)


async def partitions(bootstrap: str, topic: str, enough: int) -> dict[bytes, list[int]]:
    """Key → where its records lie."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    found: dict[bytes, list[int]] = {}
    async with asyncio.timeout(60):
        while sum(map(len, found.values())) < enough:
            for partition, records in (await consumer.getmany(timeout_ms=200)).items():
                for record in records:
                    found.setdefault(record.key or b"", []).append(partition.partition)
    await consumer.stop()
    return found


async def test_a_key_lands_where_send_puts_it(kafka_bootstrap: str) -> None:
    topic = f"keys-{uuid.uuid4().hex[:8]}"
    await create_topics(kafka_bootstrap, {topic: (12, {})})
    keys = [f"{code}".encode() for code in range(511500, 511560)]
    producer = await new_producer(kafka_bootstrap)
    await asyncio.gather(*[await producer.send(topic, b"theirs", key=key) for key in keys])
    await Sender(producer, topic).send([(key, b"ours", []) for key in keys])
    await producer.stop()
    found = await partitions(kafka_bootstrap, topic, 2 * len(keys))
    assert {key: (len(places), len(set(places))) for key, places in found.items()} == dict.fromkeys(keys, (2, 1))
    assert len({places[0] for places in found.values()}) > 6


async def test_the_largest_payloads_go_and_stay_in_order(kafka_bootstrap: str) -> None:
    topic = f"large-{uuid.uuid4().hex[:8]}"
    await create_topics(kafka_bootstrap, {topic: (1, {"max.message.bytes": str(512 * 1024)})})
    sizes = [MAX_DATA, 10, MAX_DATA, MAX_DATA - 100, 5, 7, MAX_DATA]
    outgoing: list[Outgoing] = [(b"511525", bytes(size), [("ce_id", b"x" * 500)]) for size in sizes]
    producer = await new_producer(kafka_bootstrap)
    await Sender(producer, topic).send(outgoing)
    await producer.stop()
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    async with asyncio.timeout(30):
        found = [len((await consumer.getone()).value or b"") for _ in sizes]
    await consumer.stop()
    assert found == sizes


def follows(arrived: list[Recorded], counts: dict[str, int]) -> None:
    """What came again is dropped; what is left is 1, 2, 3 … of every node, as a cursor would have it."""
    reached = dict.fromkeys(NODES, 0)
    for event in arrived:
        assert event.sequence <= reached[event.node] + 1, f"{event.name} came before its turn"
        reached[event.node] = max(reached[event.node], event.sequence)
    assert reached == counts


async def everything(bootstrap: str, topic: str, counts: dict[str, int]) -> list[Recorded]:
    """All that lies on the topic, once the last of every node is there."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    await consumer.stop()
    found: list[Recorded] = []
    async with asyncio.timeout(60):
        while {node: max((e.sequence for e in found if e.node == node), default=0) for node in NODES} != counts:
            found = await read(bootstrap, topic, max(sum(counts.values()), len(found)))
    return found


@pytest.mark.parametrize("from_ring", [True, False], ids=["from the ring", "from the log"])
async def test_a_broker_that_is_killed_under_load_costs_no_event_and_no_order(logs: PgLogs, broker: Kafka, from_ring: bool) -> None:
    topic, total = await new_topic(broker.bootstrap), 4000
    rings = {"intake": logs.ring} if from_ring else None
    relay, loops = Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=broker.bootstrap, rings=rings), Supervised()
    logs.woken.append(relay.wake)
    loops.run("relay", relay.run)
    for start in range(0, total, 500):
        await say(logs, 500, start)
        if start in (500, 2500):
            kill(broker)
            await asyncio.sleep(1)  # the relay meets a broker that is away
            broker.start()
    counts = dict.fromkeys(NODES, total // 2)
    follows(await everything(broker.bootstrap, topic, counts), counts)
    await loops.stop()


async def test_a_producer_that_is_given_up_ends_though_its_broker_is_frozen(broker: Kafka) -> None:
    topic, producer = await new_topic(broker.bootstrap), await new_producer(broker.bootstrap)
    await Sender(producer, topic).send([(b"1", b"before", [])])
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        sending = asyncio.create_task(Sender(producer, topic).send([(b"1", b"lost", [])]))
        await asyncio.wait([sending], timeout=0.2)
        sending.cancel()
        ending = asyncio.create_task(end(producer, 0.1))
        await asyncio.wait([ending], timeout=15)
        assert ending.done(), "it does not wait for the broker"
    finally:
        os.kill(broker.pid, signal.SIGCONT)
    again = await new_producer(broker.bootstrap)
    await Sender(again, topic).send([(b"1", b"after", [])])
    await again.stop()


async def test_a_relay_that_lost_its_lock_gives_way_and_nothing_is_skipped(database: str, logs: PgLogs, kafka_bootstrap: str) -> None:
    topic, total = await new_topic(kafka_bootstrap), 1200
    other = await open_pool(await prepare(database, "intake"), "intake", size=2)
    loops = Supervised()
    for pool, ring in ((logs.pool, logs.ring), (other, Ring())):
        relay = Relay(pool=pool, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap, rings={"intake": ring})
        logs.woken.append(relay.wake)
        loops.run(f"relay {len(loops.failed)}", relay.run)
    for start in range(0, total, 300):
        await say(logs, 300, start)
        await logs.pool.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database "
            "where datname = current_database()) and granted and pid <> pg_backend_pid()"
        )
    counts = dict.fromkeys(NODES, total // 2)
    follows(await everything(kafka_bootstrap, topic, counts), counts)
    assert loops.failed, "whose lock was taken away has said so"
    await loops.stop()
    await other.close()


async def test_what_is_committed_goes_out_when_the_relay_is_stopped(
    logs: PgLogs, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.bus.relay.POLL_SECONDS", 3600.0)  # it is not told of what comes, and does not look
    topic = await new_topic(kafka_bootstrap)
    relay = Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap)
    logs.woken.append(relay.wake)
    task = await running(relay)
    await say(logs, 2)
    await read(kafka_bootstrap, topic, 2)
    logs.woken.remove(relay.wake)
    await say(logs, 20, 2)
    await ended(task)
    counts = dict.fromkeys(NODES, 11)
    follows(await everything(kafka_bootstrap, topic, counts), counts)  # what was sent but not yet saved may come again
    saved = await logs.pool.fetch("select sequence from relay where target = $1", topic)
    assert [row["sequence"] for row in saved] == [11, 11]
