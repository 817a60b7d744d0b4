"""What the pages read is what the services answer: every file of `contracts/http` against its running owner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from libs.testkit.house import COUNTY, TOWN, open_house
from libs.testkit.neighbours import Neighbour, moment
from libs.testkit.people import applying, keep
from libs.workdays import Calendar
from services.deadline.app import build as deadline
from services.deadline.app import subject
from services.deadline.ticker import REAL, Ticker
from services.hub.tests.county import carried, feed, filed, knowing_one_county, of, word
from services.intake.app import build as intake
from tests.contracts.answering import HTTP, WRITES, stale

CASE = "511525-20070305-000001-0"
CLOCK = f"clock:{CASE}:promised"
KEPT = {"deadline-clocks", "deadline-proof", "hub-case", "hub-city", "hub-feeds", "intake-case", "intake-counts"}


@pytest.mark.server
async def test_of_the_hub(database: str) -> None:
    """A case with a clock, a card and a finding; county and township have both spoken."""
    events = await feed(filed(CASE), *of(CASE, "CaseAccepted", "CaseDecided", "CaseClosed"))
    clocks = await feed(*of(CASE, "ClockStarted", due_at=moment("2007-03-19"), label="承诺"), *of(CASE, "ClockRed"), service="deadline")
    seen = await feed(*of(CASE, "CardIssued", "FindingRaised"), service="supervision")
    town = await feed(filed("511525100-20070305-000001-0"), node=TOWN)
    async with knowing_one_county(database) as city:
        await city.take(*map(carried, [*events, *clocks, *seen]), word(1, events[-1], clocks[-1], seen[-1]))
        await city.take(*map(carried, town), word(1, town[-1], node=TOWN))
        assert stale("hub-city", "/hub/city", await city.get("/city")) == []
        assert stale("hub-feeds", "/hub/feeds", await city.get("/feeds")) == []
        assert stale("hub-case", "/hub/cases/{case}", await city.get(f"/cases/{CASE}")) == []


@pytest.mark.server
async def test_of_the_deadline_service(database: str) -> None:
    """A promised clock that was stopped and extended, whose rungs were said up to the red one."""
    says = Neighbour("intake", [COUNTY]).says
    async with open_house(deadline, database, name="deadline", now=moment("2007-03-30")) as house:
        limits = {"statutory_days": 20, "promised_days": 10}
        await house.hear(await says("CaseFiled", "2007-03-05", CASE, pinned=limits), await says("CaseAccepted", "2007-03-05", CASE))
        await house.hear(await says("ClocksSuspended", "2007-03-08", CASE, reason="technical-assessment"))
        await house.hear(await says("ClocksResumed", "2007-03-13", CASE))
        await house.hear(await says("LimitExtended", "2007-03-14", CASE, days=5, moves_promise=True))
        await house.shown()
        await Ticker(house.context, subject(Calendar.load())).tick(REAL, moment("2007-03-30"))
        await house.shown()
        clocks = await house.get(f"/deadline/cases/{CASE}/clocks", by="operator")
        proof = await house.get(f"/deadline/clocks/{CLOCK}/proof", by="operator")
        assert stale("deadline-clocks", "/deadline/cases/{case}/clocks", clocks) == []
        assert stale("deadline-proof", "/deadline/clocks/{clock}/proof", proof) == []


@pytest.mark.server
async def test_of_intake(database: str) -> None:
    """A case that was filed at the counter and accepted."""
    procedure = await Neighbour("catalogue", [COUNTY]).says("ProcedurePublished", effective="2007-01-01", item="511A00001")
    async with open_house(intake, database, name="intake") as house:
        await house.hear(procedure)
        form = {"item": "511A00001", "channel": "counter", "materials": ["申请书"], **applying(await keep(house.vault, COUNTY))}
        done = await house.post(f"/intake/nodes/{COUNTY}/cases", form, by="clerk", status=201)
        done = await house.post(f"/intake/cases/{done['case']}/acceptance", {}, by="clerk", version=done["version"], status=200)
        case = await house.get(f"/intake/cases/{done['case']}", by="operator", seen=done)
        counts = await house.get(f"/intake/nodes/{COUNTY}/counts", by="operator", seen=done)
        assert stale("intake-case", "/intake/cases/{case}", case) == []
        assert stale("intake-counts", "/intake/nodes/{node}/counts", counts) == []


def test_every_file_is_held_against_its_owner() -> None:
    assert {path.stem for path in HTTP.iterdir()} == KEPT


# --- the comparison bites ---------------------------------------------------------------------------------------------------------------

CASES: dict[str, Any] = {"cases": [{"case": "c1", "days": 3, "due": None}, {"case": "c2", "days": 4, "due": None}], "open": 2}


def test_another_day_has_the_same_shape(tmp_path: Path) -> None:
    assert stale("x", "/x", CASES, tmp_path, {WRITES: "1"}) == []
    assert stale("x", "/x", {"open": 7, "cases": [{"case": "c3", "due": None, "days": 9}]}, tmp_path, {}) == []


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        ({**CASES, "closed": 1}, ["answer.closed: None → integer"]),
        ({"cases": CASES["cases"]}, ["answer.open: integer → None"]),
        ({**CASES, "open": "2"}, ["answer.open: integer → string"]),
        (
            {**CASES, "cases": [{"number": "c1", "days": 3, "due": None}]},
            ["answer.cases[].case: string → None", "answer.cases[].number: None → string"],
        ),
        ({**CASES, "cases": [*CASES["cases"], {"case": "c3", "days": 3, "due": "x"}]}, ["answer.cases[].due: null → null or string"]),
    ],
)
def test_a_field_that_came_or_went_or_changed_is_named(tmp_path: Path, answer: dict[str, Any], because: list[str]) -> None:
    assert stale("x", "/x", CASES, tmp_path, {WRITES: "1"}) == []
    assert stale("x", "/x", answer, tmp_path, {}) == [f"contracts/http/x.json, {one}" for one in because]


def test_another_path_is_named(tmp_path: Path) -> None:
    assert stale("x", "/x", CASES, tmp_path, {WRITES: "1"}) == []
    assert stale("x", "/y", CASES, tmp_path, {}) == ["contracts/http/x.json, path: /x → /y"]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    assert stale("x", "/x", CASES, tmp_path, {}) == [f"contracts/http/x.json is missing: write it with {WRITES}=1 and commit it"]
