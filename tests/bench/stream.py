"""Relay and hub: against raw aiokafka, and raw aiokafka with COPY."""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.bus import STREAM_RECORDS, Checkpoints, Relay
from libs.bus.sending import Sender, new_producer
from libs.database import Pool, open_pool, prepare, working
from libs.embedded import create_topics
from libs.eventlog import Consequence, Intent, New, PgLogs, Ring
from libs.testkit.inside import Inside
from libs.testkit.neighbours import sample
from libs.wire import Recorded, public_of, to_headers
from services.hub.inbox import CityStream
from services.hub.inbox.awaiting import Awaiting
from services.hub.inbox.keeping import COLUMNS
from services.hub.inbox.registering import register
from services.link.app import lease
from tests.bench.append import fresh, opened
from tests.bench.report import Row, paired

NODE: Final = "511525"
AT: Final = datetime(2026, 11, 23, tzinfo=UTC)
FILED, CLOSED = sample("intake", "CaseFiled"), sample("intake", "CaseClosed")


def cases(first: int, many: int) -> list[Intent]:
    """Cases that are filed and closed at once, numbered from `first` on."""

    def one(n: int) -> Intent:
        number = f"511525-20261123-{n:06d}-7"
        filed = {**FILED, "case": number, "pinned": {**FILED["pinned"], "item": f"I{n % 12}"}, "at": AT}
        events = [
            New("liandong.intake.CaseFiled.v1", msgspec.json.encode(filed), AT),
            New("liandong.intake.CaseClosed.v1", msgspec.json.encode({**CLOSED, "case": number, "at": AT}), AT),
        ]
        return Intent(subject=number, decide=lambda _s: Consequence(events), actor=FILED["officer"])

    return [one(n) for n in range(first, first + many)]


async def fill(logs: PgLogs, count: int) -> list[Recorded]:
    """A log of cases, filed and closed."""
    log = logs.of(NODE)
    for start in range(0, count // 2, 2000):
        await asyncio.gather(*(log.append(intent) for intent in cases(start, min(2000, count // 2 - start))))
    return [event for page in range(0, count, 1000) for event in await log.feed(page, 1000)]


async def topic(bootstrap: str) -> str:
    name = f"bench-{uuid.uuid4().hex[:8]}"
    await create_topics(bootstrap, {name: (1, {})})
    return name


async def relay(owner: str, bootstrap: str, rounds: int, count: int) -> Row:
    logs = await opened(await fresh(owner))
    events = await fill(logs, count)

    async def ours() -> float:
        return await sent(logs, bootstrap, None, ()) * count

    async def from_ring() -> float:
        return await sent(logs, bootstrap, Ring(), [events[start : start + 1000] for start in range(0, len(events), 1000)]) * count

    async def raw() -> float:
        name, producer = await topic(bootstrap), await new_producer(bootstrap)
        records = [(event.node.encode(), event.data, to_headers(event)) for event in events]
        began = time.perf_counter()
        for start in range(0, len(records), 1000):
            await _send(producer, name, records[start : start + 1000])
        took = time.perf_counter() - began
        await producer.stop()
        return len(events) / took

    a, b = await paired(rounds, ours, raw)
    ringed = statistics.median(each / theirs for each, theirs in zip(*await paired(rounds, from_ring, raw), strict=True))
    await logs.pool.close()
    note = f"from the ring {ringed:.2f} ×"
    return Row("relay log → Kafka", "raw aiokafka producer, same bytes, gathered", 0.6, "events/s", a, b, note=note)


async def sent(logs: PgLogs, bootstrap: str, ring: Ring | None, pages: Sequence[Sequence[Recorded]]) -> float:
    """How often a second everything is sent, from the log; or from `ring`, where one page after the other is put before it is sent."""
    name, producer = await topic(bootstrap), await new_producer(bootstrap)
    sending, sender = Relay(pool=logs.pool, schemas=["intake"], topic=name, bootstrap=bootstrap, rings=rings(ring)), Sender(producer, name)
    async with logs.pool.acquire() as connection:
        began = time.perf_counter()
        for page in pages:
            if ring is not None:
                ring.put(page)
            await sending.step(connection, sender)
        while await sending.step(connection, sender):
            pass
        took = time.perf_counter() - began
    await producer.stop()
    return 1 / took


def rings(ring: Ring | None) -> dict[str, Ring]:
    """The ring of the one service, if there is one."""
    return {} if ring is None else {"intake": ring}


async def _send(producer: AIOKafkaProducer, name: str, records: Sequence[tuple[bytes, bytes, list[tuple[str, bytes]]]]) -> None:
    await asyncio.gather(*[await producer.send(name, value, key=key, headers=headers) for key, value, headers in records])


async def hub(owner: str, bootstrap: str, rounds: int, count: int) -> Row:
    logs = await opened(await fresh(owner))
    events = await fill(logs, count)
    key, link = Ed25519PrivateKey.generate(), await open_pool(await prepare(await fresh(owner), "link"), "link")
    seal = Checkpoints([NODE], key, lambda: datetime.now(UTC), partial(lease, link))
    name, producer = await topic(bootstrap), await new_producer(bootstrap)
    sending = Relay(pool=logs.pool, schemas=["intake"], topic=name, bootstrap=bootstrap, seal=seal)
    async with logs.pool.acquire() as connection:
        while await sending.step(connection, Sender(producer, name)):
            pass
    await producer.stop()

    async def ours() -> float:
        pool, city = await city_of(owner, key)
        awaiting = Awaiting(city.take)
        began = time.perf_counter()
        await _consume(bootstrap, name, awaiting.take)
        await awaiting.save()
        took = time.perf_counter() - began
        assert await Inside(pool).fetchval("select sum(verified) from city_feed") == len(events)
        await pool.close()
        return len(events) / took

    async def raw() -> float:
        pool, _ = await city_of(owner, key)

        async def copy(records: Sequence[Any]) -> None:
            rows = [_row(record, found) for record in records if (found := dict(record.headers))["ce_type"] != b"liandong.checkpoint.v1"]
            async with working(pool, "bench") as connection:
                await connection.copy_records_to_table("archive", records=rows, columns=COLUMNS)

        began = time.perf_counter()
        await _consume(bootstrap, name, copy)
        took = time.perf_counter() - began
        await pool.close()
        return len(events) / took

    a, b = await paired(rounds, ours, raw)
    await asyncio.gather(link.close(), logs.pool.close())
    return Row("hub: verify, archive, project", "raw aiokafka consume + COPY", 0.5, "events/s", a, b)


async def city_of(owner: str, key: Ed25519PrivateKey) -> tuple[Pool, CityStream]:
    """An empty city that knows one county by its key."""
    pool = await open_pool(await prepare(await fresh(owner), "hub"), "hub")
    identity, public = public_of(key)
    nodes = [{"code": NODE, "name": "高县", "parent": ""}]
    told = {"sites": [{"site": NODE, "key": identity, "public_key": public, "address": "", "nodes": nodes}]}
    logs = PgLogs(pool, "hub", ["511500"])
    await logs.open()
    await register(logs.of("511500"), pool, lambda: datetime.now(UTC), told)
    return pool, CityStream(pool, lambda: datetime.now(UTC))


async def _consume(bootstrap: str, name: str, take: Any) -> None:
    """Takes the whole topic: the last checkpoint may come in a fetch of its own, behind all events."""
    consumer = AIOKafkaConsumer(name, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500, max_records=STREAM_RECORDS)).values():
                await take(records)
    finally:
        await consumer.stop()


def _row(record: Any, found: Mapping[str, bytes]) -> tuple[Any, ...]:
    """The least a consumer has to do to store a record in the same columns."""
    texts = [found[name].decode() for name in ("ce_id", "ce_type", "ce_subject")]
    rest = [
        found.get(name, b"").decode() for name in ("ce_to", "ce_correlationid", "ce_causationid", "traceparent", "ce_prevhash", "ce_hash")
    ]
    return (1, int(found["ce_sequence"]), *texts, AT, AT, found["ce_actor"].decode(), *rest, record.value)
