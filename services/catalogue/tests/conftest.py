"""A running catalogue, for tests with a database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.testkit.house import House, open_house
from services.catalogue.app import build


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with open_house(build, database, name="catalogue") as opened:
        yield opened
