"""Records that cannot be applied wait in PostgreSQL with their reason; the next of the same subject queue behind them; all else flows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec
from aiokafka import ConsumerRecord

from libs.database import Connection, Pool, away, works_as
from libs.decider import Refused
from libs.eventlog import Busy, Unknown
from libs.wire import Malformed, Position, Recorded

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Recorded)

_PARK = """
insert into parked (consumer, topic, partition, "offset", source, epoch, sequence, subject, record, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing"""


_SUBJECTS = """
select source, subject from parked p
where consumer = $1 and source <> '' group by source, subject having $2::bigint[] is null or bool_or(parked = any ($2))
order by source, min((epoch, sequence))"""
_TURN = f"select from cursor where consumer = $1 and source = $2 and {works_as('inbox')} for update"
_FIRST = """
select parked, record from parked where consumer = $1 and source = $2 and subject = $3 order by epoch, sequence limit 1 for update"""


class Parked(msgspec.Struct, frozen=True):
    """One parked record, as shown to the operator."""

    parked: int
    consumer: str
    topic: str
    partition: int
    offset: int
    source: str
    epoch: int
    sequence: int
    subject: str
    reason: str
    since: datetime


def why(error: Exception) -> str:
    """The reason for which a record is parked: a sentence of ours as it is; any other fault by its kind and words, which may be English."""
    match error:
        case Malformed() | Refused():
            return str(error)
        case _:
            return f"处理时出错（{type(error).__name__}：{error}）"


async def park(connection: Connection, consumer: str, event: Recorded, reason: str) -> None:
    """Keeps a whole event with the reason."""
    await connection.execute(
        _PARK, consumer, "", 0, 0, event.source, event.epoch, event.sequence, event.subject, _encoder.encode(event), reason[:2000]
    )


async def park_nameless(pool: Pool, consumer: str, record: ConsumerRecord[bytes, bytes], reason: str) -> None:
    """Keeps a record that names no origin, under its topic, partition and offset."""
    headers = [(name, (value or b"").hex()) for name, value in record.headers]
    kept = _encoder.encode({"headers": headers, "key": (record.key or b"").hex(), "value": (record.value or b"").hex()})
    await pool.execute(_PARK, consumer, record.topic, record.partition, record.offset, "", 0, 0, "", kept, reason[:2000])


async def park_unsound(pool: Pool, consumer: str, event: Recorded, reason: str) -> None:
    """Keeps what an owner serves and is not sound, under its place in the feed: it holds no subject, and no retry applies it."""
    kept = _encoder.encode(event)
    await pool.execute(
        _PARK, consumer, event.source, event.epoch, event.sequence, "", event.epoch, event.sequence, event.subject, kept, reason[:2000]
    )


async def mended(connection: Connection, consumer: str, reached: Position) -> None:
    """Gives up what was kept as unsound of a feed, up to where it has been heard since."""
    await connection.execute(
        """delete from parked where consumer = $1 and source = '' and topic = $2 and (epoch, sequence) <= ($3, $4)""",
        consumer,
        reached.source,
        reached.epoch,
        reached.sequence,
    )


async def held(connection: Connection, consumer: str, sources: Sequence[str]) -> frozenset[tuple[str, str]]:
    """The subjects that wait behind a parked record."""
    rows = await connection.fetch(
        "select distinct source, subject from parked where consumer = $1 and source = any ($2::text[])", consumer, sources
    )
    return frozenset((row["source"], row["subject"]) for row in rows)


async def parked(pool: Pool, consumer: str | None = None) -> list[Parked]:
    """All parked records of a service, oldest first."""
    rows = await pool.fetch(
        """select parked, consumer, topic, partition, "offset", source, epoch, sequence, subject, reason, since
           from parked where $1::text is null or consumer = $1 order by parked""",
        consumer,
    )
    return [Parked(*row.values()) for row in rows]


async def dismiss(pool: Pool, numbers: Sequence[int]) -> int:
    """Gives these records up; those behind them can be retried. The number dismissed."""
    done: str = await pool.execute("delete from parked where parked = any ($1::bigint[])", numbers)
    return int(done.rpartition(" ")[2])


async def retry(
    pool: Pool, consumer: str, numbers: Sequence[int] | None, again: Callable[[Connection, Recorded], Awaitable[None]]
) -> tuple[int, int]:
    """Applies parked records in the order of their feeds; a subject stops at its first record that fails again. (applied, still parked)."""
    async with pool.acquire() as connection:
        subjects = await connection.fetch(_SUBJECTS, consumer, numbers)
        applied = 0
        for row in subjects:
            while await _first_again(connection, consumer, row["source"], row["subject"], again):
                applied += 1
        left = await connection.fetchval("select count(*) from parked where consumer = $1", consumer)
    return applied, int(left)


async def _first_again(
    connection: Connection, consumer: str, source: str, subject: str, again: Callable[[Connection, Recorded], Awaitable[None]]
) -> bool:
    """Applies the first record of a subject, if there is one. Under the lock of the feed's cursor: nobody else hears or retries it meanwhile."""
    async with connection.transaction():
        await connection.execute(_TURN, consumer, source)
        row = await connection.fetchrow(_FIRST, consumer, source, subject)
        if row is None:
            return False
        try:
            async with connection.transaction():
                await again(connection, _decoder.decode(row["record"]))
        except Exception as error:
            if away(error) or isinstance(error, Busy | Unknown):
                raise
            await connection.execute("update parked set reason = $2 where parked = $1", row["parked"], why(error)[:2000])
            return False
        await connection.execute("delete from parked where parked = $1", row["parked"])
        return True
