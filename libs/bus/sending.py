"""Records to one topic, in order per key: whole batches per partition, made here, so that sending costs per batch and not per record.

A producer that failed is given up and made anew: it may have sent some and lost others, and nobody but the receivers could tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

Outgoing = tuple[bytes, bytes, Sequence[tuple[str, bytes]]]
"""Key, value, headers of a record."""

SEND_SECONDS: Final = 30.0
"""How long the broker may take to acknowledge what it was sent at once."""
BEGIN_SECONDS: Final = 1.0
"""How long a client that is told to stop while it begins may take to begin."""
CLOSE_SECONDS: Final = 1.0
"""How long a producer may take to end; what it still holds then is given up."""


async def begun(beginning: Coroutine[Any, Any, None]) -> None:
    """Lets a client of aiokafka begin. Whoever is cancelled meanwhile waits for it: cancelled itself it would leave its first connection open."""
    task = asyncio.ensure_future(beginning)
    try:
        await asyncio.shield(task)
    finally:
        await asyncio.wait([task], timeout=BEGIN_SECONDS)
        if not task.done():
            task.cancel()
            await asyncio.wait([task])


async def new_producer(bootstrap: str) -> AIOKafkaProducer:
    """An idempotent producer that waits for all replicas."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        max_request_size=1024 * 1024,
        max_batch_size=256 * 1024,
        request_timeout_ms=20_000,
    )
    try:
        await begun(producer.start())
    except BaseException:
        await producer.stop()
        raise
    return producer


async def end(producer: AIOKafkaProducer, seconds: float = CLOSE_SECONDS) -> None:
    """Closes the producer. What the broker has not acknowledged within `seconds` is given up: it is sent again by the next one."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await producer.stop()
            return
    await producer.client.close()  # aiokafka itself would wait for as long as the broker does not answer
    await asyncio.wait([asyncio.ensure_future(producer._sender.close())], timeout=seconds)


class Sender:
    """Sends to `topic` by one producer. After an error of `send` its producer is to be given up."""

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer, self._topic = producer, topic
        self._partitions: dict[bytes, int] = {}

    async def send(self, outgoing: Iterable[Outgoing]) -> None:
        """Returns when the broker has acknowledged everything. The records of a key arrive in their order.

        Each record goes into its batch as it comes, and each full batch goes out while the next one is made: nothing of a record is kept.
        """
        sent: list[asyncio.Future[object]] = []
        batches: dict[int, BatchBuilder] = {}
        async with asyncio.timeout(SEND_SECONDS):
            for record in outgoing:
                partition = self._partitions.get(record[0])
                if partition is None:
                    partition = await self.partition(record[0])
                if (batch := batches.get(partition)) is not None:
                    if _added(batch, record):
                        continue
                    sent.append(await self._hand_over(batch, partition))
                batch = batches[partition] = self._producer.create_batch()
                if not _added(batch, record):
                    raise ValueError(f"一条 {len(record[1])} 字节的消息放不进单独的一批")
            sent += await asyncio.gather(*(self._hand_over(batch, partition) for partition, batch in batches.items()))
            await asyncio.gather(*sent)

    async def _hand_over(self, batch: BatchBuilder, partition: int) -> asyncio.Future[object]:
        sent: asyncio.Future[object] = await self._producer.send_batch(batch, self._topic, partition=partition)
        sent.add_done_callback(_seen)
        return sent

    async def partition(self, key: bytes) -> int:
        """Where aiokafka's own `send` puts the key; worked out once per key."""
        found = self._partitions.get(key)
        if found is None:
            every = sorted(await self._producer.partitions_for(self._topic))
            found = self._partitions[key] = DefaultPartitioner()(key, every, every)
        return found


def _seen(sent: asyncio.Future[object]) -> None:
    """What became of a batch is known, also where an earlier one has ended the sending."""
    if not sent.cancelled():
        sent.exception()


def _added(batch: BatchBuilder, record: Outgoing) -> bool:
    key, value, headers = record
    return batch.append(timestamp=None, key=key, value=value, headers=headers) is not None
