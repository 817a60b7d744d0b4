"""Views pause between their turns (`libs/turns.py`), and never while somebody waits."""

from __future__ import annotations

import pytest

from libs.views import Projector
from libs.views.tests.test_projector import Shows, following, logging, put

pytestmark = pytest.mark.server


async def test_a_reader_cuts_the_pause_between_turns_short(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.views.projector.FLOOR_SECONDS", (3600.0, 3600.0))
    monkeypatch.setattr("libs.views.projector.POLL_SECONDS", 3600.0)
    shows = Shows("shows")
    async with logging(database, shows) as (logs, pool):
        projector = Projector(pool, [shows.view])
        logs.woken.append(projector.wake)
        async with following(projector):
            for n in range(3):
                last = await put(logs, f"case:{n}")
                assert await projector.wait("shows", last, 30.0), "a page that waits gets its answer at once"
