"""Parked records go once, whoever retries, dismisses or hears the subject meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from libs.bus import Hears, Reader, parking
from libs.bus.inbox import Inbox
from libs.bus.tests.listening import TYPE, Listener, facts, record
from libs.wire import Recorded

pytestmark = pytest.mark.server


async def stuck(listener: Listener, *texts: str, more: Sequence[str] = ()) -> list[Recorded]:
    """These are parked, all of one subject; nothing is bad any more. What its feed goes on with."""
    listener.bad = {texts[0]}
    events = await facts(*texts, *more, subjects=["2"] * (len(texts) + len(more)))
    await listener.inbox.take([record(event) for event in events[: len(texts)]])
    assert len(await parking.parked(listener.pool)) == len(texts)
    listener.bad = set()
    return events[len(texts) :]


async def test_retries_that_overlap_apply_each_record_once_and_in_order(listener: Listener) -> None:
    texts = [f"t{n}" for n in range(8)]
    await stuck(listener, *texts)
    listener.hold = asyncio.Event()
    retries = [asyncio.create_task(listener.inbox.retry()) for _ in range(2)]
    await listener.holding.wait()
    await asyncio.sleep(0.2)  # long enough for both to be where they wait
    listener.hold.set()
    results = await asyncio.gather(*retries)
    assert await listener.heard() == texts
    assert sum(applied for applied, _ in results) == 8
    assert await parking.parked(listener.pool) == []


async def test_what_is_heard_while_its_subject_is_retried_comes_after_it(listener: Listener) -> None:
    texts = [f"t{n}" for n in range(12)]
    events = await stuck(listener, *texts[:6], more=texts[6:])
    listener.hold = asyncio.Event()
    retried = asyncio.create_task(listener.inbox.retry())
    await listener.holding.wait()
    heard = asyncio.create_task(listener.inbox.take([record(event) for event in events]))
    await asyncio.sleep(0.05)
    listener.hold.set()
    await asyncio.gather(retried, heard)
    await listener.inbox.retry()
    assert await listener.heard() == texts
    assert await parking.parked(listener.pool) == []


async def test_what_is_dismissed_while_it_is_retried_is_either_applied_or_given_up(listener: Listener) -> None:
    await stuck(listener, "a", "b")
    second = (await parking.parked(listener.pool))[1].parked
    listener.hold = asyncio.Event()
    retried = asyncio.create_task(listener.inbox.retry())
    await listener.holding.wait()
    assert await parking.dismiss(listener.pool, [second]) == 1
    listener.hold.set()
    assert await retried == (1, 0)
    assert await listener.heard() == ["a"], "b was given up before its turn came"


async def test_a_retry_while_the_database_goes_parks_nothing_for_another_reason(listener: Listener) -> None:
    await stuck(listener, "a")
    reason = (await parking.parked(listener.pool))[0].reason
    listener.away = 1
    with pytest.raises(ConnectionError):
        await listener.inbox.retry()
    assert (await parking.parked(listener.pool))[0].reason == reason
    assert await listener.inbox.retry() == (1, 0)


async def test_what_follows_a_batch_follows_a_retry_that_comes_half_way(listener: Listener) -> None:
    """What was applied before the fault is applied: whoever remembers what it was before has to hear of it."""
    told: list[int] = []
    hears = Hears("deadline", Reader({TYPE: dict}), listener.apply, after=lambda: told.append(len(listener.calls)))
    inbox = Inbox(hears, listener.pool, listener.logs, listener.page)
    listener.bad = {"a", "b"}
    await inbox.take([record(event) for event in await facts("a", "b", subjects=["1", "2"])])
    listener.bad, listener.calls = set(), []
    told.clear()
    listener.away_at = 2
    with pytest.raises(ConnectionError):
        await inbox.retry()
    assert (await listener.heard(), told) == (["a"], [2])
