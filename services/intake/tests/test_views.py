"""The view, and what is heard; on real PostgreSQL."""

from __future__ import annotations

from typing import Any

from libs.database import working
from libs.testkit.house import COUNTY, House
from libs.testkit.neighbours import Neighbour
from services.intake.events import CaseAccepted
from services.intake.http.reading import read_at
from services.intake.tests.counter import DECLINED, all_offered, file, listed, offered, published, show
from services.intake.tests.stories import CALENDAR
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
    made: list[tuple[list[Any], list[Any]]] = []
    for pages in ([events], [[event] for event in events]):
        async with working(house.pool, "test") as connection:
            await connection.execute("delete from cases")
            await connection.execute("delete from leases")
            await connection.execute("delete from node_cases")
            for page in pages:
                await view.apply(connection, page)
            made.append((await connection.fetch("select * from cases order by number"), await connection.fetch("select * from node_cases")))
    assert made[0] == made[1]
    assert all(made[0])


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


async def test_every_read_settles_time(house: House) -> None:
    """Filed on Monday, 5 March: from 13 March on the case is shown as accepted from its receipt, though nothing has been written of it."""
    filed = await file(house)
    house.pass_days(7)
    shown = await show(house, filed)
    assert (shown["phase"], shown["accepted_at"], "acceptance" in offered(shown)) == ("filed", None, True)
    house.pass_days(1)
    shown = await show(house, filed)
    assert (shown["phase"], shown["accepted_at"], shown["version"]) == ("accepted", "2007-03-05T02:00:00Z", 1)
    everything = await all_offered(house, filed)
    assert {"steps/start", "suspension"} <= everything
    assert "acceptance" not in everything
    assert [(row["case"], row["accepted_at"]) for row in (await listed(house, phase="accepted"))["cases"]] == [
        (filed["case"], "2007-03-05T02:00:00Z")
    ]
    assert (await listed(house, phase="filed"))["cases"] == []
    assert await counted(house) == {"cases": 1, "open": 1, "finished": 0}
    assert await house.all(CaseAccepted) == []


async def test_what_time_did_is_written_with_the_next_act(house: House) -> None:
    case = (await file(house))["case"]
    house.pass_days(9)
    await house.post(f"/intake/cases/{case}/corrections-notice", {"missing": ["平面图"]}, by="clerk", status=409)
    assert await house.all(CaseAccepted) == []
    done = await house.post(f"/intake/cases/{case}/steps/start", {"name": "现场核查"}, by="examiner")
    accepted = await house.one(CaseAccepted)
    assert (accepted.officer, accepted.at.isoformat(), done["version"]) == ("system:intake", "2007-03-12T16:00:00+00:00", 4)


async def test_silence_of_another_clock_is_not_ours(house: House) -> None:
    case = (await file(house))["case"]
    deadline = Neighbour("deadline", [COUNTY], now=lambda: house.time)
    await house.hear(await deadline.says("SilenceNoticed", "2007-03-13 00:00", case=case, kind="delivery"))
    assert await house.all(CaseAccepted) == []


async def test_a_procedure_heard_twice_is_one_row(house: House, catalogue: Neighbour) -> None:
    await house.hear(await published(catalogue), await published(catalogue))
    assert await house.inside.fetchval("select count(*) from procedures") == 1


async def test_what_cannot_be_read_is_not_swallowed(house: House, catalogue: Neighbour) -> None:
    """It is kept aside with its reason."""
    kind = "liandong.catalogue.ProcedurePublished.v1"
    await house.hear(await catalogue.sends(kind, b'{"item": "511A00001"}', "2007-03-05", subject="511A00001"))
    (parked,) = await house.inside.fetch("select reason from parked")
    assert "name" in parked["reason"]
    assert await house.inside.fetchval("select count(*) from procedures") == 1


async def test_an_unknown_case_has_no_row(house: House) -> None:
    assert await case_row(house.inside, "511525-20070305-000009-9", read_at(house.time, CALENDAR)) is None


async def test_what_is_counted_of_a_node_costs_the_same_however_many_cases_have_ended(house: House) -> None:
    """The rows of cases that ended are taken away under the count: it does not go through them."""
    for _ in range(3):
        await show(house, await file(house))
    ended = await file(house)
    await house.post(f"/intake/cases/{ended['case']}/withdrawal", by="clerk")
    await show(house, await house.post(f"/intake/cases/{ended['case']}/close", by="clerk"))
    await house.inside.execute("delete from cases where number = $1", ended["case"])
    assert await counted(house) == {"cases": 4, "open": 3, "finished": 1}
