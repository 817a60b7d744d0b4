"""A city that knows one county."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.hub.tests.county import City, knowing_one_county


@pytest.fixture
async def city(database: str) -> AsyncIterator[City]:
    async with knowing_one_county(database) as city:
        yield city
