"""Views pause between their turns, long behind a few events, and never while somebody waits."""

from __future__ import annotations

import pytest

from libs.views import Projector
from libs.views.projector import floor
from libs.views.tests.test_projector import Shows, following, logging, put

pytestmark = pytest.mark.server


async def test_a_reader_cuts_the_pause_between_turns_short(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.views.projector.FLOOR_SECONDS", 3600.0)
    monkeypatch.setattr("libs.views.projector.LONG_FLOOR_SECONDS", 3600.0)
    monkeypatch.setattr("libs.views.projector.POLL_SECONDS", 3600.0)
    shows = Shows("shows")
    async with logging(database, shows) as (logs, pool):
        projector = Projector(pool, [shows.view])
        logs.woken.append(projector.wake)
        async with following(projector):
            for n in range(3):
                last = await put(logs, f"case:{n}")
                assert await projector.wait("shows", last, 30.0), "a page that waits gets its answer at once"


@pytest.mark.parametrize(
    ("passed", "gathered", "seconds"),
    [(0, 5.0, 0.02), (1, 0.02, 0.1), (25, 0.1, 0.1), (25, 0.02, 0.04), (100, 0.1, 0.05), (300, 0.1, 0.02), (1000, 0.0, 0.02)],
)
def test_the_pause_lasts_until_there_is_enough_for_a_turn(passed: int, gathered: float, seconds: float) -> None:
    assert floor(passed, gathered) == pytest.approx(seconds)
