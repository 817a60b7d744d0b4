"""What tests of the bus share: a service that listens."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.bus.tests.listening import NODE, Listener
from libs.database import open_pool, prepare
from libs.eventlog import PgLogs


@pytest.fixture
async def listener(database: str) -> AsyncIterator[Listener]:
    url = await prepare(database, "deadline")
    owner = await open_pool(database, "deadline")
    await owner.execute("create table heard (id bigint generated always as identity, text text, number integer, at timestamptz)")
    await owner.close()
    pool = await open_pool(url, "deadline")
    logs = PgLogs(pool, "deadline", [NODE])
    await logs.open()
    yield Listener(pool, logs, [])
    await pool.close()
