"""The serials a dead process left are voided at the next start, once the view knows all cases; on real PostgreSQL."""

from __future__ import annotations

from libs.testkit.house import COUNTY, House
from libs.testkit.neighbours import Neighbour
from services.intake.app import CODEC
from services.intake.events import NumbersLeased, NumbersVoided
from services.intake.tests.counter import file, opened, published, show
from services.intake.views import unused_serials


async def settled(house: House) -> None:
    """What the service does once at its start."""
    for task in house.service.tasks:
        await task()


async def test_serials_of_a_dead_process_are_voided_at_the_next_start(database: str, catalogue: Neighbour) -> None:
    async with opened(database, process="p1") as first:
        await first.hear(await published(catalogue))
        for _ in range(3):
            await file(first)
    async with opened(database, process="p2") as second:
        used = await file(second)
        assert used["case"].split("-")[2] == "000051", "a new process leases a new block"
        await settled(second)
        await settled(second)
        events = [CODEC.decode(event) for event in await second.logs.of(COUNTY).stream("numbers:2007")]
        assert [type(event) for event in events] == [NumbersLeased, NumbersLeased, NumbersVoided]
        assert events[-1].serials == tuple(range(4, 51))
        assert events[-1].process == "p1"
        await show(second, used)
        assert await unused_serials(second.pool, "p2") == []


async def test_nothing_is_voided_before_the_view_knows_all_cases(database: str, catalogue: Neighbour) -> None:
    async with opened(database, process="p1") as first:
        await first.hear(await published(catalogue))
        await file(first)
        await first.pool.execute("delete from view_position")
        await first.pool.execute("delete from cases")
        await first.pool.execute("delete from leases")
    async with opened(database, process="p2") as second:
        await settled(second)
        voided = CODEC.decode((await second.logs.of(COUNTY).stream("numbers:2007"))[-1])
        assert voided.serials == tuple(range(2, 51))
