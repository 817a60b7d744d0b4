"""What a case's facts do to its clocks, without any server: stories with facts in and rungs out, and the table line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.testkit import neighbours
from libs.testkit.neighbours import moment
from libs.workdays import CHINA
from services.deadline.clock import CHANGES, Command
from services.deadline.clock.heard import CaseFiled, FactOfCase, PinnedLimits
from services.deadline.clock.known import KnownCase, OpenStop
from services.deadline.clock.rungs import TickClock
from services.deadline.clock.starting import StartClock, clock_of
from services.deadline.clock.triggers import ARTICLES, TRIGGERS, react
from services.deadline.events import ClockEnded, ClockKind, ClockStarted, Event, SilenceNoticed
from services.deadline.inbox import READER
from services.deadline.tests.stories import CASE, DEPARTMENT, LIMITS, kinds, said
from services.deadline.tests.telling import Telling

PINNED = PinnedLimits(**LIMITS, department=DEPARTMENT)
EVERYTHING = ("correction", "statutory", "promised", "step:1", "delivery", "suspension:1")
MEASURED = EVERYTHING[:-1]
"""All but the days of a procedure of Art. 45."""


# --- stories ----------------------------------------------------------------------------------------------------------------------


async def test_a_case_from_filing_to_delivery_its_facts_in_its_rungs_out() -> None:
    """Accepted on the 6th with a promise of 10 days; a test of 4 working days from the 8th; decided two days after the promise."""
    case = Telling()
    await case.told("CaseFiled", "2007-03-05")
    assert kinds(await case.told("CaseAccepted", "2007-03-06")) == ["ClockEnded", "ClockStarted", "ClockStarted"]
    await case.told("StepFellDue", "2007-03-07", number=1, name="现场核查", limit_days=2)
    assert case.tick(moment("2007-03-07T23:59")) == []
    stopped = kinds(await case.told("ClocksSuspended", "2007-03-08", number=1, reason="testing", first="2007-03-08", expected_days=9))
    assert stopped == ["ClockStopped", "ClockStopped", "ClockReminded", "ClockStopped", "ClockStarted"]
    assert case.tick(moment("2007-03-13T23:59")) == []
    assert kinds(await case.told("ClocksResumed", "2007-03-13", number=1, last="2007-03-13")) == [*["ClockResumed"] * 3, "ClockEnded"]
    assert said(case.tick(moment("2007-03-16T00:00"))) == [
        ("reminder", 1, 0, moment("2007-03-14T00:00")),
        ("yellow", 1, 0, moment("2007-03-15T00:00")),
        ("red", 1, 0, moment("2007-03-16T00:00")),
    ]
    assert kinds(await case.told("StepDone", "2007-03-16", number=1)) == ["ClockEnded"]
    rungs = said(case.tick(moment("2007-03-28T09:00")))
    assert [rung for rung, *_ in rungs] == ["reminder", "yellow", "red"]
    assert rungs[-1][-1] == moment("2007-03-27T00:00")
    ended = [event for event in await case.told("CaseDecided", "2007-03-28") if isinstance(event, ClockEnded)]
    assert {event.kind: event.late for event in ended} == {ClockKind.STATUTORY: False, ClockKind.PROMISED: True}
    assert kinds(await case.told("ResultDelivered", "2007-03-29")) == ["ClockEnded"]
    assert await case.told("CaseClosed", "2007-03-29") == []
    assert case.running == set()
    assert case.tick(moment("2008-01-01")) == []


async def test_five_days_of_silence_then_the_limits_run_from_the_receipt() -> None:
    case = Telling()
    await case.told("CaseFiled", "2007-03-05")
    silence = case.tick(moment("2007-03-13T00:00"))[-1]
    assert isinstance(silence, SilenceNoticed)
    assert (silence.at, silence.effective) == (moment("2007-03-13T00:00"), moment("2007-03-05"))
    await case.told("CaseAccepted", "2007-03-13", by="silence", effective=silence.effective, officer="system:intake")
    (promised,) = case.clock("promised")
    assert isinstance(promised, ClockStarted)
    assert (promised.start, promised.officer, promised.due_at) == (moment("2007-03-05"), "", moment("2007-03-20T00:00"))


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
    before = known or KnownCase(
        case=CASE,
        limits=PINNED,
        running=EVERYTHING,
        corrections=1,
        stops=(OpenStop(number=1, reason="hearing", first=DAY),),
    )
    after, commands = react(before, fact, "t")
    return after, [(clock.removeprefix(f"clock:{CASE}:"), type(command).__name__) for clock, command in commands]


def fact(kind: str, on: str | datetime = "2007-03-08", **changes: Any) -> Any:
    """What intake says, as it is read here."""
    return neighbours.heard(READER, "intake", kind, on, CASE, **{"officer": "C0117", **changes})


DAY = moment("2007-03-08").astimezone(CHINA).date()
LINES: list[tuple[Any, list[tuple[str, str]]]] = [
    (fact("CorrectionsRequested"), [("correction", "EndClock")]),
    (fact("CorrectionsReturned"), [("correction", "CancelClock"), ("correction:2", "StartClock")]),
    (
        fact("CaseAccepted", effective=moment("2007-03-08"), by="decision"),
        [("correction", "EndClock"), ("statutory", "StartClock"), ("promised", "StartClock")],
    ),
    (fact("CaseNotAccepted"), [(name, "CancelClock") for name in EVERYTHING]),
    (fact("CaseWithdrawn"), [(name, "CancelClock") for name in EVERYTHING]),
    (fact("StepFellDue", number=2, limit_days=3), [("step:2", "StartClock"), ("step:2", "StopClock")]),
    (fact("StepFellDue", number=2, limit_days=None), []),
    (fact("StepStarted", number=2), []),
    (fact("StepHandedOver", number=2), []),
    (fact("StepDone", number=1), [("step:1", "EndClock")]),
    (fact("StepDone", number=2), []),
    (fact("StepSentBack", number=1), [("step:1", "CancelClock")]),
    (fact("StepSentBack", number=2), []),
    (
        fact("ClocksSuspended", number=2, reason="testing", first=DAY),
        [("statutory", "StopClock"), ("promised", "StopClock"), ("step:1", "StopClock"), ("suspension:2", "StartClock")],
    ),
    (
        fact("ClocksResumed", number=1, last=DAY),
        [("statutory", "ResumeClock"), ("promised", "ResumeClock"), ("step:1", "ResumeClock"), ("suspension:1", "EndClock")],
    ),
    (fact("ClocksResumed", number=2, last=DAY), []),
    (
        fact("SuspensionCalledOff", number=1),
        [("statutory", "ResumeClock"), ("promised", "ResumeClock"), ("step:1", "ResumeClock"), ("suspension:1", "CancelClock")],
    ),
    (fact("SuspensionCalledOff", number=2), []),
    (fact("LimitExtended", days=10, moves_promise=False), [("statutory", "ExtendClock")]),
    (fact("LimitExtended", days=10, moves_promise=True), [("statutory", "ExtendClock"), ("promised", "ExtendClock")]),
    (
        fact("CaseDecided"),
        [("suspension:1", "CancelClock"), *((name, "EndClock") for name in MEASURED), ("delivery", "StartClock")],
    ),
    (fact("ResultDelivered"), [("delivery", "EndClock")]),
    (fact("CaseClosed"), [(name, "EndClock") for name in EVERYTHING]),
]


@pytest.mark.parametrize(("heard", "expected"), LINES, ids=lambda part: type(part).__name__)
def test_the_table_line_by_line(heard: FactOfCase, expected: list[tuple[str, str]]) -> None:
    assert asked(heard)[1] == expected


def test_every_fact_has_a_line_and_every_kind_of_clock_an_article() -> None:
    assert set(TRIGGERS) == set(get_args(FactOfCase)) == {type(heard) for heard, _ in LINES} | {CaseFiled}
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
    known, _ = asked(fact("ClocksSuspended", number=2, reason="testing", first=DAY))
    assert known.stops == (OpenStop(number=1, reason="hearing", first=DAY), OpenStop(number=2, reason="testing", first=DAY))
    known, commands = asked(fact("StepFellDue", number=2, limit_days=3), known)
    assert commands == [("step:2", "StartClock"), ("step:2", "StopClock"), ("step:2", "StopClock")]
    for number in (1, 2):
        known, _ = asked(fact("ClocksResumed", number=number, last=DAY), known)
    assert known.stops == ()


@pytest.mark.parametrize(
    ("heard", "begun"),
    [
        (fact("CorrectionsReturned"), {"correction:2"}),
        (fact("CaseAccepted", effective=moment("2007-03-08"), by="decision"), {"statutory", "promised"}),
        (fact("CaseDecided"), {"delivery"}),
    ],
    ids=lambda part: type(part).__name__,
)
def test_any_other_clock_that_begins_while_a_procedure_runs_is_not_stopped_by_it(heard: FactOfCase, begun: set[str]) -> None:
    known = KnownCase(case=CASE, limits=PINNED, corrections=1, stops=(OpenStop(number=1, reason="testing", first=DAY),))
    assert asked(heard, known)[1] == [(name, "StartClock") for name in sorted(begun, reverse=True)]


@pytest.mark.parametrize("heard", [heard for heard, _ in LINES], ids=lambda heard: type(heard).__name__)
def test_an_imported_fact_starts_no_correction_step_or_delivery_clock(heard: FactOfCase) -> None:
    started = {name for name, command in asked(replace(heard, imported=True))[1] if command == "StartClock"}
    assert started <= {"statutory", "promised"}


def test_a_fact_of_a_case_that_was_never_filed_is_nobodys() -> None:
    with pytest.raises(LookupError, match="没有收件记录"):
        react(None, fact("CaseDecided"), "t")


# --- whatever is told -------------------------------------------------------------------------------------------------------------


OFTEN = ["CorrectionsReturned", "StepFellDue", "StepStarted", "StepDone", "StepSentBack", "LimitExtended"]
OFTEN += ["ClocksSuspended", "ClocksResumed", "SuspensionCalledOff"]
ONCE = ["CorrectionsRequested", "CaseAccepted", "CaseDecided", "ResultDelivered", "CaseWithdrawn", "CaseClosed"]


@st.composite
def lives(draw: st.DrawFn) -> Sequence[FactOfCase]:
    """A filing and whatever may follow, in order of time; a step has its own number, a case is accepted and decided once."""
    rest: list[str] = draw(
        st.permutations([*draw(st.lists(st.sampled_from(OFTEN), max_size=8)), *sorted(draw(st.sets(st.sampled_from(ONCE))))])
    )
    now, steps, stops = moment("2007-03-05"), 0, 0
    told: list[FactOfCase] = [fact("CaseFiled", now, pinned=LIMITS)]
    for kind in rest:
        now += timedelta(hours=draw(st.integers(1, 300)))
        steps += kind == "StepFellDue"
        stops += kind == "ClocksSuspended"
        day = now.astimezone(CHINA).date()
        more: dict[str, dict[str, Any]] = {
            "CaseAccepted": {"effective": now, "by": "decision"},
            "StepFellDue": {"number": steps, "limit_days": draw(st.sampled_from([None, 1, 3]))},
            "StepStarted": {"officer": draw(st.sampled_from(["E0201", "E0202"]))},
            "StepDone": {"number": draw(st.integers(0, steps))},
            "StepSentBack": {"number": draw(st.integers(0, steps))},
            "ClocksSuspended": {
                "number": stops,
                "reason": "testing",
                "expected_days": draw(st.integers(1, 9)),
                "first": day + timedelta(days=draw(st.integers(0, 5))),
            },
            "ClocksResumed": {"number": draw(st.integers(0, stops)), "last": day},
            "SuspensionCalledOff": {"number": draw(st.integers(0, stops))},
            "LimitExtended": {"days": 10, "moves_promise": draw(st.booleans())},
        }
        told.append(fact(kind, now, **more.get(kind, {})))
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
    ticks = [now for n in hours if (now := moment("2007-03-05") + timedelta(hours=n, minutes=30)) not in taken]
    ticked, last = Telling(), max(heard.at for heard in life) + timedelta(days=90)
    for _, what in sorted([*((heard.at, heard) for heard in life), *((now, now) for now in ticks if now < last)], key=lambda p: p[0]):
        ticked.tick(what) if isinstance(what, datetime) else ticked.hear(what)
    alone = Telling()
    for heard in life:
        alone.hear(heard)
    assert rungs(ticked, last) == rungs(alone, last)


def rungs(case: Telling, last: datetime) -> dict[str, list[tuple[str, int, int, datetime]]]:
    """All that the clocks of a case have said by `last`."""
    case.tick(last)
    return {clock: said(list[Event](events)) for clock, events in case.clocks.items()}
