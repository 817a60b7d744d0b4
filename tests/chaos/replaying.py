"""Every topic of a box said once more from its beginning, and heard by all to its end: whoever hears it heard it before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from libs.bus import topics
from services.onebox import OneBox

HEARD_SECONDS: Final = 180.0
"""How long whoever hears may take; generous."""


def say_again(box: OneBox) -> int:
    """Sends all records of all topics behind their ends, as they were; how many those are. Returns when every consumer has come past them."""
    names = [topic.name for topic in topics(site.code for site in box.sites)]
    return asyncio.run(_say_again(box.kafka.bootstrap, names))


async def _say_again(bootstrap: str, names: Iterable[str]) -> int:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        many = sum([await _topic_again(producer, bootstrap, name) for name in names])
    finally:
        await producer.stop()
    async with asyncio.timeout(HEARD_SECONDS):
        while True:
            if await _all_heard(bootstrap):
                return many
            await asyncio.sleep(0.5)


async def _all_heard(bootstrap: str) -> bool:
    """Whether every group has committed the ends of all it hears."""
    admin, consumer = AIOKafkaAdminClient(bootstrap_servers=bootstrap), AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await admin.start()
    await consumer.start()
    try:
        groups = [group for group, _ in await admin.list_consumer_groups()]
        assert groups, "somebody hears"
        reached = [await admin.list_consumer_group_offsets(group) for group in groups]
        ends = await consumer.end_offsets({part for offsets in reached for part in offsets})
        return all(at.offset >= ends[part] for offsets in reached for part, at in offsets.items())
    finally:
        await consumer.stop()
        await admin.close()


async def _topic_again(producer: AIOKafkaProducer, bootstrap: str, name: str) -> int:
    """Up to the end it has now; a record keeps its partition."""
    records = await on_topic(bootstrap, name)
    again = [(r.value, r.key, list(r.headers), r.partition) for r in records]
    await asyncio.gather(*[await producer.send(name, v, key=key, headers=headers, partition=part) for v, key, headers, part in again])
    return len(records)


async def on_topic(bootstrap: str, name: str) -> list[Any]:
    """Every record of a topic, up to the end it has now, in order of each partition."""
    consumer = AIOKafkaConsumer(name, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        found = list[Any]()
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(part) < end for part, end in ends.items()]):
            for part, records in (await consumer.getmany(timeout_ms=500)).items():
                found += [record for record in records if record.offset < ends[part]]
        return found
    finally:
        await consumer.stop()
