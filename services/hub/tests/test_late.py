"""What comes late in one piece is shown page by page, and a node is judged by its own checkpoints."""

from __future__ import annotations

from datetime import timedelta

import pytest

from libs.testkit.house import COUNTY, TOWN
from services.hub.tests.county import AT, CODES, City, carried, feed, filed, word
from services.hub.views import city as city_views

pytestmark = pytest.mark.server


async def test_a_days_backlog_verified_by_one_checkpoint_is_shown_in_pages_and_starves_nobody(city: City) -> None:
    events = await feed(*(filed(f"c{n:04d}") for n in range(2500)))
    town = await feed(filed("t1"), node=TOWN)
    for start in range(0, 2500, 500):
        await city.take(*map(carried, events[start : start + 500]))
    await city.take(word(1, events[-1]), carried(town[0]), word(1, town[0], node=TOWN))
    numbers = await city.numbers()
    assert "t1" in numbers
    assert len(numbers) <= 1001, "one transaction showed more than a page"
    async with city.house.tasks():
        answer = await city.get("/wait", source=events[-1].source, sequence=2500, timeout=60)
        assert answer["reached"]
    assert len(await city.numbers()) == 2501
    assert (await city.get("/verify"))["faults"] == []


async def test_a_busy_hall_does_not_make_its_quiet_township_silent(city: City) -> None:
    """Each node by its own checkpoints; the link seals every node every 30 seconds, busy or not."""
    events = await feed(filed("c1"), filed("c2"))
    await city.take(word(1, node=TOWN), carried(events[0]), word(1, events[0]))
    city.house.time += timedelta(seconds=80)
    await city.take(word(2, node=TOWN), carried(events[1]), word(2, events[1]))
    states = {n["code"]: n["state"] for n in await city_views.nodes(city.inside, CODES, AT + timedelta(seconds=160))}
    assert (states[COUNTY], states[TOWN]) == ("live", "live")
    states = {n["code"]: n["state"] for n in await city_views.nodes(city.inside, CODES, AT + timedelta(seconds=171))}
    assert (states[COUNTY], states[TOWN]) == ("silent", "silent")
