"""Both stores under one suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from libs.database import open_pool, prepare
from libs.eventlog import Logs, MemoryLogs, PgLogs

MakeLogs = Callable[[], Awaitable[Logs]]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.server)])
async def logs(request: pytest.FixtureRequest) -> AsyncIterator[Logs]:
    """The logs of a service `intake` at two nodes."""
    if request.param == "memory":
        yield MemoryLogs("intake", ["511525", "511525100"])
        return
    url = await prepare(request.getfixturevalue("database"), "intake")
    pool = await open_pool(url, "intake")
    made = PgLogs(pool, "intake", ["511525", "511525100"])
    await made.open()
    yield made
    await pool.close()
