"""FastStream as the consumer's engine: raw batches in turns, offsets committed once a second, never before what they cover is done (decision 0014).

Every consumer is a loop: whatever ends it, also what FastStream only logs, is raised to whoever watches over it, and it can be run again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from libs.bus.sending import begun
from libs.turns import Pace

_log = structlog.get_logger("bus")

Records = Sequence["ConsumerRecord[bytes, bytes]"]
Take = Callable[[Records], Awaitable[None]]
Save = Callable[[], Awaitable[None]]
MAX_RECORDS: Final = 1000
STREAM_RECORDS: Final = 5000
"""Of the city stream more is taken at once: what a fetch cuts off from its checkpoint has to be written twice."""
TURN_SECONDS: Final[tuple[float, float]] = (0.08, 0.05)
"""Seconds that a turn lasts at least, unless it was full: while little comes, and while much does. What has come meanwhile is taken in the
next one. Records that lie there for 100 ms keep aiokafka from asking for others of that broker.
"""
STREAM_TURN_SECONDS: Final[tuple[float, float]] = (0.04, 0.02)
"""The same of a consumer of raw records: the city is read by people who wait."""
LOOK_SECONDS: Final = 1.0
"""How long it is waited for records at a time; they are taken as soon as they come."""
COMMIT_SECONDS: Final = 1.0
"""How often offsets are committed: they are a hint."""
COMMITTED_SECONDS: Final = 5.0
"""How long a commit is waited for: aiokafka would try for as long as the broker refuses it."""
END_SECONDS: Final = 3.0
"""How long the last commit may take, and as long again the end of the consumer."""
CUT_SECONDS: Final = 1.0
"""How long it may take after it was cut off."""


async def _raw_parser(records: Any, original: Any) -> Any:
    """Headers and values are not looked at here: a poisoned one would fail the batch before anybody could park it. One stands for all."""
    message = await original((replace(records[0], headers=(), value=b""),))
    message.raw_message = records
    return message


async def _raw_decoder(message: Any) -> Any:
    return list(message.raw_message)


async def _nothing() -> None:
    return None


class _Told(logging.Handler):
    """FastStream says in its log alone that a consumer cannot go on: it is told to whoever runs it."""

    def __init__(self, tell: Callable[[BaseException], None]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Told with what was raised."""
        if record.exc_info and record.exc_info[1] is not None:
            self._tell(record.exc_info[1])


@dataclass(frozen=True, slots=True)
class Ear:
    """One consumer: a group with all its topics, static membership by a stable name. `save` is called before offsets are committed."""

    bootstrap: str
    group: str
    topics: Sequence[str]
    take: Take
    replica: str = "0"
    save: Save = _nothing
    turn: tuple[float, float] = TURN_SECONDS
    most: int = MAX_RECORDS

    async def run(self) -> None:
        """Gives `take` every record in batches, until cancelled. Raises what it raises, and what keeps the consumer from going on; what was
        not committed then comes again in the next run.
        """
        await _Run(self).run()


class _Run:
    """One run of a consumer, from its start to what ends it."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._done: dict[TopicPartition, int] = {}
        self._pace = Pace(*ear.turn)
        logger = logging.Logger(f"faststream.{ear.group}", logging.ERROR)  # of this run alone: it hands nothing on
        logger.addHandler(_Told(self._fail))
        self._broker = KafkaBroker(
            ear.bootstrap, ack_policy=AckPolicy.MANUAL, allow_auto_create_topics=False, consumer_only=True, logger=logger
        )
        self._subscriber = self._broker.subscriber(
            *ear.topics,
            group_id=ear.group,
            group_instance_id=f"{ear.group}-{ear.replica}",
            batch=True,
            max_records=ear.most,
            batch_timeout_ms=int(LOOK_SECONDS * 1000),
            auto_offset_reset="earliest",
            parser=_raw_parser,
            decoder=_raw_decoder,
        )
        self._subscriber(self._handle)

    def _fail(self, error: BaseException) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)

    async def run(self) -> None:
        try:
            await begun(self._broker.start())
            consuming = [*self._subscriber.tasks]
            committing = asyncio.create_task(self._keep_committing())
            try:
                await asyncio.wait([self._failed, committing, *consuming], return_when=asyncio.FIRST_COMPLETED)
                for ended in (self._failed, committing, *consuming):
                    if ended.done():
                        ended.result()
                raise RuntimeError(f"{self._ear.group}: the consumer has ended")
            finally:
                committing.cancel()
                await asyncio.wait([committing])
                await self._last_commit()
        finally:
            self._failed.cancel()
            await self._end()

    async def _end(self) -> None:
        """Ends the consumer. What still runs after `END_SECONDS` is cut off: a batch that is being taken, a broker that does not answer.

        It is never cancelled half-way: FastStream and aiokafka would leave their tasks and connections behind.
        """
        taking, consumer = [*self._subscriber.tasks], self._subscriber.consumer
        ending = asyncio.ensure_future(self._broker.stop())
        await asyncio.wait([ending], timeout=END_SECONDS)
        if not ending.done():
            for task in taking:
                task.cancel()
            if consumer is not None:
                await consumer._client.close()
            await asyncio.wait([ending], timeout=CUT_SECONDS)
        if not ending.done() or ending.cancelled() or ending.exception() is not None:  # what ended the consumer is what counts
            _log.error("bus.not_ended", group=self._ear.group, error=repr(ending))

    async def _handle(self, message: KafkaMessage) -> None:
        """One turn. After a failure nothing more is taken, so that no offset goes over what failed."""
        if self._failed.done():
            return
        records = message.raw_message
        self._pace.begin()
        try:
            await self._ear.take(records)
        except Exception as error:  # raised from `run`
            self._fail(error)
            return
        for record in records:
            self._done[TopicPartition(record.topic, record.partition)] = record.offset + 1
        if len(records) < self._ear.most:
            await asyncio.sleep(self._pace.end(len(records)))

    async def _keep_committing(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            await self._commit()

    async def _commit(self) -> None:
        """What is done is saved first: an offset is never ahead of a cursor. One that cannot be committed costs hearing again, no more."""
        done, self._done = self._done, {}
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if not done or consumer is None:
            return
        await self._ear.save()
        ours = consumer.assignment()
        offsets = {partition: offset for partition, offset in done.items() if partition in ours}
        try:
            if offsets:
                await asyncio.wait_for(consumer.commit(offsets), COMMITTED_SECONDS)
        except (KafkaError, TimeoutError) as error:
            _log.info("bus.not_committed", group=self._ear.group, error=repr(error))

    async def _last_commit(self) -> None:
        try:
            async with asyncio.timeout(END_SECONDS):
                await self._commit()
        except Exception as error:  # what ended the consumer is what counts
            _log.info("bus.not_committed", group=self._ear.group, error=repr(error))


class Ears:
    """All consumers of one service or process."""

    def __init__(self, bootstrap: str, replica: str = "0") -> None:
        self.bootstrap, self._replica = bootstrap, replica
        self._ears: list[Ear] = []

    def hear(
        self,
        group: str,
        topics: Sequence[str],
        take: Take,
        *,
        save: Save | None = None,
        turn: tuple[float, float] = TURN_SECONDS,
        most: int = MAX_RECORDS,
    ) -> None:
        """Gives `take` every record of `topics`, in batches; a batch it raises on ends the consumer, and comes again in its next run."""
        self._ears.append(Ear(self.bootstrap, group, tuple(topics), take, self._replica, save or _nothing, turn, most))

    @property
    def loops(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """The consumers by group: each runs until cancelled, and raises what ends it."""
        return {ear.group: replace(ear, bootstrap=self.bootstrap).run for ear in self._ears}

    async def run(self) -> None:
        """All of them, until cancelled. Raises what ends the first; the others end with it."""
        running = [asyncio.ensure_future(loop()) for loop in self.loops.values()]
        try:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                await ended
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
