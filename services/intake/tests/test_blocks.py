"""Blocks of numbers with several processes at one site: no number twice, and each serial is a case or voided, whoever dies, on real PostgreSQL."""

from __future__ import annotations

import asyncio

import pytest

from libs.testkit.house import COUNTY, House
from libs.testkit.neighbours import Neighbour
from services.intake.events import CaseFiled, NumbersLeased, NumbersVoided
from services.intake.numbers import parts
from services.intake.tests.counter import file, opened, published

pytestmark = pytest.mark.server


async def accounted(house: House) -> None:
    """Every serial is at most a case or voided, never both."""
    filed = [parts(event.case)[2] for event in await house.all(CaseFiled)]
    voided = [serial for event in await house.all(NumbersVoided) for serial in event.serials]
    assert len(filed) == len(set(filed))
    assert not set(filed) & set(voided)


async def test_a_process_that_starts_voids_nothing_of_one_that_lives(database: str, catalogue: Neighbour) -> None:
    async with opened(database, process="p1") as one:
        await one.hear(await published(catalogue))
        await file(one)
        async with opened(database, process="p2") as other, other.tasks():
            await asyncio.sleep(0.5)
            await file(other)
            await file(one)
            await accounted(one)


async def test_an_orderly_stop_gives_its_block_back_at_once(database: str, catalogue: Neighbour) -> None:
    async with opened(database, process="p1") as one:
        await one.hear(await published(catalogue))
        await file(one)
    async with opened(database, process="p2") as other:
        assert [event.serials for event in await other.all(NumbersVoided)] == [tuple(range(2, 51))]
        assert [event.process for event in await other.all(NumbersLeased)] == ["p1"]
        assert (await file(other))["case"].startswith(f"{COUNTY}-20070305-000051-")
