"""Views follow their service's log in turns: together in one transaction, each stopped by its own fault alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from libs.database import Connection, Pool, open_pool, prepare
from libs.eventlog import Consequence, Intent, New, PgLogs
from libs.views import Logged, Projector, View
from libs.views.positions import Positions
from libs.wire import Malformed, Position

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, tzinfo=UTC)
NODE = "511525"
SAID, OTHER = "liandong.intake.Said.v1", "liandong.intake.Other.v1"


def said(subject: str, kind: str = SAID, data: bytes = b"{}") -> Intent:
    consequence = Consequence([New(kind, data, AT)])
    return Intent(subject=subject, decide=lambda _stream: consequence, actor="C0117")


class Shows:
    """A view that keeps the subjects it was given in a table of its own, and cannot show what is in `bad`."""

    def __init__(self, name: str, *bad: str, types: frozenset[str] = frozenset({SAID})) -> None:
        self.name, self.bad, self.types = name, set(bad), types
        self.batches: list[int] = []

    @property
    def view(self) -> View:
        return View(self.name, self.apply, self.types)

    async def apply(self, connection: Connection, events: Sequence[Logged]) -> None:
        self.batches.append(await connection.fetchval("select pg_current_xact_id()::text::bigint"))
        await connection.execute(f"insert into {self.name} select * from unnest($1::text[])", [event.subject for event in events])
        if wrong := [event.subject for event in events if event.subject in self.bad]:
            raise Malformed(f"{wrong[0]} 的内容不合格式")


@asynccontextmanager
async def logging(database: str, *shows: Shows) -> AsyncIterator[tuple[PgLogs, Pool]]:
    """A service with a log and a table per view."""
    pool = await open_pool(await prepare(database, "intake"), "intake")
    owner = await asyncpg.connect(database)
    for show in shows:
        await owner.execute(f"create table intake.{show.name} (subject text not null)")
    await owner.close()
    logs = PgLogs(pool, "intake", [NODE])
    await logs.open()
    try:
        yield logs, pool
    finally:
        await pool.close()


@asynccontextmanager
async def following(projector: Projector) -> AsyncIterator[None]:
    task = asyncio.create_task(projector.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def put(logs: PgLogs, *subjects: str, kind: str = SAID) -> Position:
    for subject in subjects:
        done = await logs.of(NODE).append(said(subject, kind))
    return done.position


async def shown(pool: Pool, show: Shows) -> list[str]:
    return [row["subject"] for row in await pool.fetch(f"select subject from {show.name}")]


async def kept(pool: Pool) -> dict[str, int]:
    return {row["view"]: row["sequence"] for row in await pool.fetch("select view, sequence from view_position")}


async def test_a_view_that_cannot_show_an_event_stops_itself_alone(database: str) -> None:
    good, bad = Shows("good"), Shows("bad", "case:3")
    async with logging(database, good, bad) as (logs, pool):
        projector = Projector(pool, [bad.view, good.view])
        last = await put(logs, *(f"case:{n}" for n in range(1, 6)))
        async with following(projector):
            assert await projector.wait("good", last, 30.0)
            later = await put(logs, "case:6")
            assert await projector.wait("good", later, 30.0), "it goes on beside the one that stands"
        assert await shown(pool, good) == [f"case:{n}" for n in range(1, 7)]
        assert await shown(pool, bad) == ["case:1", "case:2"], "what comes before the event is shown, and nothing of it twice"
        stands = projector.stopped["bad"]
        assert (stands.source, stands.epoch, stands.sequence) == (last.source, 1, 3)
        assert "case:3 的内容不合格式" in stands.because
        with pytest.raises(Exception, match="bad"):
            await projector.well()


async def test_who_waits_for_a_stopped_view_is_told_at_once(database: str) -> None:
    bad = Shows("bad", "case:1")
    async with logging(database, bad) as (logs, pool):
        projector = Projector(pool, [bad.view])
        last = await put(logs, "case:1")
        async with following(projector):
            assert await projector.wait("bad", last, 3600.0) is False, "as soon as it stops"
            assert await projector.wait("bad", last, 3600.0) is False, "and when it has stopped already"


async def test_a_stopped_view_still_shows_what_it_has_reached(database: str) -> None:
    bad = Shows("bad", "case:2")
    async with logging(database, bad) as (logs, pool):
        projector = Projector(pool, [bad.view])
        first = await put(logs, "case:1")
        last = await put(logs, "case:2")
        async with following(projector):
            assert await projector.wait("bad", last, 3600.0) is False
            assert await projector.wait("bad", first, 3600.0) is True


async def test_a_stopped_view_goes_on_by_itself_with_code_that_can(database: str) -> None:
    shows, mended = Shows("shows", "case:2"), Shows("shows")
    async with logging(database, shows) as (logs, pool):
        last = await put(logs, "case:1", "case:2", "case:3")
        projector = Projector(pool, [shows.view])
        async with following(projector):
            assert await projector.wait("shows", last, 3600.0) is False
        projector = Projector(pool, [mended.view])
        async with following(projector):
            assert await projector.wait("shows", last, 30.0)
            await projector.well()
        assert await shown(pool, shows) == ["case:1", "case:2", "case:3"]


async def test_all_views_are_moved_in_one_transaction(database: str) -> None:
    one, two = Shows("one"), Shows("two")
    async with logging(database, one, two) as (logs, pool):
        last = await put(logs, "case:1", "case:2", "case:3")
        projector = Projector(pool, [one.view, two.view])
        async with following(projector):
            assert await projector.wait("one", last, 30.0)
            assert await projector.wait("two", last, 30.0)
        assert one.batches == two.batches
        assert len(one.batches) == 1


async def test_a_batch_that_shows_nothing_writes_nothing_until_it_is_saved(database: str) -> None:
    shows = Shows("shows")
    async with logging(database, shows) as (logs, pool):
        await put(logs, "case:1")
        projector = Projector(pool, [shows.view])
        async with following(projector):
            other = await put(logs, "note:1", "note:2", kind=OTHER)
            assert await projector.wait("shows", other, 30.0)
            await put(logs, "note:3", kind=OTHER)
        assert shows.batches, "it was given what it shows"
        assert await shown(pool, shows) == ["case:1"]
        before = await kept(pool)
        assert before["shows"] < other.sequence
        await projector.save()
        assert (await kept(pool))["shows"] >= other.sequence


async def test_what_was_saved_late_is_shown_once_after_a_restart(database: str) -> None:
    shows = Shows("shows")
    async with logging(database, shows) as (logs, pool):
        for _ in range(2):
            last = await put(logs, "case:1", "case:2")
            other = await put(logs, "note:1", kind=OTHER)
            projector = Projector(pool, [shows.view])
            async with following(projector):
                assert await projector.wait("shows", other, 30.0)
        assert last.sequence == 5
        assert sorted(await shown(pool, shows)) == ["case:1", "case:1", "case:2", "case:2"]


async def test_a_database_that_is_away_stops_no_view(database: str) -> None:
    away = iter([ConnectionRefusedError("away")])

    class Away(Shows):
        async def apply(self, connection: Connection, events: Sequence[Logged]) -> None:
            for error in away:
                raise error
            await super().apply(connection, events)

    shows = Away("shows")
    async with logging(database, shows) as (logs, pool):
        last = await put(logs, "case:1")
        projector = Projector(pool, [shows.view])
        with pytest.raises(ConnectionRefusedError):
            await projector.run()
        assert projector.stopped == {}
        async with following(projector):
            assert await projector.wait("shows", last, 30.0)


async def test_nobody_waits_for_a_view_that_is_not_there(database: str) -> None:
    async with logging(database) as (_logs, pool):
        projector: Any = Projector(pool, [Shows("shows").view])
        with pytest.raises(KeyError):
            await projector.wait("cases", Position("urn:liandong:511525:intake", 1, 1, ""))


async def test_two_processes_show_every_event_once(database: str) -> None:
    shows = Shows("shows")
    async with logging(database, shows) as (logs, pool):
        one, two = Projector(pool, [shows.view]), Projector(pool, [shows.view])
        async with following(one), following(two):
            for n in range(20):
                last = await put(logs, f"case:{n}")
                for projector in (one, two):
                    projector.wake()
            assert await one.wait("shows", last, 30.0)
            assert await two.wait("shows", last, 30.0)
        assert sorted(await shown(pool, shows)) == sorted(f"case:{n}" for n in range(20))


async def test_who_waits_before_the_positions_are_known_is_told_of_what_another_process_showed(database: str) -> None:
    shows = Shows("first")
    async with logging(database, shows) as (logs, pool):
        one, other = Projector(pool, [shows.view]), Projector(pool, [shows.view])
        position = await put(logs, "a")
        async with following(one):
            assert await one.wait("first", position, 30)
            waiting = asyncio.create_task(other.wait("first", position, 30))
            await asyncio.sleep(0)
            async with following(other):
                assert await waiting


async def test_a_type_of_a_later_version_is_not_passed_over(database: str) -> None:
    shows = Shows("shows")
    async with logging(database, shows) as (logs, pool):
        await put(logs, "case:1")
        later = await put(logs, "case:1b", kind="liandong.intake.Said.v2")
        projector = Projector(pool, [View("shows", shows.apply, frozenset({SAID}), frozenset({SAID, OTHER}))])
        async with following(projector):
            assert await projector.wait("shows", later, 3600.0) is False
        assert projector.stopped["shows"].because.endswith("liandong.intake.Said.v2 比本版本新")


async def test_a_view_that_was_added_later_keeps_none_waiting(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.views.projector.PAGE", 2)
    old, new = Shows("old"), Shows("new")
    async with logging(database, old, new) as (logs, pool):
        await put(logs, *(f"case:{n}" for n in range(120)))
        projector = Projector(pool, [old.view])
        async with following(projector):
            last = await put(logs, "case:120")
            assert await projector.wait("old", last, 30.0)
        old.batches.clear()
        last = await put(logs, "case:121")
        projector = Projector(pool, [new.view, old.view])
        async with following(projector):
            assert await projector.wait("new", last, 30.0)
        assert len(old.batches) == 1, "it had one turn for the one event, not one for each page of the other"
        assert [len(await shown(pool, show)) for show in (old, new)] == [122, 122]


async def test_what_moves_while_positions_are_saved_is_saved_after_them(database: str) -> None:
    async with logging(database, Shows("shows")) as (logs, pool):
        await put(logs, "note:1", "note:2", kind=OTHER)
        one, two = await logs.of(NODE).feed()
        positions = Positions(["shows"])
        await positions.load(pool)
        positions.move("shows", [one], saved=False)
        async with pool.acquire() as connection, connection.transaction():
            await positions.lock(connection, ["shows"], [])
            saving = asyncio.create_task(positions.save(pool))
            await asyncio.sleep(0)
            positions.move("shows", [two], saved=False)
        await saving
        await positions.save(pool)
        assert await kept(pool) == {"shows": 2}
