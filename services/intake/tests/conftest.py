"""A running intake with one procedure heard, for tests over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.intake.tests.house import House, published, running


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    """On Monday, 5 March 2007, 10 o'clock in Yibin."""
    async with running(database) as opened:
        await opened.hear(published())
        yield opened
