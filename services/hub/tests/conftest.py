"""A city that knows one county."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.database import open_pool, prepare
from libs.eventlog import PgLogs
from libs.wire import public_of
from services.hub.inbox.registering import register
from services.hub.tests.county import AT, COUNTY, KEY, TOWN, City


@pytest.fixture
async def city(database: str) -> AsyncIterator[City]:
    pool = await open_pool(await prepare(database, "hub"), "hub")
    key, public = public_of(KEY)
    nodes = [{"code": COUNTY, "name": "高县", "parent": "511500"}, {"code": TOWN, "name": "文江镇", "parent": COUNTY}]
    told = {"sites": [{"site": COUNTY, "key": key, "public_key": public, "address": "http://county", "nodes": nodes}]}
    logs = PgLogs(pool, "hub", ["511500"])
    await logs.open()
    for _ in range(2):
        await register(logs.of("511500"), pool, lambda: AT, told)
    yield City(pool)
    await pool.close()
