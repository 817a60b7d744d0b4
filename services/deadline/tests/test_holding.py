"""A machine whose time jumps: nothing speaks, readiness is red and `status` says why, until the operator's word; on real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from libs.host import NeedsTheOperator
from libs.testkit.house import COUNTY, MONDAY, open_house
from libs.testkit.neighbours import moment
from services.deadline import ticker
from services.deadline.app import build
from services.deadline.tests.living import Living
from services.deadline.tests.stories import kinds

pytestmark = pytest.mark.server
YEAR = timedelta(days=366)
SILENT = ["ClockStarted", "ClockReminded", "ClockYellow", "ClockRed", "SilenceNoticed"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ticker begins at once and does not wait between its passes."""
    monkeypatch.setattr(ticker, "SETTLING", 0.0)
    monkeypatch.setattr(ticker, "TICK_SECONDS", 0.02)


@asynccontextmanager
async def starting(database: str, process: str, now: datetime = MONDAY) -> AsyncIterator[Living]:
    """A process of the service that ticks, from its start to its end."""
    async with open_house(build, database, name="deadline", process=process, now=now) as house, house.tasks():
        yield Living(house)


async def passes() -> None:
    """Time enough for some passes of the ticker."""
    await asyncio.sleep(0.5)


async def doubt(living: Living) -> str:
    """What `status` says of the machine's time."""
    found = await living.house.service.status["time_in_doubt"]()
    assert isinstance(found, str)
    return found


async def spoken(living: Living) -> bool:
    return kinds(await living.clock("correction")) == SILENT


async def filed(living: Living) -> None:
    """A case whose correction clock has something to say from 9 March on; some passes go by."""
    await living.hear(await living.files())
    await living.house.shown()
    await passes()


@pytest.mark.parametrize("jump", [YEAR, timedelta(hours=9 * 24)])
async def test_a_machine_that_jumps_ahead_makes_no_clock_speak(living: Living, jump: timedelta) -> None:
    async with living.house.tasks():
        await filed(living)
        living.house.time += jump
        await passes()
    assert kinds(await living.clock("correction")) == ["ClockStarted"]


async def test_a_machine_that_was_away_for_more_than_sixty_days_makes_no_clock_speak_at_its_start(database: str) -> None:
    async with starting(database, "p1") as living:
        await filed(living)
    async with starting(database, "p2", MONDAY + timedelta(days=61)) as living:
        await passes()
        assert kinds(await living.clock("correction")) == ["ClockStarted"]
        assert "距上一次计时超过 60 天" in await doubt(living)


async def test_a_machine_that_was_away_for_sixty_days_says_what_it_missed(database: str) -> None:
    async with starting(database, "p1") as living:
        await filed(living)
    async with starting(database, "p2", MONDAY + timedelta(days=59)) as living:
        assert await ticker.within(10, lambda: spoken(living))
        assert await doubt(living) == ""


@pytest.mark.parametrize(("jump", "why"), [(YEAR, "机器时间向前跳了一小时以上"), (-YEAR, "机器时间倒退了一小时以上")])
async def test_readiness_is_red_and_status_says_why_and_what_to_do(living: Living, jump: timedelta, why: str) -> None:
    (need,) = living.house.service.needs
    async with living.house.tasks():
        await filed(living)
        await need()
        assert await doubt(living) == ""
        living.house.time += jump
        await passes()
        with pytest.raises(NeedsTheOperator, match=why):
            await need()
        then = (MONDAY + jump + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
        told = f"{why}（{then}），上一次计时是 2007-03-05 10:00；时限暂不提醒、不发牌，核对机器时间后运行 liandong clock confirm {COUNTY}"
        assert await doubt(living) == told


async def test_the_hold_survives_a_restart_and_a_clock_set_right_until_the_operator_has_confirmed(database: str) -> None:
    async with starting(database, "p1") as living:
        await filed(living)
        living.house.time += YEAR
        await passes()
    async with starting(database, "p2", moment("2007-03-13T10:00")) as living:
        await passes()
        assert kinds(await living.clock("correction")) == ["ClockStarted"]
        assert "向前跳" in await doubt(living)
        said = await living.house.post("/deadline/time/confirm", by="operator")
        assert (said["site"], said["confirmed"], datetime.fromisoformat(said["now"])) == (COUNTY, True, living.house.time)
        assert await ticker.within(10, lambda: spoken(living))
        assert await doubt(living) == ""
        (need,) = living.house.service.needs
        await need()
    async with starting(database, "p3", moment("2007-03-14T10:00")) as living:
        await passes()
        assert await doubt(living) == "", "the word of the operator is kept too"


async def test_the_word_is_the_operators_and_changes_nothing_where_nothing_is_in_doubt(living: Living) -> None:
    for by in ("clerk", "stranger"):
        await living.house.post("/deadline/time/confirm", by=by, status=403)
    async with living.house.tasks():
        await filed(living)
        assert (await living.house.post("/deadline/time/confirm", by="operator"))["confirmed"] is False


async def test_who_confirmed_is_kept(living: Living) -> None:
    async with living.house.tasks():
        await filed(living)
        living.house.time += YEAR
        await passes()
        await living.house.post("/deadline/time/confirm", by="operator")
    row = await living.house.inside.fetchrow("select site, at, doubt, confirmed_by, confirmed_at from last_tick")
    assert row is not None
    assert (row["site"], row["doubt"], row["confirmed_by"], row["confirmed_at"]) == (COUNTY, "", "operator-1", living.house.time)


async def test_virtual_time_goes_on_while_the_machines_time_is_in_doubt(living: Living) -> None:
    instants = {"timeline": "receipt", "promised": moment("2007-03-11"), "statutory": None}
    fact = await living.files(imported=True, instants=instants)
    async with living.house.tasks():
        await passes()
        living.house.time += YEAR
        await passes()
        assert await doubt(living) != ""
        await living.hear(fact)
        assert await living.advance("receipt", moment("2007-03-11"), fact) == {"ticked": 1, "fired": 2, "beyond": 0}
