"""What a case's facts do to its clocks, with real rows and cursors: line by line."""

from __future__ import annotations

import pytest

from libs.bus import parking
from libs.testkit.neighbours import moment
from services.deadline.events import ClockCarriedOver, ClockEnded, ClockExtended, ClockResumed, ClockStarted, Unit
from services.deadline.tests.living import Living
from services.deadline.tests.stories import CASE, DEPARTMENT, kinds

pytestmark = pytest.mark.server


async def accepted(living: Living, on: str = "2007-03-06") -> None:
    await living.hear(await living.files())
    await living.told("CaseAccepted", on, effective=moment(on), by="decision")


async def test_a_filing_starts_the_five_days_of_the_correction_notice(living: Living) -> None:
    fact = await living.files()
    await living.hear(fact)
    (started,) = await living.clock("correction")
    assert isinstance(started, ClockStarted)
    assert (started.budget.unit, started.budget.n, started.start) == (Unit.WORKING_DAYS, 5, moment("2007-03-05"))
    assert started.trigger == f"{fact.source}#1#1"
    assert "第三十二条" in started.article


async def test_the_correction_notice_ends_it_and_a_return_starts_it_anew_from_the_return(living: Living) -> None:
    await living.hear(await living.files())
    await living.told("CorrectionsRequested", "2007-03-07", missing=["平面图"])
    assert kinds(await living.clock("correction")) == ["ClockStarted", "ClockEnded"]
    await living.told("CorrectionsReturned", "2007-03-20", still_missing=["平面图"])
    (started,) = await living.clock("correction:2")
    assert isinstance(started, ClockStarted)
    assert started.start == moment("2007-03-20")
    await living.told("CorrectionsReturned", "2007-03-21", still_missing=["平面图"])
    assert kinds(await living.clock("correction:2")) == ["ClockStarted", "ClockCancelled"]
    assert kinds(await living.clock("correction:3")) == ["ClockStarted"]


async def test_acceptance_ends_the_correction_clock_and_starts_statutory_and_promised(living: Living) -> None:
    await accepted(living)
    assert kinds(await living.clock("correction")) == ["ClockStarted", "ClockEnded"]
    (statutory,), (promised,) = await living.clock("statutory"), await living.clock("promised")
    assert isinstance(statutory, ClockStarted)
    assert isinstance(promised, ClockStarted)
    assert (statutory.budget.n, promised.budget.n) == (20, 10)
    assert promised.due_at == moment("2007-03-21T00:00")


async def test_after_silence_limits_run_from_the_receipt_and_the_department_answers(living: Living) -> None:
    await living.hear(await living.files())
    await living.told("CaseAccepted", "2007-03-13", effective=moment("2007-03-05"), by="silence", officer="system:intake")
    (promised,) = await living.clock("promised")
    assert isinstance(promised, ClockStarted)
    assert (promised.start, promised.department, promised.officer) == (moment("2007-03-05"), DEPARTMENT.name, "")
    ended = (await living.clock("correction"))[-1]
    assert isinstance(ended, ClockEnded)
    assert ended.late


@pytest.mark.parametrize("fact", ["CaseNotAccepted", "CaseWithdrawn"])
async def test_what_will_not_happen_cancels_every_clock(living: Living, fact: str) -> None:
    await accepted(living)
    await living.told(fact, "2007-03-08")
    for name in ("statutory", "promised"):
        assert kinds(await living.clock(name))[-1] == "ClockCancelled"


async def test_a_step_with_a_limit_has_a_clock_of_its_own(living: Living) -> None:
    await accepted(living)
    await living.told("StepFellDue", "2007-03-07", number=1, name="现场核查", role="work", limit_days=2)
    await living.told("StepDone", "2007-03-12", number=1, name="现场核查", role="work")
    await living.told("StepFellDue", "2007-03-12", number=2, name="会商", role="work", limit_days=None)
    started, *rungs, ended = await living.clock("step:1")
    assert isinstance(started, ClockStarted)
    assert started.label == "现场核查"
    assert kinds(rungs) == ["ClockReminded", "ClockYellow", "ClockRed"]
    assert isinstance(ended, ClockEnded)
    assert ended.late
    assert await living.clock("step:2") == []


async def test_a_clock_that_runs_is_shown_with_who_holds_the_step_now(living: Living) -> None:
    await accepted(living)
    await living.told("StepFellDue", "2007-03-06", number=1, post="审查岗", limit_days=3)
    whom = [(row["department"], row["post"], row["officer"]) for row in [await living.row(name) for name in ("promised", "step:1")]]
    assert whom == [(DEPARTMENT.name, "审查岗", "")] * 2
    await living.told("StepStarted", "2007-03-07", number=1, officer="E0201")
    assert [(await living.row(name))["officer"] for name in ("statutory", "promised", "step:1")] == ["E0201"] * 3
    await living.told("StepDone", "2007-03-07T15:00", number=1, officer="E0201")
    await living.told("StepFellDue", "2007-03-07T15:00", number=2, post="核准岗", limit_days=1)
    rows = [await living.row(name) for name in ("promised", "step:1", "step:2")]
    assert [(row["state"], row["post"], row["officer"]) for row in rows] == [
        ("open", "核准岗", ""), ("ended", "审查岗", "E0201"), ("open", "核准岗", "")
    ]  # fmt: skip


async def test_art_45_stops_statutory_promised_and_step_also_one_begun_meanwhile(living: Living) -> None:
    await accepted(living)
    await living.told("StepFellDue", "2007-03-07", number=1, name="核查", role="work", limit_days=3)
    await living.told("ClocksSuspended", "2007-03-08", number=1, reason="testing", first="2007-03-08")
    await living.told("StepDone", "2007-03-09", number=1, name="核查", role="work")
    await living.told("StepFellDue", "2007-03-09", number=2, name="审查", role="examine", limit_days=3)
    await living.told("ClocksResumed", "2007-03-13", number=1, last="2007-03-13")
    for name in ("statutory", "promised", "step:2"):
        assert kinds(await living.clock(name))[:3] == ["ClockStarted", "ClockStopped", "ClockResumed"]
    resumed = (await living.clock("step:2"))[-1]
    assert isinstance(resumed, ClockResumed)
    assert resumed.due_at == moment("2007-03-17T00:00")
    assert kinds(await living.clock("step:1")) == ["ClockStarted", "ClockStopped", "ClockEnded"]


@pytest.mark.parametrize(("moves", "promised"), [(False, ["ClockStarted"]), (True, ["ClockStarted", "ClockExtended"])])
async def test_an_extension_moves_the_statutory_and_only_if_said_the_promised_limit(
    living: Living, moves: bool, promised: list[str]
) -> None:
    await accepted(living)
    await living.told("LimitExtended", "2007-03-08", days=10, moves_promise=moves)
    extended = (await living.clock("statutory"))[-1]
    assert isinstance(extended, ClockExtended)
    assert extended.budget.n == 10
    assert kinds(await living.clock("promised")) == promised


async def test_the_decision_ends_what_it_was_about_and_starts_delivery(living: Living) -> None:
    await accepted(living)
    await living.told("CaseDecided", "2007-03-15", outcome="granted")
    assert [kinds(await living.clock(name))[-1] for name in ("statutory", "promised")] == ["ClockEnded", "ClockEnded"]
    assert kinds(await living.clock("delivery")) == ["ClockStarted"]
    await living.told("ResultDelivered", "2007-03-16", how="counter")
    await living.told("CaseClosed", "2007-03-16")
    assert kinds(await living.clock("delivery")) == ["ClockStarted", "ClockEnded"]


async def test_imported_facts_start_the_clocks_of_their_instants_and_no_others(living: Living) -> None:
    instants = {"timeline": "receipt", "promised": moment("2011-03-11"), "statutory": moment("2011-04-11")}
    await living.hear(await living.files("2011-03-01", imported=True, instants=instants))
    await living.told("StepStarted", "2011-03-02", number=1, name="T02", role="examine", imported=True)
    await living.told("CaseDecided", "2011-03-12", imported=True)
    await living.told("CaseClosed", "2011-03-12", imported=True)
    for name in ("correction", "step:1", "delivery"):
        assert await living.clock(name) == []
    assert kinds(await living.clock("promised")) == ["ClockStarted", "ClockYellow", "ClockRed", "ClockEnded"]
    assert kinds(await living.clock("statutory")) == ["ClockStarted", "ClockEnded"]
    (started, *_, ended) = await living.clock("promised")
    assert isinstance(started, ClockStarted)
    assert isinstance(ended, ClockEnded)
    assert (started.timeline, started.imported, ended.imported, ended.late) == ("receipt", True, True, True)


async def test_an_imported_case_taken_up_here_and_now_carries_its_clocks_over_and_says_nothing_of_the_time_before(living: Living) -> None:
    await living.hear(await living.files("2004-07-05", imported=True, came=moment("2007-03-05T09:00")))
    await living.told("CaseAccepted", "2007-03-05", by="silence", effective=moment("2004-07-05"), officer="system:intake")
    assert (await living.ticker.tick("", moment("2007-03-05T12:00"))).fired == 0
    for name in ("statutory", "promised"):
        _, carried = await living.clock(name)
        assert isinstance(carried, ClockCarriedOver)
        assert (carried.at, carried.ran, carried.imported) == (moment("2007-03-05T09:00"), 668, True)


async def test_what_comes_again_changes_nothing(living: Living) -> None:
    facts = [
        await living.files(),
        await living.intake.says("CaseAccepted", "2007-03-06", effective=moment("2007-03-06"), by="decision"),
        await living.intake.says("CaseDecided", "2007-03-15"),
    ]
    await living.hear(*facts)
    before = await living.house.logs.of("511525").head()
    await living.hear(*facts)
    assert await living.house.logs.of("511525").head() == before
    one_by_one, whole = await living.clock("promised"), before.sequence
    assert kinds(one_by_one) == ["ClockStarted", "ClockEnded"]
    assert whole == 7


async def test_a_fact_of_a_case_nobody_heard_of_is_parked_with_its_reason(living: Living) -> None:
    await living.told("CaseDecided", "2007-03-15", case="511525-20070305-000002-0")
    (parked,) = await parking.parked(living.house.pool)
    assert "没有收件记录" in parked.reason
    await living.hear(await living.files())
    assert kinds(await living.clock("correction", CASE)) == ["ClockStarted"]
