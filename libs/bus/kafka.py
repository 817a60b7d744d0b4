"""FastStream as the consumer's engine: raw batches, never acknowledged before they are done (decision 0014)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

_log = structlog.get_logger("bus")

Records = Sequence["ConsumerRecord[bytes, bytes]"]
Take = Callable[[Records], Awaitable[None]]
MAX_RECORDS = 1000


async def _raw_parser(records: Any, original: Any) -> Any:
    """Headers and values are not looked at here: a poisoned one would fail the batch before anybody could park it."""
    message = await original(tuple(replace(record, headers=(), value=b"") for record in records))
    message.raw_message = records
    return message


async def _raw_decoder(message: Any) -> Any:
    return list(message.raw_message)


class Ears:
    """All consumers of one process: one subscriber per group with all its topics, static membership by stable names."""

    def __init__(self, bootstrap: str, replica: str = "0") -> None:
        quiet = logging.getLogger("faststream.liandong")
        quiet.setLevel(logging.ERROR)  # it warns at every start that topics are not made by themselves, which is meant
        self._replica = replica
        self._broker = KafkaBroker(bootstrap, ack_policy=AckPolicy.NACK_ON_ERROR, allow_auto_create_topics=False, logger=quiet)

    def hear(self, group: str, topics: Sequence[str], take: Take) -> None:
        """Gives `take` every record of `topics`, in batches; a batch it raises on comes again after a pause."""
        delay = 0.0

        async def handle(message: KafkaMessage) -> None:
            nonlocal delay
            try:
                await take(message.raw_message)
                delay = 0.0
            except Exception as error:
                delay = min(max(delay * 2, 0.2), 10.0)
                _log.warning("bus.again", group=group, error=repr(error), seconds=delay)
                await asyncio.sleep(delay)
                raise

        self._broker.subscriber(
            *topics,
            group_id=group,
            group_instance_id=f"{group}-{self._replica}",
            batch=True,
            max_records=MAX_RECORDS,
            batch_timeout_ms=100,
            auto_offset_reset="earliest",
            parser=_raw_parser,
            decoder=_raw_decoder,
        )(handle)

    async def start(self) -> None:
        await self._broker.start()

    async def stop(self) -> None:
        await self._broker.stop()
