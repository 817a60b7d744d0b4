"""The view, and what is heard; on real PostgreSQL."""

from __future__ import annotations

from libs.testkit.house import COUNTY, House
from libs.testkit.neighbours import Neighbour
from services.intake.events import CaseAccepted
from services.intake.tests.counter import DECLINED, file, listed, published, show
from services.intake.views import case_row


async def test_a_view_made_event_by_event_is_the_view_made_at_once(house: House) -> None:
    for n in range(3):
        case = (await file(house))["case"]
        await house.post(f"/intake/cases/{case}/acceptance", by="clerk")
        if n:
            await house.post(f"/intake/cases/{case}/withdrawal", by="clerk")
        if n == 2:
            await house.post(f"/intake/cases/{case}/close", by="clerk")
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


async def test_a_case_is_finished_once_at_its_first_end(house: House) -> None:
    withdrawn = await file(house)
    await house.post(f"/intake/cases/{withdrawn['case']}/withdrawal", by="clerk")
    declined = await file(house)
    await house.post(f"/intake/cases/{declined['case']}/refusal-to-accept", DECLINED, by="clerk")
    await file(house)
    await house.shown()
    assert await counted(house) == {"cases": 3, "open": 1, "finished": 2}
    house.pass_days(1)
    done = await house.post(f"/intake/cases/{withdrawn['case']}/close", by="clerk")
    shown = await show(house, done)
    assert (shown["finished_at"], shown["closed_at"]) == ("2007-03-05T02:00:00Z", "2007-03-06T02:00:00Z")
    assert await counted(house) == {"cases": 3, "open": 1, "finished": 2}
    assert [row["phase"] for row in (await listed(house, phase="not-accepted"))["cases"]] == ["not-accepted"]


async def counted(house: House) -> dict[str, int]:
    found: dict[str, int] = await house.get(f"/intake/nodes/{COUNTY}/counts", by="clerk")
    return found


async def test_silence_noticed_becomes_a_command_to_the_cases_own_log(house: House) -> None:
    case = (await file(house))["case"]
    deadline = Neighbour("deadline", [COUNTY], now=lambda: house.time)
    noticed = await deadline.says("SilenceNoticed", "2007-03-13 00:00", case=case)
    await house.hear(noticed)
    await house.hear(noticed)
    accepted = await house.one(CaseAccepted)
    assert (accepted.case, accepted.by.value, accepted.officer) == (case, "silence", "system:intake")
    assert accepted.effective.isoformat() == "2007-03-05T02:00:00+00:00"
    (recorded,) = await house.recorded(CaseAccepted)
    assert (recorded.node, recorded.subject, recorded.actor, recorded.causationid) == (COUNTY, case, "system:intake", noticed.id)


async def test_silence_of_another_clock_is_not_ours(house: House) -> None:
    case = (await file(house))["case"]
    deadline = Neighbour("deadline", [COUNTY], now=lambda: house.time)
    await house.hear(await deadline.says("SilenceNoticed", "2007-03-13 00:00", case=case, kind="delivery"))
    assert await house.all(CaseAccepted) == []


async def test_a_procedure_heard_twice_is_one_row(house: House, catalogue: Neighbour) -> None:
    await house.hear(await published(catalogue), await published(catalogue))
    assert await house.pool.fetchval("select count(*) from procedures") == 1


async def test_what_cannot_be_read_is_not_swallowed(house: House, catalogue: Neighbour) -> None:
    """It is kept aside with its reason."""
    kind = "liandong.catalogue.ProcedurePublished.v1"
    await house.hear(await catalogue.sends(kind, b'{"item": "511A00001"}', "2007-03-05", subject="511A00001"))
    (parked,) = await house.pool.fetch("select reason from parked")
    assert "name" in parked["reason"]
    assert await house.pool.fetchval("select count(*) from procedures") == 1


async def test_an_unknown_case_has_no_row(house: House) -> None:
    assert await case_row(house.pool, "511525-20070305-000009-9") is None
