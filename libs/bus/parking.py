"""Records that cannot be applied wait in PostgreSQL with their reason; the next of the same subject queue behind them; all else flows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import asyncpg
import msgspec
from aiokafka import ConsumerRecord

from libs.database import Connection, Pool
from libs.decider import Refused
from libs.wire import Malformed, Recorded

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Recorded)

_PARK = """
insert into parked (consumer, topic, partition, "offset", source, epoch, sequence, subject, record, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing"""


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
    applied = 0
    stuck: set[tuple[str, str]] = set()
    async with pool.acquire() as connection:
        rows = await connection.fetch(
            """select p.parked, p.record, p.source, p.subject from parked p
               where p.consumer = $1 and p.source <> '' and ($2::bigint[] is null or exists (
                   select from parked q where q.parked = any ($2) and q.consumer = p.consumer and q.source = p.source and q.subject = p.subject))
               order by p.source, p.epoch, p.sequence""",
            consumer,
            numbers,
        )
        for row in rows:
            subject = (row["source"], row["subject"])
            if subject in stuck:
                continue
            try:
                async with connection.transaction():
                    await again(connection, _decoder.decode(row["record"]))
                    await connection.execute("delete from parked where parked = $1", row["parked"])
                applied += 1
            except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError):
                raise
            except Exception as error:
                stuck.add(subject)
                await connection.execute("update parked set reason = $2 where parked = $1", row["parked"], why(error)[:2000])
        left = await connection.fetchval("select count(*) from parked where consumer = $1", consumer)
    return applied, int(left)
