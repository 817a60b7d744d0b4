"""A running deadline service, for tests with a database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.deadline.tests.house import House, running


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with running(database) as opened:
        yield opened
