"""Faults made on purpose are not printed: without `telemetry.setup` structlog would draw each with all its variables, for seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield
