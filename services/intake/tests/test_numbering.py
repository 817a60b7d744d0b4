"""Case numbers given out by a process, over the log in memory: leased when needed, each once, those not used again first."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from libs.eventlog import MemoryLogs, Subject
from libs.host import Context
from libs.testkit.house import COUNTY, MONDAY, SITE, TOWN
from services.intake.app import CODEC
from services.intake.events import NumbersLeased
from services.intake.http.numbering import Numbering
from services.intake.numbers import LAST, NUMBERS, LeaseNumbers, parts, stream

DAY = date(2007, 3, 5)


class Office:
    """Some processes over one log."""

    def __init__(self) -> None:
        self.logs = MemoryLogs("intake", [COUNTY, TOWN], now=lambda: MONDAY)
        self.serials = Subject(NUMBERS, CODEC)

    def process(self, name: str) -> Numbering:
        nothing = cast(Any, None)
        context = Context(site=SITE, logs=self.logs, pool=nothing, now=lambda: MONDAY, current=nothing, process=name)
        return Numbering(context, self.serials)

    async def leased(self, node: str = COUNTY, year: int = 2007) -> list[tuple[str, int, int]]:
        events = [CODEC.decode(event) for event in await self.logs.of(node).stream(stream(year))]
        return [(event.process, event.first, event.last) for event in events if isinstance(event, NumbersLeased)]

    async def use_up(self, year: int, left: int) -> None:
        """All serials of a year but the last ones are somebody's."""
        command = LeaseNumbers(year=year, size=LAST - left, process="before", at=datetime(year, 1, 1, tzinfo=UTC))
        await self.logs.of(COUNTY).append(self.serials.intent(stream(year), command, actor="system:intake"))


async def test_hundred_at_once_have_hundred_numbers() -> None:
    office = Office()
    process = office.process("p1")
    taken = await asyncio.gather(*(process.take(COUNTY, DAY) for _ in range(100)))
    assert sorted(parts(case)[2] for case in taken) == list(range(1, 101))
    assert await office.leased() == [("p1", 1, 50), ("p1", 51, 150)], "a block used up at once is followed by a larger one"


async def test_two_processes_never_give_the_same() -> None:
    office = Office()
    one, other = office.process("p1"), office.process("p2")
    taken = [await process.take(COUNTY, DAY) for _ in range(60) for process in (one, other)]
    assert len(set(taken)) == 120
    assert [first for _, first, _ in await office.leased()] == [1, 51, 101, 201]


async def test_a_number_given_back_is_the_next() -> None:
    process = Office().process("p1")
    first, second = await process.take(COUNTY, DAY), await process.take(COUNTY, DAY)
    process.give_back(second)
    assert parts(await process.take(COUNTY, DAY)) == parts(second)
    assert parts(await process.take(COUNTY, DAY))[2] == parts(first)[2] + 2


async def test_every_node_and_year_counts_for_itself() -> None:
    office = Office()
    process = office.process("p1")
    numbers = [await process.take(COUNTY, DAY), await process.take(TOWN, DAY), await process.take(COUNTY, date(2008, 1, 2))]
    assert [parts(number) for number in numbers] == [(COUNTY, 2007, 1), (TOWN, 2007, 1), (COUNTY, 2008, 1)]
    assert await office.leased(COUNTY, 2008) == [("p1", 1, 50)]


async def test_the_last_serial_of_a_year_is_given_and_no_other() -> None:
    office = Office()
    await office.use_up(2007, left=2)
    process = office.process("p1")
    assert [parts(await process.take(COUNTY, DAY))[2] for _ in range(2)] == [LAST - 1, LAST]
    with pytest.raises(Exception, match="numbers-used-up"):
        await process.take(COUNTY, DAY)


async def test_a_node_that_is_not_hosted_has_no_numbers() -> None:
    with pytest.raises(KeyError):
        await Office().process("p1").take("511526", DAY)
