"""Blocks of numbers with several processes at one site: each serial is a case's or voided, once, whoever dies; on real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from libs.database import Pool
from libs.eventlog import Subject
from libs.host import Context, Service
from libs.testkit.house import COUNTY, MONDAY, House, open_house
from libs.testkit.neighbours import Neighbour
from services.intake import ticker
from services.intake.app import CODEC, build, claims
from services.intake.events import CaseFiled, NumberEvent, NumbersLeased, NumbersVoided
from services.intake.http.numbering import Numbering
from services.intake.numbers import NUMBERS, Serials, parts
from services.intake.tests.counter import file, opened, published
from services.intake.ticker import SILENCE, Keeper, database_time

pytestmark = pytest.mark.server


def killed(database: str, process: str) -> AbstractAsyncContextManager[House]:
    """Intake over `database` by a process that does nothing at its end: it is killed."""

    def without_end(context: Context) -> Service:
        return replace(build(context), closing=())

    return open_house(without_end, database, name="intake", process=process)


def later(by: timedelta) -> Callable[[Pool], Awaitable[datetime]]:
    """The database's clock, so far on."""

    async def clock(pool: Pool) -> datetime:
        return await database_time(pool) + by

    return clock


async def turn(house: House, by: timedelta = timedelta(0)) -> None:
    """What a process of intake does every ten seconds, by a clock so far on, once its view knows what was leased."""
    await house.shown()
    await Keeper(house.context, Subject(NUMBERS, CODEC, claims=claims), later(by)).turn()


async def serial(house: House) -> int:
    """The serial of a case that is filed now."""
    return parts((await file(house))["case"])[2]


async def serials(house: House, many: int) -> list[int]:
    """The serials of so many cases, ten at a time."""
    return [one for _ in range(many // 10) for one in await asyncio.gather(*(serial(house) for _ in range(10)))]


async def voided(house: House) -> list[int]:
    """All serials that were voided, in order of the log."""
    return [serial for event in await house.all(NumbersVoided) for serial in event.serials]


async def accounted_for(house: House) -> None:
    """Every serial ever leased is a case's or voided, never both, and none twice."""
    leased = [serial for event in await house.all(NumbersLeased) for serial in range(event.first, event.last + 1)]
    used = [parts(event.case)[2] for event in await house.all(CaseFiled)] + await voided(house)
    assert sorted(used) == leased


async def open_blocks(house: House) -> int:
    """How many blocks are looked at by every turn."""
    return int(await house.inside.fetchval("select count(*) from leases where not settled"))


async def test_a_process_that_starts_voids_nothing_of_one_that_lives(database: str, catalogue: Neighbour) -> None:
    async with opened(database, process="p1") as one:
        await one.hear(await published(catalogue))
        await file(one)
        async with opened(database, process="p2") as other:
            await turn(other, SILENCE - timedelta(seconds=5))
            assert [await serial(other), await serial(one)] == [51, 2]
            assert await voided(one) == []


async def test_what_a_killed_process_left_is_voided_after_a_minute_without_a_sign_of_life(database: str, catalogue: Neighbour) -> None:
    async with killed(database, "p1") as one:
        await one.hear(await published(catalogue))
        for _ in range(3):
            await file(one)
    async with opened(database, process="p2") as other:
        await turn(other)
        assert await voided(other) == []
        for _ in range(2):
            await turn(other, SILENCE + timedelta(seconds=1))
            assert await voided(other) == list(range(4, 51))
        assert await open_blocks(other) == 0, "nobody looks again at a block that is accounted for"


async def test_what_is_used_is_asked_of_the_log_and_not_of_a_view_that_lags(database: str, catalogue: Neighbour) -> None:
    async with killed(database, "p1") as one:
        await one.hear(await published(catalogue))
        await file(one)
    async with opened(database, process="p2") as other:
        await other.shown()
        await other.inside.execute("delete from cases")
        await turn(other, SILENCE + timedelta(seconds=1))
        assert await voided(other) == list(range(2, 51))


async def test_an_orderly_stop_gives_its_block_back_at_once(database: str, catalogue: Neighbour) -> None:
    async with opened(database, process="p1") as one:
        await one.hear(await published(catalogue))
        await file(one)
    async with opened(database, process="p2") as other:
        assert await voided(other) == list(range(2, 51))
        assert await other.inside.fetch("select process from alive where process = 'p1'") == []
        assert await serial(other) == 51


async def test_a_filing_under_a_voided_serial_goes_on_under_another_and_the_clerk_sees_nothing(database: str, catalogue: Neighbour) -> None:
    async with opened(database, process="frozen") as frozen:
        await frozen.hear(await published(catalogue))
        assert await serial(frozen) == 1
        async with opened(database, process="other") as other:
            await turn(other, timedelta(seconds=70))
            assert await voided(other) == list(range(2, 51))
        assert sorted(await serials(frozen, 60)) == list(range(51, 111))
        assert await serial(frozen) == 111, "a block that was leased since is kept"


async def test_of_two_processes_one_killed_and_one_frozen_every_serial_is_a_cases_or_voided(database: str, catalogue: Neighbour) -> None:
    late = timedelta(seconds=70)
    async with killed(database, "killed") as dying, opened(database, process="frozen") as frozen:
        await dying.hear(await published(catalogue))
        await asyncio.gather(serials(dying, 70), serials(frozen, 70))
        async with opened(database, process="last") as last:
            await asyncio.gather(turn(last, late), turn(last, late), serials(frozen, 30), serial(last))
            await turn(last, late)
            await serials(frozen, 70)
    async with killed(database, "auditor") as auditor:
        await turn(auditor, late)
        await accounted_for(auditor)
        await turn(auditor)
        assert await open_blocks(auditor) == 0


async def test_a_lease_and_a_voiding_read_one_event_however_many_there_are(
    database: str, catalogue: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def counted(history: Iterable[NumberEvent]) -> Serials:
        events = list(history)
        read.append(len(events))
        return NUMBERS.fold(events)

    monkeypatch.setattr(Subject, "state", lambda subject, records: counted(subject.codec.decode(record) for record in records))
    async with opened(database, process="p1") as one:
        numbering = Numbering(one.context, Subject(NUMBERS, CODEC, claims=claims))
        for _ in range(300):
            await numbering.take(COUNTY, MONDAY.date())
        await numbering.close()
    assert read[0] == 0
    assert len(read) > 3
    assert set(read[1:]) == {1}


async def test_the_loop_gives_sign_after_sign(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker, "SIGN_SECONDS", 0.0)
    signs: list[datetime] = []
    enough = asyncio.Event()

    async def clock(pool: Pool) -> datetime:
        signs.append(await database_time(pool))
        if len(signs) == 3:
            enough.set()
        return signs[-1]

    async with opened(database, process="p1") as one:
        loop = asyncio.create_task(Keeper(one.context, Subject(NUMBERS, CODEC, claims=claims), clock).keep())
        async with asyncio.timeout(60):
            await enough.wait()
        loop.cancel()
        await asyncio.wait([loop])
        assert await one.inside.fetchval("select seen_at from alive where process = 'p1'") >= signs[1]
