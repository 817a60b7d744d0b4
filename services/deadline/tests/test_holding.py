"""A machine whose time jumps: nothing speaks, readiness is red and `status` says why, until the operator's word; on real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from libs.testkit.house import open_house
from services.deadline import ticker
from services.deadline.app import build
from services.deadline.tests.living import Living
from services.deadline.tests.stories import kinds

pytestmark = pytest.mark.server
YEAR = timedelta(days=366)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ticker begins at once and does not wait between its passes."""
    monkeypatch.setattr(ticker, "SETTLING", 0.0)
    monkeypatch.setattr(ticker, "TICK_SECONDS", 0.02)


async def passes() -> None:
    """Time enough for some passes of the ticker."""
    await asyncio.sleep(0.5)


@pytest.mark.parametrize("jump", [YEAR, timedelta(hours=9 * 24)])
async def test_a_machine_that_jumps_ahead_makes_no_clock_speak(living: Living, jump: timedelta) -> None:
    await living.hear(await living.files())
    await living.house.shown()
    async with living.house.tasks():
        await passes()
        living.house.time += jump
        await passes()
    assert kinds(await living.clock("correction")) == ["ClockStarted"]


async def test_a_machine_that_was_away_for_more_than_sixty_days_makes_no_clock_speak_at_its_start(database: str) -> None:
    async with open_house(build, database, name="deadline") as house:
        living = Living(house)
        await living.hear(await living.files())
        async with house.tasks():
            await passes()
        then = house.time
    async with open_house(build, database, name="deadline", process="p2", now=then + timedelta(days=61)) as house:
        async with house.tasks():
            await passes()
        assert kinds(await Living(house).clock("correction")) == ["ClockStarted"]
