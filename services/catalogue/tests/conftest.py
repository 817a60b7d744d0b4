"""A house for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.catalogue.tests.house import House, open_house


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with open_house(database) as opened:
        yield opened
