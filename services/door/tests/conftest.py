"""The door's database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.database import Pool, open_pool, prepare, service_url


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    """As the door's own role."""
    await prepare(database, "door")
    made = await open_pool(service_url(database, "door"), "door")
    yield made
    await made.close()
