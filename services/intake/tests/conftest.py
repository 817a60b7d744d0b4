"""A running intake with one procedure heard, for tests over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.testkit.house import House
from libs.testkit.neighbours import Neighbour
from services.intake.tests.counter import catalogue_says, opened, published


@pytest.fixture
def catalogue() -> Neighbour:
    """The catalogue of the county and its township."""
    return catalogue_says()


@pytest.fixture
async def house(database: str, catalogue: Neighbour) -> AsyncIterator[House]:
    """On Monday, 5 March 2007, 10 o'clock in Yibin."""
    async with opened(database) as running:
        await running.hear(await published(catalogue))
        yield running
