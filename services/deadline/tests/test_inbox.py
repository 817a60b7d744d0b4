"""What a case's facts do to its clocks, with real rows and cursors: the table of domain.md, "What stops what", line by line."""

from __future__ import annotations

import pytest

from libs.bus import parking
from services.deadline.events import ClockEnded, ClockExtended, ClockResumed, ClockStarted, Unit
from services.deadline.tests.house import House
from services.deadline.tests.stories import CASE, at, kinds

pytestmark = pytest.mark.server


async def accepted(house: House, on: str = "2007-03-06") -> None:
    await house.hear(await house.intake.files())
    await house.told("CaseAccepted", on, effective=at(on), by="decision")


async def test_a_filing_starts_the_five_days_of_the_correction_notice(house: House) -> None:
    fact = await house.intake.files()
    await house.hear(fact)
    (started,) = await house.clock("correction")
    assert isinstance(started, ClockStarted)
    assert (started.budget.unit, started.budget.n, started.start) == (Unit.WORKING_DAYS, 5, at("2007-03-05"))
    assert started.trigger == f"{fact.source}#1#1"
    assert "第三十二条" in started.article


async def test_the_correction_notice_ends_it_and_a_return_starts_it_anew_from_the_return(house: House) -> None:
    await house.hear(await house.intake.files())
    await house.told("CorrectionsRequested", "2007-03-07", missing=["平面图"])
    assert kinds(await house.clock("correction")) == ["ClockStarted", "ClockEnded"]
    await house.told("CorrectionsReturned", "2007-03-20", still_missing=["平面图"])
    (started,) = await house.clock("correction:2")
    assert isinstance(started, ClockStarted)
    assert started.start == at("2007-03-20")
    await house.told("CorrectionsReturned", "2007-03-21", still_missing=["平面图"])
    assert kinds(await house.clock("correction:2")) == ["ClockStarted", "ClockCancelled"]
    assert kinds(await house.clock("correction:3")) == ["ClockStarted"]


async def test_acceptance_ends_the_correction_clock_and_starts_statutory_and_promised(house: House) -> None:
    await accepted(house)
    assert kinds(await house.clock("correction")) == ["ClockStarted", "ClockEnded"]
    (statutory,), (promised,) = await house.clock("statutory"), await house.clock("promised")
    assert isinstance(statutory, ClockStarted)
    assert isinstance(promised, ClockStarted)
    assert (statutory.budget.n, promised.budget.n) == (20, 10)
    assert promised.due_at == at("2007-03-21", "00:00")


async def test_after_silence_limits_run_from_the_receipt_and_the_officer_who_filed_answers(house: House) -> None:
    await house.hear(await house.intake.files(officer="C0200"))
    await house.told("CaseAccepted", "2007-03-13", effective=at("2007-03-05"), by="silence", officer="system:intake")
    (promised,) = await house.clock("promised")
    assert isinstance(promised, ClockStarted)
    assert (promised.start, promised.officer) == (at("2007-03-05"), "C0200")
    ended = (await house.clock("correction"))[-1]
    assert isinstance(ended, ClockEnded)
    assert ended.late


@pytest.mark.parametrize("fact", ["CaseNotAccepted", "CaseWithdrawn"])
async def test_what_will_not_happen_cancels_every_clock(house: House, fact: str) -> None:
    await accepted(house)
    await house.told(fact, "2007-03-08", reason="", right_agency="")
    for name in ("statutory", "promised"):
        assert kinds(await house.clock(name))[-1] == "ClockCancelled"


async def test_a_step_with_a_limit_has_a_clock_of_its_own(house: House) -> None:
    await accepted(house)
    await house.told("StepStarted", "2007-03-07", number=1, name="现场核查", role="work", limit_days=2)
    await house.told("StepStarted", "2007-03-08", number=2, name="会商", role="work", limit_days=None)
    await house.told("StepDone", "2007-03-12", number=1, name="现场核查", role="work")
    started, *rungs, ended = await house.clock("step:1")
    assert isinstance(started, ClockStarted)
    assert started.label == "现场核查"
    assert kinds(rungs) == ["ClockReminded", "ClockYellow", "ClockRed"]
    assert isinstance(ended, ClockEnded)
    assert ended.late
    assert await house.clock("step:2") == []


async def test_art_45_stops_statutory_promised_and_step_also_one_begun_meanwhile(house: House) -> None:
    await accepted(house)
    await house.told("StepStarted", "2007-03-07", number=1, name="核查", role="work", limit_days=3)
    await house.told("ClocksSuspended", "2007-03-08", reason="testing", first="2007-03-08")
    await house.told("StepDone", "2007-03-09", number=1, name="核查", role="work")
    await house.told("StepStarted", "2007-03-09", number=2, name="审查", role="examine", limit_days=3)
    await house.told("ClocksResumed", "2007-03-13", last="2007-03-13")
    for name in ("statutory", "promised", "step:2"):
        assert kinds(await house.clock(name))[:3] == ["ClockStarted", "ClockStopped", "ClockResumed"]
    resumed = (await house.clock("step:2"))[-1]
    assert isinstance(resumed, ClockResumed)
    assert resumed.due_at == at("2007-03-17", "00:00")
    assert kinds(await house.clock("step:1")) == ["ClockStarted", "ClockStopped", "ClockEnded"]


@pytest.mark.parametrize(("moves", "promised"), [(False, ["ClockStarted"]), (True, ["ClockStarted", "ClockExtended"])])
async def test_an_extension_moves_the_statutory_and_only_if_said_the_promised_limit(house: House, moves: bool, promised: list[str]) -> None:
    await accepted(house)
    await house.told("LimitExtended", "2007-03-08", days=10, moves_promise=moves)
    extended = (await house.clock("statutory"))[-1]
    assert isinstance(extended, ClockExtended)
    assert extended.budget.n == 10
    assert kinds(await house.clock("promised")) == promised


async def test_the_decision_ends_what_it_was_about_and_starts_delivery(house: House) -> None:
    await accepted(house)
    await house.told("CaseDecided", "2007-03-15", outcome="granted")
    assert [kinds(await house.clock(name))[-1] for name in ("statutory", "promised")] == ["ClockEnded", "ClockEnded"]
    assert kinds(await house.clock("delivery")) == ["ClockStarted"]
    await house.told("ResultDelivered", "2007-03-16", how="counter")
    await house.told("CaseClosed", "2007-03-16")
    assert kinds(await house.clock("delivery")) == ["ClockStarted", "ClockEnded"]


async def test_imported_facts_start_the_clocks_of_their_instants_and_no_others(house: House) -> None:
    instants = {"timeline": "receipt", "promised": at("2011-03-11"), "statutory": at("2011-04-11")}
    await house.hear(await house.intake.files("2011-03-01", imported=True, instants=instants))
    await house.told("StepStarted", "2011-03-02", number=1, name="T02", role="examine", limit_days=3, imported=True)
    await house.told("CaseDecided", "2011-03-12", imported=True)
    await house.told("CaseClosed", "2011-03-12", imported=True)
    for name in ("correction", "step:1", "delivery"):
        assert await house.clock(name) == []
    assert kinds(await house.clock("promised")) == ["ClockStarted", "ClockYellow", "ClockRed", "ClockEnded"]
    assert kinds(await house.clock("statutory")) == ["ClockStarted", "ClockEnded"]
    (started, *_, ended) = await house.clock("promised")
    assert isinstance(started, ClockStarted)
    assert isinstance(ended, ClockEnded)
    assert (started.timeline, started.imported, ended.imported, ended.late) == ("receipt", True, True, True)


async def test_what_comes_again_changes_nothing(house: House) -> None:
    facts = [
        await house.intake.files(),
        await house.intake.says("CaseAccepted", "2007-03-06", effective=at("2007-03-06"), by="decision"),
        await house.intake.says("CaseDecided", "2007-03-15"),
    ]
    await house.hear(*facts)
    before = await house.logs.of("511525").head()
    await house.hear(*facts)
    assert await house.logs.of("511525").head() == before
    one_by_one, whole = await house.clock("promised"), before.sequence
    assert kinds(one_by_one) == ["ClockStarted", "ClockEnded"]
    assert whole == 7


async def test_a_fact_of_a_case_nobody_heard_of_is_parked_with_its_reason(house: House) -> None:
    await house.told("CaseDecided", "2007-03-15", case="511525-20070305-000002-0")
    (parked,) = await parking.parked(house.pool)
    assert "never filed" in parked.reason
    await house.hear(await house.intake.files())
    assert kinds(await house.clock("correction", CASE)) == ["ClockStarted"]
