"""What the view shows, whatever comes together in one batch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from libs.testkit.house import COUNTY, TOWN, House
from services.catalogue import views
from services.catalogue.app import subjects
from services.catalogue.item import stream
from services.catalogue.procedure import stream as procedure_stream
from services.catalogue.tests.stories import TODAY, publish, register

pytestmark = pytest.mark.server
ITEMS, _, PROCEDURES = subjects()


async def says(house: House, node: str, *names: str) -> None:
    for name in names:
        await house.logs.of(node).append(ITEMS.intent(stream("511A"), register(name=name), actor="E0001"))


async def test_the_last_word_on_an_item_stands_even_within_one_batch(house: House) -> None:
    await says(house, COUNTY, "一", "二", "三")
    await house.shown()
    assert [row["name"] for row in await views.items(house.inside, COUNTY, "", "", 10)] == ["三"]
    await says(house, COUNTY, "一")
    await house.shown()
    assert [row["name"] for row in await views.items(house.inside, COUNTY, "", "", 10)] == ["一"]


async def test_every_node_has_its_own_items(house: House) -> None:
    await says(house, COUNTY, "县")
    await says(house, TOWN, "镇")
    await house.shown()
    assert [row["name"] for row in await views.items(house.inside, TOWN, "", "", 10)] == ["镇"]
    assert await views.counts(house.inside, COUNTY) == {"items": 1, "with_agency": 0}


async def test_of_versions_in_force_the_one_begun_last_is_shown_of_these_the_last_published(house: House) -> None:
    days = [TODAY, TODAY.replace(month=12), TODAY.replace(month=12), TODAY]
    for promised, day in enumerate(days, 5):
        command = replace(publish(effective=day), promised_days=promised)
        await house.logs.of(COUNTY).append(PROCEDURES.intent(procedure_stream("511A"), command, actor="E0001"))
    await house.shown()
    for day, version in ((TODAY, 4), (TODAY.replace(month=12), 3)):
        assert [row["version"] for row in await views.in_force(house.inside, COUNTY, day, "", 10)] == [version]
    assert await views.in_force(house.inside, COUNTY, TODAY.replace(day=1), "", 10) == []
