"""Imports: another system's record as commands, each once, at its own time (decision 0010); on real PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from libs.eventlog import verify
from libs.testkit.house import COUNTY, House
from libs.testkit.neighbours import Neighbour
from libs.wire import Position
from services.intake.app import CODEC
from services.intake.events import CaseClosed, CaseDecided, CaseFiled, Instants, StepDone
from services.intake.http.imports import ImportedCases
from services.intake.tests.counter import ITEM, file, listed, published, show
from services.intake.views import CASES_VIEW

NOW = datetime.fromisoformat("2013-03-04T10:00:00+08:00")
"""Today: the record is older."""
PATH = f"/intake/nodes/{COUNTY}/imports"


@pytest.fixture
def house(house: House) -> House:
    """A house in which it is later than anything of the record."""
    house.time = NOW
    return house


def did(at: str, officer: str = "Resource21") -> dict[str, Any]:
    return {"at": at, "officer": officer}


def case(ref: str, *, end: str | None = "2011-11-24T15:40:00+01:00") -> dict[str, Any]:
    """As in the permit log: filed, worked on out of order, ended; or still open."""
    return {
        "ref": ref,
        "item": ITEM,
        "channel": "internal",
        "filed": did("2011-10-11T13:42:22.688+02:00") | {"promised": "2011-12-06T13:41:31.788+01:00", "statutory": None},
        "steps": [
            did("2011-10-11T13:45:40.276+02:00") | {"name": "Confirmation of receipt"},
            did("2011-10-12T08:26:25.398+02:00", "Resource10") | {"name": "T02 Check confirmation of receipt", "role": "examine"},
            did("2012-01-01T00:00:00+01:00", "Resource10") | {"name": "T04 Determine confirmation of receipt", "role": "approve"},
        ],
        "decided": did(end) if end else None,
        "closed": did(end) if end else None,
    }


def batch(*cases: dict[str, Any]) -> dict[str, Any]:
    return {"log": "receipt", "timeline": "receipt", "cases": list(cases)}


async def test_a_case_is_worked_through_in_the_order_of_its_record(house: House) -> None:
    done = await house.post(PATH, batch(case("case-10011")), by="operator")
    assert (done["cases"], done["acts"], done["repeated"]) == (1, 6, 0)
    events = [CODEC.decode(event) for event in await house.logs.of(COUNTY).feed() if event.subject.startswith(COUNTY)]
    assert [type(event) for event in events] == [CaseFiled, StepDone, StepDone, StepDone, CaseDecided, CaseClosed]
    assert all(event.imported for event in events)
    filed = events[0]
    assert filed.at.isoformat() == "2011-10-11T11:42:22.688000+00:00"
    assert isinstance(filed.instants, Instants)
    assert (filed.ref, filed.case[:15], filed.instants.timeline, filed.instants.statutory) == (
        "case-10011",
        "511525-20111011",
        "receipt",
        None,
    )
    assert [event.officer for event in events[1:4]] == ["Resource21", "Resource10", "Resource10"]
    assert events[-1].at < events[3].at, "activity after the end is kept as given"


async def test_a_batch_sent_again_changes_nothing(house: House) -> None:
    cases = [case(f"case-{n}") for n in range(120)]
    first = await house.post(PATH, batch(*cases), by="operator")
    again = await house.post(PATH, batch(*cases), by="operator")
    assert first["acts"] == again["acts"] == again["repeated"] == 720
    assert again["position"] == first["position"]
    verdict = await verify(house.logs.of(COUNTY))
    assert (verdict.fault, verdict.sequence - verdict.events) == (None, 0)


async def test_a_case_says_when_it_came_and_keeps_that_when_its_record_is_sent_again(house: House) -> None:
    await house.post(PATH, batch(case("case-1")), by="operator")
    house.time = NOW + timedelta(days=1)
    assert (await house.post(PATH, batch(case("case-1")), by="operator"))["repeated"] == 6
    (filed,) = [fact for event in await house.logs.of(COUNTY).feed() if isinstance(fact := CODEC.decode(event), CaseFiled)]
    assert filed.came == NOW


async def test_a_run_that_was_stopped_goes_on(house: House) -> None:
    await house.post(PATH, batch(case("case-1") | {"steps": [], "decided": None, "closed": None}, case("case-2", end=None)), by="operator")
    done = await house.post(PATH, batch(case("case-1"), case("case-2")), by="operator")
    assert (done["acts"], done["repeated"]) == (12, 5)
    await house.shown()
    shown = (await listed(house))["cases"]
    assert [(row["phase"], row["imported"]) for row in shown] == [("closed", True)] * 2
    assert {row["ref"] for row in shown} == {"case-1", "case-2"}


async def test_an_item_nobody_published_stops_the_batch_before_it_begins(house: House) -> None:
    refused = await house.post(PATH, batch(case("case-1"), case("case-2") | {"item": "511A99999"}), by="operator", status=409)
    assert refused["code"] == "unknown-item"
    assert (await house.logs.of(COUNTY).head()).sequence == 0


async def test_a_log_that_is_called_by_somebodys_number_is_not_taken(house: House) -> None:
    """Its name would stand in the keys of its acts."""
    refused = await house.post(PATH, batch(case("case-1")) | {"log": "王某13800138000"}, by="operator", status=409)
    assert refused["code"] == "personal-data"
    assert "13800138000" not in str(refused)
    assert (await house.logs.of(COUNTY).head()).sequence == 0


def ahead(part: str, at: datetime) -> dict[str, Any]:
    """A case of the record, one of whose acts lies at `at`."""
    told = case("case-2")
    act = told["steps"][1] if part == "step" else told[part]
    act["at"] = at.isoformat()
    return told


@pytest.mark.parametrize("part", ["filed", "step", "decided", "closed"])
async def test_an_act_of_a_record_that_is_still_to_come_stops_the_request_before_it_begins(house: House, part: str) -> None:
    told = ahead(part, NOW + timedelta(minutes=5, seconds=1))
    refused = await house.post(PATH, batch(case("case-1"), told), by="operator", status=409)
    assert refused["code"] == "in-the-future"
    assert refused["title"].startswith("case-2")
    assert (await house.logs.of(COUNTY).head()).sequence == 0


@pytest.mark.parametrize("part", ["filed", "step", "decided", "closed"])
async def test_a_machine_that_is_minutes_ahead_may_import(house: House, part: str) -> None:
    assert (await house.post(PATH, batch(ahead(part, NOW + timedelta(minutes=5))), by="operator"))["acts"] == 6


async def test_the_limits_of_a_record_may_lie_ahead(house: House) -> None:
    told = case("case-1", end=None)
    told["filed"] |= {"promised": "2014-01-01T00:00:00+01:00", "statutory": "2015-01-01T00:00:00+01:00"}
    assert (await house.post(PATH, batch(told), by="operator"))["acts"] == 4


async def test_a_log_without_limits_is_counted_as_a_log_with_them(house: House) -> None:
    told = case("case-1")
    told["filed"] |= {"promised": None}
    await house.post(PATH, batch(told, case("case-2", end=None)), by="operator")
    await house.shown()
    counted = await house.get("/intake/replay?log=receipt", by="operator")
    assert counted == {"nodes": {COUNTY: {"cases": 2, "closed": 1}}}


async def test_a_case_older_than_every_version_here_pins_the_earliest(house: House, catalogue: Neighbour) -> None:
    await house.hear(
        await published(catalogue, "511A00002", effective="2026-11-20"),
        await published(catalogue, "511A00002", version=2, effective="2026-11-21"),
    )
    done = await house.post(PATH, batch(case("case-1") | {"item": "511A00002"}), by="operator")
    number = (await house.logs.of(COUNTY).feed(1, 1))[0].subject
    assert (await show(house, {"case": number, "position": done["position"]}))["procedure_version"] == 1


async def test_what_became_of_a_logs_cases(house: House) -> None:
    done = await house.post(
        PATH, batch(*[case(f"case-{n}", end=None if n == 2 else "2011-11-24T15:40:00Z") for n in range(3)]), by="operator"
    )
    await house.projector.wait(CASES_VIEW, Position(**done["position"]))
    filed = await file(house)
    await show(house, filed)
    assert await house.get("/intake/replay", log="receipt", by="operator") == {"nodes": {COUNTY: {"cases": 3, "closed": 2}}}
    assert await house.get("/intake/replay", log="other", by="operator") == {"nodes": {}}
    assert await house.get(f"/intake/nodes/{COUNTY}/counts", by="clerk") == {"cases": 4, "open": 2, "finished": 2}
    await house.get("/intake/replay", log="receipt", by="clerk", status=403)


async def test_a_refused_case_is_named_and_the_others_go_on(house: House) -> None:
    bad = case("case-7")
    bad["steps"][0]["name"] = "电话13800138000"
    refused = await house.post(PATH, batch(bad, case("case-8")), by="operator", status=409)
    assert refused["code"] == "personal-data"
    assert refused["title"].startswith("case-7")
    events = [CODEC.decode(event) for event in await house.logs.of(COUNTY).feed()]
    assert sum(isinstance(event, CaseClosed) for event in events) == 1


async def test_imports_are_for_operators_and_sites(house: House) -> None:
    await house.post(PATH, batch(case("case-1")), by="clerk", status=403)


async def test_a_clerk_cannot_take_the_key_of_an_import(house: House) -> None:
    """Keys have scopes: a person's and an import's never meet."""
    await file(house, key="import:receipt:case-1:0")
    done = await house.post(PATH, batch(case("case-1")), by="operator")
    assert (done["acts"], done["repeated"]) == (6, 0)


async def test_an_import_does_not_take_a_clerks_key(house: House) -> None:
    await house.post(PATH, batch(case("case-1")), by="operator")
    filed = await file(house, key="import:receipt:case-1:0")
    assert (filed["version"], len(await house.all(CaseFiled))) == (1, 2)


def test_of_the_acts_of_a_case_the_first_that_is_wrong_is_told() -> None:
    """Two hundred cases of a thousand wrong acts each made 600,000 faults, of which twenty were told, after seconds."""
    cases = [{**case(f"case-{n}"), "steps": [{}] * 1000} for n in range(200)]
    with pytest.raises(ValidationError) as no:
        ImportedCases.model_validate(batch(*cases))
    assert {error["loc"][3] for error in no.value.errors() if len(error["loc"]) > 3} == {0}
    assert no.value.error_count() < 700
