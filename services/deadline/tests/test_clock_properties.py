"""However often and whenever the ticker runs: each rung once per generation, the same rungs, the same end (decision 0011)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.testkit.neighbours import moment
from libs.workdays import CHINA, Ledger, Stop, WorkingDays, derive
from services.deadline.clock import Command
from services.deadline.clock.art45 import ResumeClock, StopClock
from services.deadline.clock.counting import ledger
from services.deadline.clock.ending import CancelClock, EndClock
from services.deadline.clock.extending import ExtendClock
from services.deadline.clock.rungs import TickClock
from services.deadline.clock.starting import StartClock
from services.deadline.events import ClockEnded, ClockKind, ClockRed, ClockResumed, ClockStopped, Event, LimitBudget, Unit
from services.deadline.tests.stories import CALENDAR, CASE, CLOCK, said, start, wd

BEGIN = moment("2006-01-01T00:00")
moments = st.integers(0, 60 * 24 * 500).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
budgets = st.one_of(
    st.integers(0, 45).map(wd),
    st.integers(1, 60).map(lambda n: LimitBudget(unit=Unit.NATURAL_DAYS, n=n)),
    moments.map(lambda instant: LimitBudget(unit=Unit.UNTIL, until=instant)),
)


numbers = st.integers(1, 3)


@st.composite
def lives(draw: st.DrawFn) -> tuple[StartClock, list[Command]]:
    """What happens to a clock, in order of time: stops, resumes, extensions, at last an end or a cancellation."""
    budget = draw(budgets)
    kind = draw(st.sampled_from([ClockKind.PROMISED, ClockKind.CORRECTION]))
    begun = start(budget, kind=kind, timeline="log" if budget.unit is Unit.UNTIL else "")
    times = sorted(draw(st.lists(moments, min_size=1, max_size=6, unique=True)))
    unit = budget.unit if budget.unit is not Unit.UNTIL else Unit.WORKING_DAYS
    commands: list[Command] = []
    for instant in times[1:-1]:
        day = instant.astimezone(CHINA).date()
        shift = timedelta(days=draw(st.integers(-5, 12)))
        possible: list[Command] = [
            StopClock(number=draw(numbers), reason="testing", first=day + shift, trigger="t", at=instant),
            ResumeClock(number=draw(numbers), last=draw(st.sampled_from([day - abs(shift), None])), trigger="t", at=instant),
            ExtendClock(budget=LimitBudget(unit=unit, n=abs(shift.days)), trigger="t", at=instant),
        ]
        commands.append(draw(st.sampled_from(possible)))
    ends: list[Command] = [EndClock(trigger="t", at=times[-1]), CancelClock(trigger="t", at=times[-1])]
    commands.append(draw(st.sampled_from(ends)))
    return replace(begun, start=times[0], at=times[0]), commands


def run(commands: list[Command]) -> list[Event]:
    history: list[Event] = []
    for command in commands:
        history.extend(CLOCK.decide(command, CLOCK.fold(history)))
    return history


def with_ticks(life: list[Command], ticks: list[datetime]) -> list[Command]:
    """The life with ticks between what happened, each at its time, never at the very moment at which something happens."""
    timed = [(command.at, 1, command) for command in life if not isinstance(command, TickClock)]
    taken = {instant for instant, *_ in timed}
    mixed = timed + [(instant, 0, TickClock(now=instant)) for instant in ticks if instant not in taken]
    return [command for *_, command in sorted(mixed, key=lambda entry: entry[:2])]


@settings(max_examples=120, deadline=None)
@given(lives(), st.lists(moments, max_size=25))
def test_the_rungs_of_a_life_do_not_depend_on_the_ticks(life: tuple[StartClock, list[Command]], ticks: list[datetime]) -> None:
    commands = [life[0], *life[1]]
    without, often = run(commands), run(with_ticks(commands, ticks))
    assert said(often) == said(without)
    assert often[-1] == without[-1]


@settings(max_examples=120, deadline=None)
@given(lives(), st.lists(moments, max_size=25))
def test_a_rung_is_said_once_per_generation_at_its_own_instant(life: tuple[StartClock, list[Command]], ticks: list[datetime]) -> None:
    events = run(with_ticks([life[0], *life[1]], ticks))
    assert [entry for entry, times in Counter(said(events)).items() if times > 1] == []
    names = Counter((name, generation, overdue) for name, generation, overdue, _ in said(events))
    assert all(times == 1 for times in names.values())


@settings(max_examples=120, deadline=None)
@given(lives(), st.lists(moments, max_size=25), st.integers(0, 3))
def test_ticks_repeated_or_late_or_twice_at_once_say_nothing_more(
    life: tuple[StartClock, list[Command]], ticks: list[datetime], again: int
) -> None:
    once = run(with_ticks([life[0], *life[1]], ticks))
    many = run([command for command in with_ticks([life[0], *life[1]], ticks) for _ in range(1 + again * isinstance(command, TickClock))])
    assert many == once


@settings(max_examples=120, deadline=None)
@given(lives())
def test_late_is_what_the_ledger_says_and_a_late_clock_was_red(life: tuple[StartClock, list[Command]]) -> None:
    events = run([life[0], *life[1]])
    ended = events[-1]
    if not isinstance(ended, ClockEnded):
        return
    clock = CLOCK.fold(events)
    assert clock is not None
    due = derive(ledger(clock), CALENDAR)
    assert (ended.late, ended.due_at) == (due.late(ended.at), due.due_at)
    if ended.late:
        assert any(isinstance(event, ClockRed) for event in events)


@settings(max_examples=120, deadline=None)
@given(lives(), moments)
def test_what_names_the_next_instant_is_true(life: tuple[StartClock, list[Command]], later: datetime) -> None:
    """A tick before the named instant says nothing, a tick at it says something."""
    history = run([life[0], *life[1][:-1]])
    next_at = getattr(history[-1], "next_at", None)
    state = CLOCK.fold(history)
    if next_at is None:
        assert CLOCK.decide(TickClock(now=later + timedelta(days=3650)), state) == []
        return
    assert CLOCK.decide(TickClock(now=next_at - timedelta(microseconds=1)), state) == []
    first = CLOCK.decide(TickClock(now=next_at), state)[0]
    assert first.at == next_at
    assert CASE in first.case


def due_at(history: list[Event]) -> datetime:
    """When the clock is due; behind every day while it stands still."""
    clock = CLOCK.fold(history)
    assert clock is not None
    return derive(ledger(clock), CALENDAR).due_at or moment("2059-01-01T00:00")


@settings(max_examples=200, deadline=None)
@given(lives())
def test_nothing_makes_a_clock_earlier_than_without_stops_and_nothing_moves_one_that_has_passed(
    life: tuple[StartClock, list[Command]],
) -> None:
    """A stop or an extension never makes a limit earlier; the end of a stop gives back at most what the stop had taken."""
    history = run([life[0]])
    for command in life[1][:-1]:
        before, unstopped = due_at(history), due_at([event for event in history if not isinstance(event, ClockStopped | ClockResumed)])
        history.extend(CLOCK.decide(command, CLOCK.fold(history)))
        after = due_at(history)
        assert after >= (unstopped if isinstance(command, ResumeClock) else before)
        if isinstance(command, StopClock | ExtendClock) and command.at > before:
            assert after == before


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 45), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=5), st.randoms())
def test_any_number_of_stops_that_overlap_leave_out_the_union_of_their_days(
    n: int, procedures: list[tuple[int, int]], chance: Random
) -> None:
    """Told on the day of the start, resumed in whatever order: as if every day that one of them ran had been a stop of its own."""
    begun, first_day = start(n), date(2007, 3, 5)
    days = [(first_day + timedelta(days=first), first_day + timedelta(days=first + lasted)) for first, lasted in procedures]
    told: list[Command] = [
        StopClock(number=number, reason="testing", first=first, trigger="t", at=begun.at) for number, (first, _) in enumerate(days, 1)
    ]
    over: list[Command] = [
        ResumeClock(number=number, last=last, trigger="t", at=moment("2007-08-01")) for number, (_, last) in enumerate(days, 1)
    ]
    chance.shuffle(over)
    left_out = {first + timedelta(days=k) for first, last in days for k in range((last - first).days + 1)}
    alone = derive(Ledger(begun.start, WorkingDays(n), tuple(Stop(day, day) for day in left_out)), CALENDAR)
    assert due_at(run([begun, *told, *over])) == alone.due_at
