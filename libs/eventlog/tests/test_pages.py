"""A feed is read to its end page by page: every event once and in order, whatever is appended meanwhile, and nothing is left behind."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from libs.database import unopened_pool
from libs.eventlog import Consequence, Intent, Log, Logs, New, PgLogs, pages

AT = datetime(2026, 11, 23, tzinfo=UTC)
NODE = "511525"


async def append(log: Log, first: int, count: int) -> None:
    """Events whose payloads say which they are."""

    def says(n: int) -> Intent:
        return Intent(subject=f"case-{n % 3}", decide=lambda _: Consequence([New("liandong.example.Said.v1", b"%d" % n, AT)]), actor="C1")

    outcomes = await log.append_all([says(n) for n in range(first, first + count)])
    assert not [one for one in outcomes if isinstance(one, Exception)]


@pytest.mark.parametrize("size", [1, 6, 7, 20, 21, 1000])
async def test_every_event_comes_once_and_in_order(logs: Logs, size: int) -> None:
    log = logs.of(NODE)
    await append(log, 1, 20)
    async with pages(log, 3, size) as following:
        read = [list(page) async for page in following]
    assert [(event.sequence, event.data) for page in read for event in page] == [(n, b"%d" % n) for n in range(4, 21)]
    assert [len(page) for page in read[:-1]] == [size] * (len(read) - 1)
    assert 0 < len(read[-1]) <= size
    assert [event for page in read for event in page] == await log.feed(3, 100)


async def test_of_nothing_there_are_no_pages(logs: Logs) -> None:
    async with pages(logs.of(NODE)) as following:
        assert [page async for page in following] == []


async def test_a_log_that_grows_meanwhile_is_read_in_order_and_not_followed_for_ever(logs: Logs) -> None:
    log = logs.of(NODE)
    await append(log, 1, 8)
    numbers: list[int] = []
    async with pages(log, size=4) as following:
        async for page in following:
            numbers += [event.sequence for event in page]
            if len(numbers) < 40:
                await append(log, (await log.head()).sequence + 1, 3)
    assert numbers == list(range(1, len(numbers) + 1))
    assert 8 <= len(numbers) < 40


async def test_who_stops_in_the_middle_leaves_nothing_reading(logs: Logs) -> None:
    log = logs.of(NODE)
    await append(log, 1, 20)
    async with pages(log, size=5) as following:
        async for page in following:
            assert len(page) == 5
            break
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "read ahead"]


async def test_what_reading_raises_is_raised() -> None:
    log = PgLogs(unopened_pool(), "intake", [NODE]).of(NODE)
    with pytest.raises(asyncpg.InterfaceError):
        async with pages(log) as following:
            assert [page async for page in following]
