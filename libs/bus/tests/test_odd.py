"""One event with an odd payload is parked with its reason; everything else flows, and finding it costs a few attempts, not one each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.bus import Effect, Hears, Reader, parking
from libs.bus.cursors import cursors
from libs.bus.inbox import Inbox
from libs.bus.tests.listening import SOURCE, TYPE, Listener, facts, record
from libs.database import Connection

pytestmark = pytest.mark.server


@dataclass(frozen=True)
class Said:
    """What the consumer uses of the fact."""

    text: str
    number: int = 0
    at: datetime = datetime(2026, 11, 23, tzinfo=UTC)


def reading(listener: Listener) -> Inbox:
    """A consumer that writes down what it read, number and instant too."""
    reader = Reader({TYPE: Said})

    async def apply(connection: Connection, events: Any) -> list[Effect]:
        listener.calls.append(len(events))
        said = [reader.read(event) for event in events]
        await connection.executemany(
            "insert into heard (text, number, at) values ($1, $2, $3)", [(fact.text, fact.number, fact.at) for fact in said]
        )
        return []

    return Inbox(Hears("deadline", reader, apply), listener.pool, listener.logs, listener.page)


ODD = [
    '{"text":"\udcff"}'.encode("utf-8", "surrogateescape"),
    b'{"text":"odd","at":"9999-12-31T23:59:59-10:00"}',
    b'{"text":"odd","number":99999999999999999999}',
    b'{"text":"odd","number":4000000000}',  # a number that the column does not take
    b'{"text":"odd \\u0000"}',  # a character that PostgreSQL does not keep
    b"{",
]


@pytest.mark.parametrize("odd", ODD, ids=["not UTF-8", "beyond UTC", "beyond 64 bits", "beyond the column", "NUL", "no JSON"])
async def test_an_odd_payload_is_parked_and_everything_else_flows(listener: Listener, odd: bytes) -> None:
    texts: list[bytes] = [b'{"text":"t%d"}' % n for n in range(200)]
    texts[77] = odd
    await reading(listener).take([record(event) for event in await facts(*texts)])
    assert await listener.heard() == [f"t{n}" for n in range(200) if n != 77]
    waiting = await parking.parked(listener.pool)
    assert [row.sequence for row in waiting] == [78]
    assert waiting[0].reason
    assert (await cursors(listener.pool, "deadline"))[SOURCE].sequence == 200
    assert len(listener.calls) <= 1 + 2 * 8, "halved to the event, not one by one"


async def test_several_odd_ones_are_found_and_what_follows_them_queues(listener: Listener) -> None:
    texts: list[bytes] = [b'{"text":"t%d"}' % n for n in range(64)]
    texts[3] = texts[40] = b"{"
    subjects = [f"case-{n % 30}" for n in range(64)]
    await reading(listener).take([record(event) for event in await facts(*texts, subjects=subjects)])
    stuck = {3, 33, 63, 40}
    assert await listener.heard() == [f"t{n}" for n in range(64) if n not in stuck]
    assert sorted(row.sequence - 1 for row in await parking.parked(listener.pool)) == sorted(stuck)


async def test_an_instant_is_heard_in_utc(listener: Listener) -> None:
    await reading(listener).take([record(event) for event in await facts(b'{"text":"a","at":"2026-11-23T10:00:00+08:00"}')])
    assert await listener.pool.fetchval("select at from heard") == datetime(2026, 11, 23, 2, tzinfo=UTC)
