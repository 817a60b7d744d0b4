"""The view, the serials a dead process left, and what is heard; on real PostgreSQL."""

from __future__ import annotations

import msgspec
import pytest

from services.intake.app import CODEC
from services.intake.case_state import Phase
from services.intake.events import NumbersLeased, NumbersVoided
from services.intake.inbox import SILENCE
from services.intake.tests.house import COUNTY, House, heard, published, running
from services.intake.views import PHASES, case_row, unused_serials


async def test_a_view_made_event_by_event_is_the_view_made_at_once(house: House) -> None:
    for n in range(3):
        case = (await house.file())["case"]
        await house.post(f"/cases/{case}/acceptance")
        if n:
            await house.post(f"/cases/{case}/withdrawal")
        if n == 2:
            await house.post(f"/cases/{case}/close")
    events = await house.logs.of(COUNTY).feed()
    view = house.service.views[0]
    made: list[object] = []
    for pages in ([events], [[event] for event in events]):
        async with house.pool.acquire() as connection, connection.transaction():
            await connection.execute("delete from cases")
            await connection.execute("delete from leases")
            for page in pages:
                await view.apply(connection, page)
            made.append(await connection.fetch("select * from cases order by number"))
    assert made[0] == made[1]
    assert made[0]


async def test_the_view_and_the_rules_name_phases_alike() -> None:
    assert {phase.value for phase in Phase} - {"none"} == set(PHASES.values())


async def test_serials_of_a_dead_process_are_voided_at_the_next_start(database: str) -> None:
    async with running(database, process="p1") as first:
        await first.hear(published())
        for _ in range(3):
            await first.file()
    async with running(database, process="p2") as second:
        used = await second.file()
        assert used["case"].split("-")[2] == "000051", "a new process leases a new block"
        await second.settle()
        await second.settle()
        events = [CODEC.decode(event) for event in await second.logs.of(COUNTY).stream("numbers:2007")]
        assert [type(event) for event in events] == [NumbersLeased, NumbersLeased, NumbersVoided]
        assert events[-1].serials == tuple(range(4, 51))
        assert events[-1].process == "p1"
        await second.show(used)
        assert await unused_serials(second.pool, "p2") == []


async def test_nothing_is_voided_before_the_view_knows_all_cases(database: str) -> None:
    async with running(database, process="p1") as first:
        await first.hear(published())
        await first.file()
        await first.pool.execute("delete from view_position")
        await first.pool.execute("delete from cases")
        await first.pool.execute("delete from leases")
    async with running(database, process="p2") as second:
        await second.settle()
        voided = CODEC.decode((await second.logs.of(COUNTY).stream("numbers:2007"))[-1])
        assert voided.serials == tuple(range(2, 51))


async def test_silence_noticed_becomes_a_command_to_the_cases_own_log(house: House) -> None:
    case = (await house.file())["case"]
    said = {
        "clock": f"correction:{case}",
        "case": case,
        "kind": "correction",
        "effective": "2007-03-05T02:00:00Z",
        "at": "2007-03-12T16:00:00Z",
    }
    effects = await house.hear(heard(SILENCE, f"clock:correction:{case}", said))
    assert [(effect.node, effect.act.subject, effect.act.actor) for effect in effects] == [(COUNTY, case, "system:intake")]
    await house.logs.of(COUNTY).append(effects[0].act)
    stream = await house.logs.of(COUNTY).stream(case)
    accepted = CODEC.decode(stream[-1])
    assert (accepted.by.value, accepted.effective.isoformat()) == ("silence", "2007-03-05T02:00:00+00:00")


async def test_silence_of_another_clock_is_not_ours(house: House) -> None:
    said = {
        "clock": "c",
        "case": f"{COUNTY}-20070305-000001-1",
        "kind": "delivery",
        "effective": "2007-03-05T02:00:00Z",
        "at": "2007-03-12T16:00:00Z",
    }
    assert await house.hear(heard(SILENCE, "clock:c", said)) == []


async def test_a_procedure_heard_twice_is_one_row(house: House) -> None:
    await house.hear(published(), published())
    assert await house.pool.fetchval("select count(*) from procedures") == 1


async def test_what_cannot_be_read_is_not_swallowed(house: House) -> None:
    with pytest.raises(msgspec.ValidationError):
        await house.hear(published(statutory_days="soon"))


async def test_an_unknown_case_has_no_row(house: House) -> None:
    assert await case_row(house.pool, "511525-20070305-000009-9") is None
