"""The ticker: each rung once however many tickers run, in real and in virtual time, and no card for what was not heard."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from services.deadline import http_desk
from services.deadline.events import ClockYellow
from services.deadline.tests.house import COUNTY, TOWN, House
from services.deadline.tests.stories import CASE, at, kinds, said
from services.deadline.views import overdue_for_a_tick

pytestmark = pytest.mark.server


def number(n: int, node: str = COUNTY) -> str:
    return f"{node}-20070305-{n:06d}-0"


async def test_a_herd_at_one_midnight_is_ticked_in_batches_each_rung_once_by_two_tickers(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_desk, "BATCH", 64)
    cases = [number(n, COUNTY if n % 3 else TOWN) for n in range(300)]
    await house.hear(*[await house.intake.files(case=case) for case in cases])
    assert await house.desk.shown()
    midnight = at("2007-03-13", "00:00")
    assert await overdue_for_a_tick(house.pool, midnight) == 300
    one, other = await asyncio.gather(house.desk.tick("", midnight), house.desk.tick("", midnight))
    assert one.fired + other.fired == 300 * 4
    assert await house.desk.shown()
    assert await overdue_for_a_tick(house.pool, midnight) == 0
    assert (await house.desk.tick("", midnight)).ticked == 0
    for case in cases[::37]:
        assert kinds(await house.clock("correction", case))[1:] == ["ClockReminded", "ClockYellow", "ClockRed", "SilenceNoticed"]
        assert max(Counter(said(await house.clock("correction", case))).values()) == 1


async def test_real_time_does_not_tick_a_logs_clocks_and_virtual_time_ticks_only_its_own(house: House) -> None:
    instants = {"timeline": "receipt", "promised": at("2007-03-11"), "statutory": None}
    fact = await house.intake.files(imported=True, instants=instants)
    other = await house.intake.files(case=number(2), imported=True, instants={**instants, "timeline": "other"})
    await house.hear(fact, other)
    assert await house.desk.shown()
    assert (await house.desk.tick("", at("2020-01-01"))).ticked == 0
    assert await house.advance("receipt", at("2007-03-11"), fact) == {"ticked": 1, "fired": 2}
    assert await house.advance("receipt", at("2007-03-11"), fact) == {"ticked": 0, "fired": 0}
    assert kinds(await house.clock("promised", number(2))) == ["ClockStarted"]
    assert await house.desk.shown()
    assert (await house.get("/replay", log="receipt")) == {
        "nodes": {COUNTY: {"red": 1, "yellow": 1, "statutory_red": 0}},
        "red": 1,
        "yellow": 1,
        "statutory_red": 0,
    }


async def test_virtual_time_waits_until_what_was_done_is_heard(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_desk, "HEARING", 0.3)
    instants = {"timeline": "receipt", "promised": at("2007-03-11"), "statutory": None}
    filed = await house.intake.files(imported=True, instants=instants)
    closed = await house.intake.says("CaseClosed", "2007-03-10", imported=True)
    await house.hear(filed)
    refused = await house.advance("receipt", at("2007-03-12"), closed, status=503)
    assert refused.headers["Retry-After"] == "2"
    waiting = asyncio.create_task(house.advance("receipt", at("2007-03-12"), closed))
    await house.hear(closed)
    assert await waiting == {"ticked": 0, "fired": 0}
    assert kinds(await house.clock("promised")) == ["ClockStarted", "ClockEnded"]


async def test_a_node_with_a_gap_in_what_was_heard_waits(house: House) -> None:
    """The decision of Friday is missing; nobody is carded on Monday for not having decided."""
    filed, decided, other = (
        await house.intake.files(),
        await house.intake.says("CorrectionsRequested", "2007-03-06", missing=["x"]),
        await house.intake.files(case=number(2)),
    )
    await house.hear(filed, other)
    assert await house.desk.shown()
    assert (await house.desk.tick("", at("2007-03-13"))).ticked == 0
    await house.hear(decided, other)
    assert await house.desk.shown()
    assert (await house.desk.tick("", at("2007-03-13"))).ticked == 1
    assert kinds(await house.clock("correction")) == ["ClockStarted", "ClockEnded"]


async def test_the_loop_ticks_by_itself_and_survives_a_fault(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_desk, "SETTLING", 0.0)
    monkeypatch.setattr(http_desk, "TICK_SECONDS", 0.05)
    faults = iter([OSError("the database went away")])
    tick = house.desk.tick

    async def once_broken(timeline: str, now: object) -> http_desk.Ticked:
        for fault in faults:
            raise fault
        return await tick(timeline, now)  # type: ignore[arg-type]

    monkeypatch.setattr(house.desk, "tick", once_broken)
    await house.hear(await house.intake.files())
    house.time = at("2007-03-12", "00:00") + http_desk.IN_FLIGHT
    loop = asyncio.create_task(house.desk.keep_ticking())
    assert await http_desk._within(10, lambda: spoken(house))
    loop.cancel()
    yellow = (await house.clock("correction"))[-1]
    assert isinstance(yellow, ClockYellow)
    assert yellow.at == at("2007-03-12", "00:00")


async def spoken(house: House) -> bool:
    return len(await house.clock("correction")) == 3


async def test_a_rung_waits_for_what_may_still_be_on_its_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_desk, "SETTLING", 0.0)
    await house.hear(await house.intake.files())
    house.time = at("2007-03-09", "00:00") + http_desk.IN_FLIGHT - timedelta(milliseconds=1)
    assert await house.desk.shown()
    loop = asyncio.create_task(house.desk.keep_ticking())
    await asyncio.sleep(0.3)
    loop.cancel()
    assert kinds(await house.clock("correction", CASE)) == ["ClockStarted"]
