"""What procedures of Art. 45 do to the clocks of a case, and what does not touch an imported one: facts in, rungs out, without any server."""

from __future__ import annotations

from libs.testkit.neighbours import moment
from services.deadline.events import ClockEnded, ClockKind, ClockRed, ClockResumed, ClockStarted, ClockYellow
from services.deadline.tests.stories import kinds, said
from services.deadline.tests.telling import Telling


async def test_the_days_of_a_procedure_are_a_clock_that_warns_stops_nothing_and_is_stopped_by_nothing() -> None:
    """Five days are expected from the 12th of March on: the last is the 19th. A second procedure does not stop it."""
    case = Telling()
    await case.told("CaseFiled", "2007-03-05")
    await case.told("CaseAccepted", "2007-03-06")
    await case.told(
        "ClocksSuspended", "2007-03-09", number=1, reason="testing", first="2007-03-12", expected_days=5, approver_post="分管负责人"
    )
    await case.told("ClocksSuspended", "2007-03-13", number=2, reason="hearing", first="2007-03-13", expected_days=9)
    case.tick(moment("2007-03-20T00:00"))
    assert said(case.clock("suspension:1")) == [
        ("reminder", 0, 0, moment("2007-03-16T00:00")),
        ("yellow", 0, 0, moment("2007-03-19T00:00")),
        ("red", 0, 0, moment("2007-03-20T00:00")),
    ]
    assert {rung.post for rung in case.clock("suspension:1") if isinstance(rung, ClockStarted | ClockYellow | ClockRed)} == {"分管负责人"}
    (*_, ended) = await case.told("ClocksResumed", "2007-03-21", number=1, last="2007-03-21")
    assert isinstance(ended, ClockEnded)
    assert (ended.kind, ended.late) == (ClockKind.SUSPENSION, True)
    assert said(case.clock("promised")) == []


async def test_called_off_it_leaves_no_trace_in_the_limits_and_its_own_clock_is_cancelled() -> None:
    case, alone = Telling(), Telling()
    for told in (case, alone):
        await told.told("CaseFiled", "2007-03-05")
        await told.told("CaseAccepted", "2007-03-06")
    await case.told("ClocksSuspended", "2007-03-12", number=1, reason="testing", first="2007-03-19", expected_days=5)
    await case.told("SuspensionCalledOff", "2007-03-16", number=1)
    assert kinds(case.clock("suspension:1")) == ["ClockStarted", "ClockCancelled"]
    for told in (case, alone):
        told.tick(moment("2007-05-01"))
    assert [(rung, at) for rung, _, _, at in said(case.clock("promised"))] == [
        (rung, at) for rung, _, _, at in said(alone.clock("promised"))
    ]


async def test_an_imported_procedure_that_ended_before_it_began_leaves_out_no_day() -> None:
    case = Telling()
    await case.told("CaseFiled", "2007-03-05")
    await case.told("CaseAccepted", "2007-03-06")
    await case.told("ClocksSuspended", "2007-03-08", number=1, reason="testing", first="2007-03-08", imported=True)
    await case.told("ClocksResumed", "2007-03-09", number=1, last="2007-03-01", imported=True)
    resumed = case.clock("promised")[-1]
    assert isinstance(resumed, ClockResumed)
    assert (resumed.last, resumed.due_at) == (None, moment("2007-03-21T00:00"))
    assert case.clock("suspension:1") == []


async def test_limits_of_a_case_accepted_while_a_procedure_runs_are_counted_from_the_first_day() -> None:
    case = Telling()
    await case.told("CaseFiled", "2007-03-05")
    await case.told("ClocksSuspended", "2007-03-06", number=1, reason="testing", first="2007-03-06")
    await case.told("CaseAccepted", "2007-03-07")
    await case.told("ClocksResumed", "2007-03-09", number=1, last="2007-03-09")
    assert [kinds(case.clock(name)) for name in ("statutory", "promised")] == [["ClockStarted"], ["ClockStarted"]]
    assert said(case.tick(moment("2007-03-22T00:00")))[-1] == ("red", 0, 0, moment("2007-03-22T00:00"))


async def test_an_imported_case_lives_in_its_own_time_by_its_own_instants() -> None:
    case, instants = Telling(), {"timeline": "receipt", "promised": moment("2011-03-11"), "statutory": moment("2011-04-11")}
    (promised, statutory) = (await case.told("CaseFiled", "2011-03-01", imported=True, instants=instants))[::-1]
    assert isinstance(promised, ClockStarted)
    assert isinstance(statutory, ClockStarted)
    assert {promised.timeline, statutory.timeline} == {"receipt"}
    assert await case.told("CaseAccepted", "2011-03-02", imported=True) == []
    assert [name for name, *_ in said(case.tick(moment("2011-03-11")))] == ["yellow", "red"]
    assert kinds(await case.told("CaseDecided", "2011-03-12", imported=True)) == ["ClockEnded", "ClockEnded"]


async def test_a_case_of_a_log_without_limits_that_is_accepted_here_has_those_of_its_procedure() -> None:
    case, instants = Telling(), {"timeline": "dogs", "promised": None, "statutory": None}
    assert await case.told("CaseFiled", "2007-03-01", imported=True, instants=instants, came=moment("2007-03-05T09:00")) == []
    started = await case.told("CaseAccepted", "2007-03-05T10:00", effective=moment("2007-03-05T10:00"))
    assert [event.timeline for event in started if isinstance(event, ClockStarted)] == ["", ""]


async def test_an_imported_case_taken_up_here_and_now_is_not_carded_for_the_time_before_it_came() -> None:
    case = Telling()
    await case.told("CaseFiled", "2004-07-05", imported=True, came=moment("2007-03-05T09:00"))
    await case.told("CaseAccepted", "2007-03-05", by="silence", effective=moment("2004-07-05"), officer="system:intake")
    assert len(case.tick(moment("2007-03-05T12:00"))) == 0
