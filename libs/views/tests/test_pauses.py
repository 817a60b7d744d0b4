"""Views pause between their turns, long behind a few events, and never while somebody waits."""

from __future__ import annotations

import asyncio

import pytest

from libs.views import Projector
from libs.views.tests.test_projector import NODE, Shows, following, logging, put

pytestmark = pytest.mark.server


async def reached(projector: Projector, sequence: int) -> bool:
    """Whether the view comes to an event, though nobody waits for it."""
    end = asyncio.get_running_loop().time() + 30.0
    while projector.positions.reached(projector.views[0].name, f"urn:liandong:{NODE}:intake") < (1, sequence):
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.02)
    return True


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


async def test_the_pause_is_long_behind_a_few_events_alone(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.views.projector.LONG_FLOOR_SECONDS", 3600.0)
    monkeypatch.setattr("libs.views.projector.MANY", 5)
    shows = Shows("shows")
    async with logging(database, shows) as (logs, pool):
        projector = Projector(pool, [shows.view], logs.ring)
        logs.woken.append(projector.wake)
        await put(logs, *(f"case:{n}" for n in range(5)))
        async with following(projector):
            assert await reached(projector, 5), "it has come to many"
            await put(logs, "case:5")
            assert await reached(projector, 6), "and looks again soon"
            last = await put(logs, "case:6")
            await asyncio.sleep(0.2)
            assert projector.positions.reached("shows", last.source) == (1, 6), "those were few"
            assert await projector.wait("shows", last, 30.0), "but nobody who asks is kept waiting"
