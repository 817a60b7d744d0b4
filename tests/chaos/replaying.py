"""Every topic of a box said once more from its beginning: whoever hears it heard it before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from libs.bus import topics
from services.onebox import OneBox


def say_again(box: OneBox) -> int:
    """Sends all records of all topics behind their ends, as they were; how many those are."""
    names = [topic.name for topic in topics(site.code for site in box.sites)]
    return asyncio.run(_say_again(box.kafka.bootstrap, names))


async def _say_again(bootstrap: str, names: Iterable[str]) -> int:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await producer.start()
    await consumer.start()
    try:
        return sum([await _topic_again(producer, consumer, name) for name in names])
    finally:
        await consumer.stop()
        await producer.stop()


async def _topic_again(producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, name: str) -> int:
    """Partition by partition up to the end it has now; a key keeps its partition."""
    parts = [TopicPartition(name, number) for number in sorted(consumer.partitions_for_topic(name) or await producer.partitions_for(name))]
    consumer.assign(parts)
    ends = await consumer.end_offsets(parts)
    await consumer.seek_to_beginning(*parts)
    said = list[Any]()
    while any([await consumer.position(part) < end for part, end in ends.items()]):
        for part, records in (await consumer.getmany(timeout_ms=500)).items():
            said += [record for record in records if record.offset < ends[part]]
    await asyncio.gather(*[await producer.send(name, r.value, key=r.key, headers=list(r.headers), partition=r.partition) for r in said])
    return len(said)
