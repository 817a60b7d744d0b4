"""From the log to Kafka and back, both real: the exact bytes, in order, at least once, each applied once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from libs.bus.kafka import Ears
from libs.bus.relay import Relay
from libs.bus.sending import Outgoing, new_producer
from libs.bus.tests.watching import Supervised
from libs.database import open_pool, prepare
from libs.eventlog import Consequence, Intent, New, PgLogs
from libs.wire import Position, Recorded, broken, from_headers

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, tzinfo=UTC)
NODES = ["511525", "511525100"]


async def new_topic(bootstrap: str) -> str:
    name = f"t-{uuid.uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name, 2, 1)])
    await admin.close()
    return name


async def say(logs: PgLogs, count: int, start: int = 0) -> None:
    def intent(n: int) -> Intent:
        event = New("liandong.example.Said.v1", f"事 {n}".encode(), AT)
        return Intent(subject=f"case-{n}", decide=lambda _s: Consequence([event]), actor="C1")

    await asyncio.gather(*(logs.of(NODES[n % 2]).append(intent(n)) for n in range(start, start + count)))


async def send(bootstrap: str, topic: str, records: Sequence[Outgoing]) -> None:
    """What somebody else writes to the topic."""
    producer = await new_producer(bootstrap)
    for key, value, headers in records:
        await producer.send_and_wait(topic, value, key=key, headers=headers)
    await producer.stop()


async def read(bootstrap: str, topic: str, count: int) -> list[Recorded]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    found: list[Recorded] = []
    try:
        async with asyncio.timeout(20):
            while len(found) < count:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found.extend(from_headers(r.headers, r.value) for r in records if dict(r.headers).get("ce_type") != b"mark")
    finally:
        await consumer.stop()
    return found


async def opened(database: str) -> PgLogs:
    logs = PgLogs(await open_pool(await prepare(database, "intake"), "intake", size=6), "intake", NODES)
    await logs.open()
    return logs


async def running(relay: Relay) -> asyncio.Task[None]:
    return asyncio.create_task(relay.run())


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_the_log_arrives_byte_for_byte_and_in_order(database: str, kafka_bootstrap: str) -> None:
    topic, logs = await new_topic(kafka_bootstrap), await opened(database)
    await say(logs, 500)
    relay = Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap)
    logs.woken.append(relay.wake)
    task = await running(relay)
    await say(logs, 1500, 500)
    found = await read(kafka_bootstrap, topic, 2000)
    for node in NODES:
        before: Position | None = None
        for event in (event for event in found if event.node == node):
            assert broken(event, before) is None
            before = Position(event.source, event.epoch, event.sequence, event.hash)
        assert before == await logs.of(node).head()
    await ended(task)
    await logs.pool.close()


async def test_a_relay_that_is_stopped_goes_on_where_it_was(database: str, kafka_bootstrap: str) -> None:
    topic, logs = await new_topic(kafka_bootstrap), await opened(database)
    for start in range(0, 600, 200):
        await say(logs, 200, start)
        task = await running(Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap))
        await read(kafka_bootstrap, topic, start + 200)
        await ended(task)
    assert len(await read(kafka_bootstrap, topic, 600)) == 600
    await logs.pool.close()


async def test_two_relays_at_once_send_once(database: str, kafka_bootstrap: str) -> None:
    topic, logs = await new_topic(kafka_bootstrap), await opened(database)
    other = await open_pool((await prepare(database, "intake")), "intake", size=2)
    tasks = [await running(Relay(pool=p, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap)) for p in (logs.pool, other)]
    await say(logs, 400)
    found = await read(kafka_bootstrap, topic, 400)
    await asyncio.sleep(0.3)
    assert len(found) == len(await read(kafka_bootstrap, topic, 400)) == 400
    for task in tasks:
        await ended(task)
    await other.close()
    await logs.pool.close()


class Marks:
    """A seal that says what it was told."""

    def __init__(self) -> None:
        self.told: list[Sequence[Position]] = []
        self.taken: list[Sequence[Position]] = []

    async def begin(self, known: Sequence[Position]) -> None:
        self.told.append(known)

    async def records(self, sent: Sequence[Position]) -> Sequence[Outgoing]:
        self.told.append(sent)
        return [(p.source.encode(), b"sealed", [("ce_type", b"mark")]) for p in sent]

    def acknowledged(self, sent: Sequence[Position]) -> None:
        self.taken.append(sent)

    async def due(self) -> Sequence[Outgoing]:
        return []

    async def idle(self) -> Sequence[Outgoing]:
        return [(b"idle", b"idle", [("ce_type", b"mark")])]


async def test_a_seal_follows_every_batch(database: str, kafka_bootstrap: str) -> None:
    topic, logs, marks = await new_topic(kafka_bootstrap), await opened(database), Marks()
    await say(logs, 10)
    task = await running(Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap, seal=marks))
    await read(kafka_bootstrap, topic, 10)
    await ended(task)
    assert marks.told[0] == ()
    assert {position.source: position.sequence for position in marks.told[1]} == {f"urn:liandong:{node}:intake": 5 for node in NODES}
    assert marks.taken == marks.told[1:], "and each was acknowledged"
    await logs.pool.close()


class Speechless(Marks):
    """A seal whose last words do not come out."""

    async def idle(self) -> Sequence[Outgoing]:
        if self.told[1:]:
            raise ConnectionError("the broker is away")
        return await super().idle()


async def test_a_relay_stops_when_told_whatever_becomes_of_its_last_words(database: str, kafka_bootstrap: str) -> None:
    topic, logs, marks = await new_topic(kafka_bootstrap), await opened(database), Speechless()
    await say(logs, 2)
    task = await running(Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap, seal=marks))
    await read(kafka_bootstrap, topic, 2)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
    await logs.pool.close()


async def test_a_batch_that_fails_comes_again_and_poison_reaches_the_handler(kafka_bootstrap: str, database: str) -> None:
    topic, logs = await new_topic(kafka_bootstrap), await opened(database)
    await say(logs, 5)
    task = await running(Relay(pool=logs.pool, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap))
    await read(kafka_bootstrap, topic, 5)
    await ended(task)
    poison: list[Outgoing] = [
        (b"511525", b"{", [("content-type", b"application/json")]),
        (b"511525", b"{}", [("ce_id", b"\xff"), ("content-type", b"application/json")]),
    ]
    await send(kafka_bootstrap, topic, poison)
    batches: list[int] = []
    heard = set[bytes]()  # what is sent or heard anew comes twice: cursors drop it
    done = asyncio.Event()

    async def take(records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        batches.append(len(records))
        if len(batches) == 1:
            raise ValueError("not yet")
        heard.update(record.value or b"" for record in records)
        if len(heard) == 5 + len(poison):
            done.set()

    ears = Ears(kafka_bootstrap)
    ears.hear(f"g-{topic}", [topic], take)
    loops = Supervised()
    loops.run("ears", ears.run)
    await asyncio.wait_for(done.wait(), 20)
    await loops.stop()
    assert loops.failed == {"ears": 1}
    sent = [event.data for node in NODES for event in await logs.of(node).feed()]
    assert heard == {*sent, *(value for _, value, _ in poison)}
    await logs.pool.close()
