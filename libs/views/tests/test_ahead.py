"""A view that catches up reads ahead: every event is shown once and in order, and nothing is left behind by one that ends."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count

import pytest

from libs.database import Connection
from libs.eventlog import Done, PgLogs
from libs.views import Logged, Projector
from libs.views.ahead import ReadAhead
from libs.views.tests.test_projector import NODE, Shows, following, logging, put, said, shown
from libs.wire import Position

pytestmark = pytest.mark.server


async def filled(logs: PgLogs) -> Position:
    """A log of six pages, of which each has as many events as a feed gives at least."""
    done = await logs.of(NODE).append_all([said(f"case:{n}") for n in range(300)])
    return max((one.position for one in done if isinstance(one, Done)), key=lambda position: position.sequence)


async def test_what_is_read_ahead_is_shown_once_whoever_shows_it(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.views.projector.PAGE", 10)
    shows = Shows("shows")
    async with logging(database, shows) as (logs, pool):
        last = await filled(logs)
        one, two = Projector(pool, [shows.view]), Projector(pool, [shows.view])
        async with following(one), following(two):
            assert await one.wait("shows", last, 30.0)
            assert await two.wait("shows", last, 30.0)
        assert await shown(pool, shows) == [f"case:{n}" for n in range(300)]


async def test_a_view_that_ends_while_it_catches_up_leaves_nothing_running(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.views.projector.PAGE", 10)
    turns = count(1)

    class Looks(Shows):
        async def apply(self, connection: Connection, events: Sequence[Logged]) -> None:
            if next(turns) == 3:
                raise ConnectionRefusedError("away")
            await super().apply(connection, events)

    shows = Looks("shows")
    async with logging(database, shows) as (logs, pool):
        last = await filled(logs)
        projector = Projector(pool, [shows.view])
        with pytest.raises(ConnectionRefusedError):
            await projector.run()
        assert "read ahead" not in [task.get_name() for task in asyncio.all_tasks()]
        async with following(projector):
            assert await projector.wait("shows", last, 30.0)
        assert await shown(pool, shows) == [f"case:{n}" for n in range(300)]


async def test_what_came_while_the_last_full_page_was_shown_is_there(database: str) -> None:
    async with logging(database) as (logs, pool):
        pages = ReadAhead(pool, ["shows"], None)
        last = await put(logs, *(f"case:{n}" for n in range(10)))
        assert len(await pages.next("shows", {}, 10)) == 10
        await asyncio.wait([task for task in asyncio.all_tasks() if task.get_name() == "read ahead"])
        await put(logs, "case:10")
        found = await pages.next("shows", {last.source: (1, last.sequence)}, 10)
        assert [event.subject for event in found] == ["case:10"], "what was read ahead was the end of the log, and is none any more"
        await pages.close()
