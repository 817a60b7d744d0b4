"""What a case's facts do to its clocks, without any server: stories with facts in and rungs out, and the table line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.workdays import CHINA
from services.deadline.clock import CHANGES, Command
from services.deadline.clock import heard as facts
from services.deadline.clock.heard import FactOfCase, PinnedLimits
from services.deadline.clock.rungs import TickClock
from services.deadline.clock.starting import StartClock, case_of, clock_of, kind_of, node_of_case
from services.deadline.clock.triggers import ARTICLES, TRIGGERS, KnownCase, OpenStop, react
from services.deadline.events import ClockEnded, ClockKind, ClockStarted, Event, SilenceNoticed
from services.deadline.tests.stories import CASE, at, kinds, said
from services.deadline.tests.telling import Telling

LIMITS = PinnedLimits(statutory_days=20, promised_days=10, delivery_days=10, correction_days=5)
EVERYTHING = ("correction", "statutory", "promised", "step:1", "delivery")


# --- stories ----------------------------------------------------------------------------------------------------------------------


async def test_a_case_from_filing_to_delivery_its_facts_in_its_rungs_out() -> None:
    """Accepted on the 6th with a promise of 10 days; a test of 4 working days from the 8th; decided two days after the promise."""
    case = Telling()
    await case.told("CaseFiled", "2007-03-05")
    assert kinds(await case.told("CaseAccepted", "2007-03-06")) == ["ClockEnded", "ClockStarted", "ClockStarted"]
    await case.told("StepStarted", "2007-03-07", number=1, name="现场核查", limit_days=2)
    assert case.tick(at("2007-03-07", "23:59")) == []
    stopped = kinds(await case.told("ClocksSuspended", "2007-03-08", reason="testing", first="2007-03-08"))
    assert stopped == ["ClockStopped", "ClockStopped", "ClockReminded", "ClockStopped"]
    assert case.tick(at("2007-03-13", "23:59")) == []
    assert kinds(await case.told("ClocksResumed", "2007-03-13", last="2007-03-13")) == ["ClockResumed"] * 3
    assert said(case.tick(at("2007-03-16", "00:00"))) == [
        ("reminder", 1, 0, at("2007-03-14", "00:00")),
        ("yellow", 1, 0, at("2007-03-15", "00:00")),
        ("red", 1, 0, at("2007-03-16", "00:00")),
    ]
    assert kinds(await case.told("StepDone", "2007-03-16", number=1)) == ["ClockEnded"]
    rungs = said(case.tick(at("2007-03-28", "09:00")))
    assert [rung for rung, *_ in rungs] == ["reminder", "yellow", "red"]
    assert rungs[-1][-1] == at("2007-03-27", "00:00")
    ended = [event for event in await case.told("CaseDecided", "2007-03-28") if isinstance(event, ClockEnded)]
    assert {event.kind: event.late for event in ended} == {ClockKind.STATUTORY: False, ClockKind.PROMISED: True}
    assert kinds(await case.told("ResultDelivered", "2007-03-29")) == ["ClockEnded"]
    assert await case.told("CaseClosed", "2007-03-29") == []
    assert case.running == set()
    assert case.tick(at("2008-01-01")) == []


async def test_five_days_of_silence_then_the_limits_run_from_the_receipt() -> None:
    case = Telling()
    await case.told("CaseFiled", "2007-03-05", officer="C0200")
    silence = case.tick(at("2007-03-13", "00:00"))[-1]
    assert isinstance(silence, SilenceNoticed)
    assert (silence.at, silence.effective) == (at("2007-03-13", "00:00"), at("2007-03-05"))
    await case.told("CaseAccepted", "2007-03-13", by="silence", effective=silence.effective, officer="system:intake")
    (promised,) = case.clock("promised")
    assert isinstance(promised, ClockStarted)
    assert (promised.start, promised.officer, promised.due_at) == (at("2007-03-05"), "C0200", at("2007-03-20", "00:00"))


async def test_an_imported_case_lives_in_its_own_time_by_its_own_instants() -> None:
    case, instants = Telling(), {"timeline": "receipt", "promised": at("2011-03-11"), "statutory": at("2011-04-11")}
    (promised, statutory) = (await case.told("CaseFiled", "2011-03-01", imported=True, instants=instants))[::-1]
    assert isinstance(promised, ClockStarted)
    assert isinstance(statutory, ClockStarted)
    assert {promised.timeline, statutory.timeline} == {"receipt"}
    assert await case.told("CaseAccepted", "2011-03-02", imported=True) == []
    assert [name for name, *_ in said(case.tick(at("2011-03-11")))] == ["yellow", "red"]
    assert kinds(await case.told("CaseDecided", "2011-03-12", imported=True)) == ["ClockEnded", "ClockEnded"]


async def test_a_return_gives_five_days_again_under_a_name_of_its_own() -> None:
    case = Telling()
    await case.told("CaseFiled", "2007-03-05")
    await case.told("CorrectionsRequested", "2007-03-07")
    await case.told("CorrectionsReturned", "2007-03-20")
    await case.told("CorrectionsReturned", "2007-03-21")
    assert [kinds(case.clock(name)) for name in ("correction", "correction:2", "correction:3")] == [
        ["ClockStarted", "ClockEnded"],
        ["ClockStarted", "ClockCancelled"],
        ["ClockStarted"],
    ]
    (again,) = case.clock("correction:3")
    assert isinstance(again, ClockStarted)
    assert "P-silence-after-return" in again.article


# --- the table --------------------------------------------------------------------------------------------------------------------


def asked(fact: FactOfCase, known: KnownCase | None = None) -> tuple[KnownCase, list[tuple[str, str]]]:
    """What is known after a fact, and which clock is asked what; all clocks run before, unless said otherwise."""
    before = known or KnownCase(case=CASE, officer="C0200", limits=LIMITS, running=EVERYTHING, corrections=1)
    after, commands = react(before, fact, "t")
    return after, [(clock.removeprefix(f"clock:{CASE}:"), type(command).__name__) for clock, command in commands]


def fact(kind: type[Any], on: str = "2007-03-08", **more: Any) -> Any:
    return kind(case=CASE, officer="C0117", at=at(on), **more)


DAY = at("2007-03-08").astimezone(CHINA).date()
LINES: list[tuple[Any, list[tuple[str, str]]]] = [
    (fact(facts.CorrectionsRequested), [("correction", "EndClock")]),
    (fact(facts.CorrectionsReturned), [("correction", "CancelClock"), ("correction:2", "StartClock")]),
    (
        fact(facts.CaseAccepted, effective=at("2007-03-08"), by="decision"),
        [("correction", "EndClock"), ("statutory", "StartClock"), ("promised", "StartClock")],
    ),
    (fact(facts.CaseNotAccepted), [(name, "CancelClock") for name in EVERYTHING]),
    (fact(facts.CaseWithdrawn), [(name, "CancelClock") for name in EVERYTHING]),
    (fact(facts.StepStarted, number=2, name="审查", limit_days=3), [("step:2", "StartClock")]),
    (fact(facts.StepStarted, number=2, name="审查", limit_days=None), []),
    (fact(facts.StepDone, number=1), [("step:1", "EndClock")]),
    (fact(facts.StepDone, number=2), []),
    (
        fact(facts.ClocksSuspended, reason="testing", first=DAY),
        [("statutory", "StopClock"), ("promised", "StopClock"), ("step:1", "StopClock")],
    ),
    (fact(facts.ClocksResumed, last=DAY), [("statutory", "ResumeClock"), ("promised", "ResumeClock"), ("step:1", "ResumeClock")]),
    (fact(facts.LimitExtended, days=10, moves_promise=False), [("statutory", "ExtendClock")]),
    (fact(facts.LimitExtended, days=10, moves_promise=True), [("statutory", "ExtendClock"), ("promised", "ExtendClock")]),
    (fact(facts.CaseDecided), [*((name, "EndClock") for name in EVERYTHING), ("delivery", "StartClock")]),
    (fact(facts.ResultDelivered), [("delivery", "EndClock")]),
    (fact(facts.CaseClosed), [(name, "EndClock") for name in EVERYTHING]),
]


@pytest.mark.parametrize(("heard", "expected"), LINES, ids=lambda part: type(part).__name__)
def test_the_table_line_by_line(heard: FactOfCase, expected: list[tuple[str, str]]) -> None:
    assert asked(heard)[1] == expected


def test_every_fact_has_a_line_and_every_kind_of_clock_an_article() -> None:
    assert set(TRIGGERS) == set(get_args(FactOfCase)) == {type(heard) for heard, _ in LINES} | {facts.CaseFiled}
    assert set(ARTICLES) == set(ClockKind)


def test_every_command_is_started_ticked_or_changes_what_runs() -> None:
    assert {StartClock, TickClock, *CHANGES} == set(get_args(Command))


@pytest.mark.parametrize(("heard", "expected"), LINES, ids=lambda part: type(part).__name__)
def test_what_ends_is_forgotten_and_what_starts_is_known(heard: FactOfCase, expected: list[tuple[str, str]]) -> None:
    after, _ = asked(heard)
    over = {name for name, command in expected if command in ("EndClock", "CancelClock")}
    begun = {name for name, command in expected if command == "StartClock"}
    assert set(after.running) == (set(EVERYTHING) - over) | begun


def test_a_step_that_begins_while_a_procedure_runs_is_stopped_by_it() -> None:
    known, _ = asked(fact(facts.ClocksSuspended, reason="testing", first=DAY))
    assert known.stop == OpenStop(reason="testing", first=DAY)
    known, commands = asked(fact(facts.StepStarted, number=2, name="审查", limit_days=3), known)
    assert commands == [("step:2", "StartClock"), ("step:2", "StopClock")]
    known, _ = asked(fact(facts.ClocksResumed, last=DAY), known)
    assert known.stop is None


@pytest.mark.parametrize(
    ("heard", "begun"),
    [
        (fact(facts.CorrectionsReturned), {"correction:2"}),
        (fact(facts.CaseAccepted, effective=at("2007-03-08"), by="decision"), {"statutory", "promised"}),
        (fact(facts.CaseDecided), {"delivery"}),
    ],
    ids=lambda part: type(part).__name__,
)
def test_any_other_clock_that_begins_while_a_procedure_runs_is_not_stopped_by_it(heard: FactOfCase, begun: set[str]) -> None:
    known = KnownCase(case=CASE, officer="C0200", limits=LIMITS, corrections=1, stop=OpenStop(reason="testing", first=DAY))
    assert asked(heard, known)[1] == [(name, "StartClock") for name in sorted(begun, reverse=True)]


async def test_limits_of_a_case_accepted_while_a_procedure_runs_are_counted_from_the_first_day() -> None:
    case = Telling()
    await case.told("CaseFiled", "2007-03-05")
    await case.told("ClocksSuspended", "2007-03-06", reason="testing", first="2007-03-06")
    await case.told("CaseAccepted", "2007-03-07")
    await case.told("ClocksResumed", "2007-03-09", last="2007-03-09")
    assert [kinds(case.clock(name)) for name in ("statutory", "promised")] == [["ClockStarted"], ["ClockStarted"]]
    assert said(case.tick(at("2007-03-22", "00:00")))[-1] == ("red", 0, 0, at("2007-03-22", "00:00"))


@pytest.mark.parametrize("heard", [heard for heard, _ in LINES], ids=lambda heard: type(heard).__name__)
def test_an_imported_fact_starts_no_correction_step_or_delivery_clock(heard: FactOfCase) -> None:
    imported = type(heard)(**{**{name: getattr(heard, name) for name in type(heard).__dataclass_fields__}, "imported": True})
    started = {name for name, command in asked(imported)[1] if command == "StartClock"}
    assert started <= {"statutory", "promised"}


def test_a_fact_of_a_case_that_was_never_filed_is_nobodys() -> None:
    with pytest.raises(LookupError, match="never filed"):
        react(None, fact(facts.CaseDecided), "t")


def test_the_name_of_a_clock_says_its_case_its_node_and_its_kind() -> None:
    clock = clock_of(CASE, "step:3")
    assert (clock, case_of(clock), node_of_case(case_of(clock)), kind_of("step:3")) == (
        f"clock:{CASE}:step:3",
        CASE,
        "511525",
        ClockKind.STEP,
    )


# --- whatever is told -------------------------------------------------------------------------------------------------------------


@st.composite
def lives(draw: st.DrawFn) -> Sequence[FactOfCase]:
    """A filing and whatever may follow, in order of time; a step has its own number, a case is accepted and decided once."""
    often = [facts.CorrectionsReturned, facts.StepStarted, facts.StepDone, facts.ClocksSuspended, facts.ClocksResumed, facts.LimitExtended]
    once = [facts.CorrectionsRequested, facts.CaseAccepted, facts.CaseDecided, facts.ResultDelivered, facts.CaseWithdrawn, facts.CaseClosed]
    rest: list[type[Any]] = draw(
        st.permutations([*draw(st.lists(st.sampled_from(often), max_size=8)), *draw(st.sets(st.sampled_from(once)))])
    )
    moment, steps = at("2007-03-05"), 0
    told: list[FactOfCase] = [facts.CaseFiled(case=CASE, officer="C0117", at=moment, pinned=LIMITS)]
    for kind in rest:
        moment += timedelta(hours=draw(st.integers(1, 300)))
        steps += kind is facts.StepStarted
        day = moment.astimezone(CHINA).date()
        more: dict[type[Any], dict[str, Any]] = {
            facts.CaseAccepted: {"effective": moment, "by": "decision"},
            facts.StepStarted: {"number": steps, "name": "审查", "limit_days": draw(st.sampled_from([None, 1, 3]))},
            facts.StepDone: {"number": draw(st.integers(0, steps))},
            facts.ClocksSuspended: {"reason": "testing", "first": day + timedelta(days=draw(st.integers(0, 5)))},
            facts.ClocksResumed: {"last": day},
            facts.LimitExtended: {"days": 10, "moves_promise": draw(st.booleans())},
        }
        told.append(kind(case=CASE, officer="C0117", at=moment, **more.get(kind, {})))
    return told


@settings(max_examples=100)
@given(lives())
def test_the_running_clocks_that_are_known_are_those_that_run(life: Sequence[FactOfCase]) -> None:
    case = Telling()
    for heard in life:
        case.hear(heard)
        assert case.known is not None
        assert {clock_of(CASE, name) for name in case.known.running} == case.running


@settings(max_examples=100)
@given(lives(), st.lists(st.integers(0, 24 * 60), max_size=12))
def test_what_the_clocks_of_a_case_say_does_not_depend_on_the_ticks(life: Sequence[FactOfCase], hours: list[int]) -> None:
    taken = {heard.at for heard in life}
    ticks = [moment for n in hours if (moment := at("2007-03-05") + timedelta(hours=n, minutes=30)) not in taken]
    ticked, last = Telling(), max(heard.at for heard in life) + timedelta(days=90)
    for _, what in sorted(
        [*((heard.at, heard) for heard in life), *((moment, moment) for moment in ticks if moment < last)], key=lambda p: p[0]
    ):
        ticked.tick(what) if isinstance(what, datetime) else ticked.hear(what)
    alone = Telling()
    for heard in life:
        alone.hear(heard)
    assert rungs(ticked, last) == rungs(alone, last)


def rungs(case: Telling, last: datetime) -> dict[str, list[tuple[str, int, int, datetime]]]:
    """All that the clocks of a case have said by `last`."""
    case.tick(last)
    return {clock: said(list[Event](events)) for clock, events in case.clocks.items()}
