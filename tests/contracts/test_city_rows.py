"""The city's row of a case on real PostgreSQL: however the facts of a history were batched, it is the merged one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, example, settings, strategies
from hypothesis import given as whenever

from libs.database import working
from services.hub.inbox.rows import fold
from services.hub.tests.county import City, knowing_one_county
from services.hub.tests.merging import city_row
from services.hub.views import save
from services.intake.case import Command
from services.intake.tests import stories as s
from services.intake.tests.listing import CUTS, batches, records
from services.intake.tests.test_properties import told

pytestmark = pytest.mark.server
STORIES = {**s.all_stories(), "imported": s.given().when(s.imported(s.file())).history()}
CITY_STAYS = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""One city for all examples; its tables are emptied before each."""


@pytest.fixture
async def city(database: str) -> AsyncIterator[City]:
    async with knowing_one_county(database) as city:
        yield city


async def kept(city: City) -> list[dict[str, Any]]:
    return [dict(row) for row in await city.inside.fetch("select * from city_case")]


async def check_batches(city: City, history: s.Told, cuts: Iterable[int]) -> None:
    """After every batch the table's row is the merged one."""
    for table in ("city_case", "city_day", "city_count", "city_waiting"):
        await city.inside.execute(f"delete from {table}")
    events = records(history)
    so_far = []
    for begin, end in batches(history, cuts):
        so_far.append(events[begin:end])
        async with working(city.pool, "test") as connection:
            await save(connection, fold(so_far[-1]))
        assert await kept(city) == [asdict(city_row(so_far))], [type(event).__name__ for event in history[:end]]


async def test_every_story_fact_by_fact_and_at_once(city: City) -> None:
    for history in STORIES.values():
        await check_batches(city, history, cuts=())
        await check_batches(city, history, cuts=range(1, len(history)))
    assert len(await kept(city)) == 1


@CITY_STAYS
@whenever(name=strategies.sampled_from(sorted(STORIES)), cuts=CUTS)
async def test_every_story_however_it_was_cut(city: City, name: str, cuts: set[int]) -> None:
    await check_batches(city, STORIES[name], cuts)
    assert len(await kept(city)) == 1


@CITY_STAYS
@whenever(commands=told, cuts=CUTS)
@example(commands=[s.accept(), s.suspend(), s.start_step(), s.examine(), s.resume()], cuts={3, 4, 6})
@example(commands=[s.accept(), s.suspend(), s.withdraw(), s.close(), s.imported(s.resume())], cuts={3, 4, 5})
@example(commands=[s.imported(s.close()), s.imported(s.suspend()), s.imported(s.accept())], cuts={2, 3})
@example(commands=[s.refuse_acceptance(), s.close(), s.imported(s.withdraw())], cuts={1, 2, 3})
async def test_every_history_however_it_was_cut(city: City, commands: list[Command], cuts: set[int]) -> None:
    await check_batches(city, s.went_on(commands, s.SITE_VISIT, s.REVIEW, s.SIGN), cuts)
    assert len(await kept(city)) == 1
