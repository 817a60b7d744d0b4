"""A city that knows one county."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.database import open_pool, prepare
from libs.host import Node, Site
from libs.wire import public_of
from services.hub.app import register
from services.hub.tests.county import COUNTY, KEY, TOWN, City


@pytest.fixture
async def city(database: str) -> AsyncIterator[City]:
    pool = await open_pool(await prepare(database, "hub"), "hub")
    key, public = public_of(KEY)
    nodes = [{"code": COUNTY, "name": "高县", "parent": "511500"}, {"code": TOWN, "name": "文江镇", "parent": COUNTY}]
    site = Site("511500", (Node("511500", "宜宾", ""),))
    told = {"sites": [{"site": COUNTY, "key": key, "public_key": public, "address": "http://county", "nodes": nodes}]}
    await register(pool, site, told)
    await register(pool, site, told)
    yield City(pool)
    await pool.close()
