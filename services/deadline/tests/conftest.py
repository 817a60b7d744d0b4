"""A running deadline service, for tests with a database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.testkit.house import open_house
from services.deadline.app import build
from services.deadline.tests.living import Living


@pytest.fixture
async def living(database: str) -> AsyncIterator[Living]:
    async with open_house(build, database, name="deadline") as house:
        yield Living(house)
