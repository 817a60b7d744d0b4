"""Case numbers given out by a process, over the log in memory: leased when needed, each once, those not used again first."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from libs.eventlog import Busy, Claim, Claimed, Consequence, Intent, MemoryLogs, New, Subject
from libs.host import Context
from libs.testkit.house import COUNTY, MONDAY, SITE, TOWN
from services.intake.app import CODEC, claims
from services.intake.events import NumbersLeased, NumbersVoided
from services.intake.http.numbering import Numbering
from services.intake.numbers import LAST, NUMBERS, SCOPE, LeaseNumbers, claimed, parts, stream

DAY = date(2007, 3, 5)


class Stoppable(MemoryLogs):
    """Logs that take nothing while they are busy."""

    busy = False

    def of(self, node: str) -> Any:
        if self.busy:
            raise Busy("nothing is taken")
        return super().of(node)


async def settled() -> None:
    """What was begun beside has come to its end."""
    for _ in range(5):
        await asyncio.sleep(0)


class Office:
    """Some processes over one log."""

    def __init__(self) -> None:
        self.logs = Stoppable("intake", [COUNTY, TOWN], now=lambda: MONDAY)
        self.serials = Subject(NUMBERS, CODEC, claims=claims)

    def process(self, name: str) -> Numbering:
        nothing = cast(Any, None)
        context = Context(site=SITE, logs=self.logs, pool=nothing, now=lambda: MONDAY, current=nothing, process=name)
        return Numbering(context, self.serials)

    async def leased(self, node: str = COUNTY, year: int = 2007) -> list[tuple[str, int, int]]:
        events = [CODEC.decode(event) for event in await self.logs.of(node).stream(stream(year))]
        return [(event.process, event.first, event.last) for event in events if isinstance(event, NumbersLeased)]

    async def voided(self) -> list[tuple[int, ...]]:
        events = [CODEC.decode(event) for event in await self.logs.of(COUNTY).stream(stream(2007))]
        return [event.serials for event in events if isinstance(event, NumbersVoided)]

    async def claim(self, *serials: int) -> None:
        """The serials go to cases, or others void them."""
        taken = Consequence(events=[New("some", b"{}", MONDAY)], claims=[Claim(SCOPE, key) for key in claimed(2007, *serials)])
        await self.logs.of(COUNTY).append(Intent(subject="some", decide=lambda _: taken, actor="system:intake"))

    async def use_up(self, year: int, left: int) -> None:
        """All serials of a year but the last ones are somebody's."""
        command = LeaseNumbers(year=year, size=LAST - left, process="before", at=datetime(year, 1, 1, tzinfo=UTC))
        await self.logs.of(COUNTY).append(self.serials.intent(stream(year), command, actor="system:intake"))


async def test_hundred_at_once_have_hundred_numbers() -> None:
    office = Office()
    process = office.process("p1")
    taken = await asyncio.gather(*(process.take(COUNTY, DAY) for _ in range(100)))
    assert sorted(parts(case)[2] for case in taken) == list(range(1, 101))
    assert (await office.leased())[:2] == [("p1", 1, 50), ("p1", 51, 150)], "a block used up at once is followed by a larger one"


async def test_two_processes_never_give_the_same() -> None:
    office = Office()
    one, other = office.process("p1"), office.process("p2")
    taken = [await process.take(COUNTY, DAY) for _ in range(60) for process in (one, other)]
    assert len(set(taken)) == 120
    firsts = [first for _, first, _ in await office.leased()]
    assert firsts == sorted(set(firsts))
    assert firsts[:2] == [1, 51]


async def test_nobody_waits_for_a_block_while_half_of_one_is_left() -> None:
    office = Office()
    process = office.process("p1")
    for _ in range(25):
        await process.take(COUNTY, DAY)
    await settled()
    assert await office.leased() == [("p1", 1, 50), ("p1", 51, 150)], "the next block came while half of the first was left"
    office.logs.busy = True
    assert [parts(await process.take(COUNTY, DAY))[2] for _ in range(125)] == list(range(26, 151)), "no clerk asks the log"
    with pytest.raises(Busy):
        await process.take(COUNTY, DAY)


async def test_a_lease_that_failed_ahead_of_its_time_is_asked_for_again(capsys: pytest.CaptureFixture[str]) -> None:
    office = Office()
    process = office.process("p1")
    await process.take(COUNTY, DAY)
    office.logs.busy = True
    for _ in range(30):
        await process.take(COUNTY, DAY)
    await settled()
    assert "intake.lease_failed" in capsys.readouterr().out
    office.logs.busy = False
    assert [parts(await process.take(COUNTY, DAY))[2] for _ in range(30)] == list(range(32, 62))


async def test_a_number_given_back_is_the_next() -> None:
    process = Office().process("p1")
    first, second = await process.take(COUNTY, DAY), await process.take(COUNTY, DAY)
    process.give_back(second)
    assert parts(await process.take(COUNTY, DAY)) == parts(second)
    assert parts(await process.take(COUNTY, DAY))[2] == parts(first)[2] + 2


async def test_a_number_is_lost_with_its_block_where_its_serial_was_voided_and_given_back_where_something_else_was_taken() -> None:
    process = Office().process("p1")
    case = await process.take(COUNTY, DAY)
    with pytest.raises(Claimed):
        process.lost(case, Claimed("placement", "511A00001"))
    assert await process.take(COUNTY, DAY) == case
    process.lost(case, Claimed(SCOPE, claimed(2007, 1)[0]))
    assert parts(await process.take(COUNTY, DAY))[2] == 51


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


async def test_what_is_left_is_given_back_at_the_end_and_what_nobody_knows_of_unless_a_case_has_it() -> None:
    office = Office()
    process = office.process("p1")
    one, other, third = [await process.take(COUNTY, DAY) for _ in range(3)]
    process.doubt(one)
    process.doubt(other)
    process.give_back(third)
    await office.claim(parts(other)[2])
    await process.close()
    assert await office.voided() == [tuple(range(3, 51)), (1,)]


async def test_a_block_that_was_voided_meanwhile_is_not_given_back() -> None:
    office = Office()
    process = office.process("p1")
    await process.take(COUNTY, DAY)
    await office.claim(*range(2, 51))
    await process.close()
    assert await office.voided() == []
