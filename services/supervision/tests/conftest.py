"""A running supervision, and the neighbours it hears, for tests with a database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.testkit.house import COUNTY, TOWN, House, open_house
from libs.testkit.neighbours import Neighbour
from services.supervision.app import build


@pytest.fixture
async def house(database: str, intake: Neighbour, deadline: Neighbour) -> AsyncIterator[House]:
    async with open_house(build, database, name="supervision") as opened:
        opened.neighbours |= {"intake": intake, "deadline": deadline}
        yield opened


@pytest.fixture
def intake() -> Neighbour:
    return Neighbour("intake", [COUNTY, TOWN])


@pytest.fixture
def deadline() -> Neighbour:
    return Neighbour("deadline", [COUNTY, TOWN])
