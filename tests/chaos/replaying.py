"""Every topic of a box said once more from its beginning: whoever hears it heard it before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from libs.bus import topics
from services.onebox import OneBox


def say_again(box: OneBox) -> int:
    """Sends all records of all topics behind their ends, as they were; how many those are."""
    names = [topic.name for topic in topics(site.code for site in box.sites)]
    return asyncio.run(_say_again(box.kafka.bootstrap, names))


async def _say_again(bootstrap: str, names: Iterable[str]) -> int:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        return sum([await _topic_again(producer, bootstrap, name) for name in names])
    finally:
        await producer.stop()


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
