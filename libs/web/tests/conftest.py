"""Faults made on purpose are not printed: without `telemetry.setup` structlog would draw each with all its variables, for seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from structlog.testing import capture_logs

from libs.web.tests.strict_door import Door


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """An application with one route for every way in which a request is read."""
    made = Door()
    yield made
    await made.http.aclose()
