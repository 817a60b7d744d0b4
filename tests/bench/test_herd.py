"""The herd that is measured is a herd: every clock of it speaks once, and somebody was answered meanwhile."""

from __future__ import annotations

import pytest

from tests.bench.herd import herd

pytestmark = pytest.mark.server


async def test_every_clock_of_the_herd_speaks_once(database: str) -> None:
    found = await herd(database, 240, quiet_requests=3)
    assert (found.clocks, found.fired, found.twice) == (240, 240, 0)
    assert min(found.seconds, found.quiet_ms, found.meanwhile_ms) > 0
