"""The ticker: each rung once however many tickers run, in real and in virtual time, and no card for what was not heard."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest

from libs.host import Loops
from libs.testkit.house import COUNTY, STRANGER, TOWN
from libs.testkit.neighbours import moment
from libs.workdays import Calendar, DayReason, OutOfCalendar
from services.deadline import ticker
from services.deadline.app import subject
from services.deadline.events import ClockYellow
from services.deadline.tests.living import Living
from services.deadline.tests.stories import CASE, kinds, said
from services.deadline.ticker import Ticker
from services.deadline.ticker.aside import Aside
from services.deadline.views import overdue_for_a_tick

pytestmark = pytest.mark.server


def number(n: int, node: str = COUNTY) -> str:
    return f"{node}-20070305-{n:06d}-0"


async def test_a_herd_at_one_midnight_is_ticked_in_batches_each_rung_once_by_two_tickers(
    living: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticker, "BATCH", 64)
    cases = [number(n, COUNTY if n % 3 else TOWN) for n in range(300)]
    await living.hear(*[await living.files(case=case) for case in cases])
    await living.house.shown()
    midnight = moment("2007-03-13T00:00")
    assert await overdue_for_a_tick(living.house.pool, midnight) == 300
    one, other = await asyncio.gather(living.ticker.tick("", midnight), living.ticker.tick("", midnight))
    assert one.fired + other.fired == 300 * 4
    await living.house.shown()
    assert await overdue_for_a_tick(living.house.pool, midnight) == 0
    assert (await living.ticker.tick("", midnight)).ticked == 0
    for case in cases[::37]:
        assert kinds(await living.clock("correction", case))[1:] == ["ClockReminded", "ClockYellow", "ClockRed", "SilenceNoticed"]
        assert max(Counter(said(await living.clock("correction", case))).values()) == 1


async def test_real_time_does_not_tick_a_logs_clocks_and_virtual_time_ticks_only_its_own(living: Living) -> None:
    instants = {"timeline": "receipt", "promised": moment("2007-03-11"), "statutory": None}
    fact = await living.files(imported=True, instants=instants)
    other = await living.files(case=number(2), imported=True, instants={**instants, "timeline": "other"})
    await living.hear(fact, other)
    await living.house.shown()
    assert (await living.ticker.tick("", moment("2020-01-01"))).ticked == 0
    assert await living.advance("receipt", moment("2007-03-11"), fact) == {"ticked": 1, "fired": 2, "beyond": 0}
    assert await living.advance("receipt", moment("2007-03-11"), fact) == {"ticked": 0, "fired": 0, "beyond": 0}
    assert kinds(await living.clock("promised", number(2))) == ["ClockStarted"]
    await living.house.shown()
    assert (await living.get("/replay", log="receipt")) == {
        "nodes": {COUNTY: {"red": 1, "yellow": 1, "statutory_red": 0}},
        "red": 1,
        "yellow": 1,
        "statutory_red": 0,
    }


async def test_virtual_time_waits_until_what_was_done_is_heard(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = ticker.HEARING
    monkeypatch.setattr(ticker, "HEARING", 0.3)
    instants = {"timeline": "receipt", "promised": moment("2007-03-11"), "statutory": None}
    filed = await living.files(imported=True, instants=instants)
    closed = await living.intake.says("CaseClosed", "2007-03-10", imported=True)
    await living.hear(filed)
    refused = await living.advance("receipt", moment("2007-03-12"), closed, status=503)
    assert refused.headers["Retry-After"] == "2"
    monkeypatch.setattr(ticker, "HEARING", patient)
    waiting = asyncio.create_task(living.advance("receipt", moment("2007-03-12"), closed))
    await living.hear(closed)
    assert await waiting == {"ticked": 0, "fired": 0, "beyond": 0}
    assert kinds(await living.clock("promised")) == ["ClockStarted", "ClockEnded"]


async def test_a_node_with_a_gap_in_what_was_heard_waits(living: Living) -> None:
    """The decision of Friday is missing; nobody is carded on Monday for not having decided."""
    filed, decided, other = (
        await living.files(),
        await living.intake.says("CorrectionsRequested", "2007-03-06", missing=["x"]),
        await living.files(case=number(2)),
    )
    await living.hear(filed, other)
    await living.house.shown()
    assert (await living.ticker.tick("", moment("2007-03-13"))).ticked == 0
    await living.hear(decided, other)
    await living.house.shown()
    assert (await living.ticker.tick("", moment("2007-03-13"))).ticked == 1
    assert kinds(await living.clock("correction")) == ["ClockStarted", "ClockEnded"]


SINCE_2010 = Calendar.of({date(2010, 1, 1): DayReason.HOLIDAY, date(2026, 10, 1): DayReason.HOLIDAY}, "since-2010")
"""A calendar beyond which the clocks of 2007 lie."""


@pytest.mark.parametrize("batch", [1, 800])
async def test_a_clock_beyond_the_calendar_stops_no_other(living: Living, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(ticker, "BATCH", batch)
    later = f"{COUNTY}-20110307-000002-0"
    await living.hear(await living.files(), await living.files("2011-03-07", case=later))
    await living.house.shown()
    since_2010 = Ticker(living.house.context, subject(SINCE_2010))
    passed = await since_2010.tick("", moment("2011-03-15"))
    assert (passed.ticked, passed.fired, passed.beyond, passed.failed) == (2, 4, 1, 0)
    assert (since_2010.aside.beyond(""), since_2010.aside.failed("")) == (1, 0)
    assert kinds(await living.clock("correction", later))[1:] == ["ClockReminded", "ClockYellow", "ClockRed", "SilenceNoticed"]
    assert kinds(await living.clock("correction")) == ["ClockStarted"]


@pytest.mark.parametrize("batch", [1, 800])
async def test_any_other_fault_of_one_clock_stops_no_other(living: Living, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    """The first in the queue belongs to a node that is not here."""
    monkeypatch.setattr(ticker, "BATCH", batch)
    await living.hear(await living.files())
    await living.house.shown()
    stray = (number(9, STRANGER), STRANGER, moment("2007-03-01"))
    await living.house.inside.execute("insert into due_rung (clock, node, timeline, fires_at) values ('clock:' || $1, $2, '', $3)", *stray)
    passed = await living.ticker.tick("", moment("2007-03-13"))
    assert (passed.ticked, passed.fired, passed.beyond, passed.failed) == (2, 4, 0, 1)
    assert kinds(await living.clock("correction"))[1:] == ["ClockReminded", "ClockYellow", "ClockRed", "SilenceNoticed"]


async def test_a_clock_that_fails_for_ever_makes_the_passes_no_rarer(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause that doubled at every fault would leave no more than ten passes in ten seconds."""
    monkeypatch.setattr(ticker, "SETTLING", 0.0)
    monkeypatch.setattr(ticker, "TICK_SECONDS", 0.02)
    stray = (f"clock:{number(9, STRANGER)}:promised", STRANGER, moment("2007-03-01"))
    await living.house.inside.execute("insert into due_rung (clock, node, timeline, fires_at) values ($1, $2, '', $3)", *stray)
    passes: list[ticker.Ticked] = []
    tick = living.ticker.tick

    async def counted(timeline: str, now: datetime) -> ticker.Ticked:
        passes.append(await tick(timeline, now))
        return passes[-1]

    async def often() -> bool:
        return len(passes) >= 20

    monkeypatch.setattr(living.ticker, "tick", counted)
    loop = asyncio.create_task(living.ticker.keep_ticking())
    assert await ticker.within(10, often)
    loop.cancel()
    assert {(passed.ticked, passed.failed) for passed in passes} == {(1, 1)}


async def test_virtual_time_has_not_gone_on_while_a_clock_of_it_failed(living: Living) -> None:
    stray = (f"clock:{number(9, STRANGER)}:promised", STRANGER, "receipt", moment("2007-03-01"))
    await living.house.inside.execute("insert into due_rung (clock, node, timeline, fires_at) values ($1, $2, $3, $4)", *stray)
    refused = await living.advance("receipt", moment("2007-03-12"), status=503)
    assert refused.headers["Retry-After"] == "2"


async def test_a_clock_that_is_left_out_is_told_once_and_again_when_it_fails_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    aside, beyond = Aside(), {"a": OutOfCalendar("beyond"), "b": OutOfCalendar("beyond")}
    for faults in (beyond, beyond, {**beyond, "b": KeyError("b")}, {}, beyond):
        aside.took("", faults)
    lines = [line for line in capsys.readouterr().out.splitlines() if "deadline.clocks_skipped" in line]
    assert [line.split("count=")[1].split()[0] for line in lines] == ["2", "1", "2"]
    assert (aside.beyond(""), aside.failed(""), aside.beyond("receipt")) == (2, 0, 0)


async def test_the_loop_ticks_by_itself_and_survives_a_fault(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker, "SETTLING", 0.0)
    monkeypatch.setattr(ticker, "TICK_SECONDS", 0.05)
    faults = iter([OSError("the database went away")])
    tick = living.ticker.tick

    async def once_broken(timeline: str, now: object) -> ticker.Ticked:
        for fault in faults:
            raise fault
        return await tick(timeline, now)  # type: ignore[arg-type]

    monkeypatch.setattr(living.ticker, "tick", once_broken)
    await living.hear(await living.files())
    living.house.time = moment("2007-03-12T00:00") + ticker.IN_FLIGHT
    loops = Loops("deadline")
    loops.run("ticker", living.ticker.keep_ticking, pause=0.01)
    assert await ticker.within(60, lambda: spoken(living))
    await loops.stop()
    assert loops.failed == {"ticker": 1}, "it is counted, and started again"
    yellow = (await living.clock("correction"))[-1]
    assert isinstance(yellow, ClockYellow)
    assert yellow.at == moment("2007-03-12T00:00")


async def spoken(living: Living) -> bool:
    return len(await living.clock("correction")) == 3


async def test_a_rung_waits_for_what_may_still_be_on_its_way(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker, "SETTLING", 0.0)
    await living.hear(await living.files())
    living.house.time = moment("2007-03-09T00:00") + ticker.IN_FLIGHT - timedelta(milliseconds=1)
    await living.house.shown()
    loop = asyncio.create_task(living.ticker.keep_ticking())
    await asyncio.sleep(0.3)
    loop.cancel()
    assert kinds(await living.clock("correction", CASE)) == ["ClockStarted"]


async def test_a_tick_names_who_holds_the_step_at_the_instant_of_each_rung(living: Living) -> None:
    """Due by the end of 8 March, taken up by E0201 on 7 March, in the hands of E0202 from the morning of 8 March on."""
    await living.hear(await living.files())
    await living.told("StepFellDue", "2007-03-05", number=1, post="审查岗", limit_days=3)
    await living.told("StepStarted", "2007-03-07", number=1, officer="E0201")
    await living.told("StepHandedOver", "2007-03-08", number=1, officer="E0201", to="E0202")
    await living.house.shown()
    await living.ticker.tick("", moment("2007-03-09"))
    rungs = [asdict(event) for event in await living.clock("step:1")][1:]
    assert [(rung["post"], rung["officer"]) for rung in rungs] == [("审查岗", ""), ("审查岗", "E0201"), ("审查岗", "E0202")]
