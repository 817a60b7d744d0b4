"""From a clock's ledger to its rungs: reminder, yellow, red, red again for every 5 working days overdue (domain.md, "Rungs").

The calendar's arithmetic is `libs.workdays`; which of the rungs a clock still has to say is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import assert_never

from libs.decider import record
from libs.workdays import Budget as Days
from libs.workdays import Calendar, Due, Ledger, NaturalDays, Stop, Until, WorkingDays, derive
from libs.workdays import Policy as Reading
from libs.workdays.ledger import OVERDUE_STEP
from services.deadline.clock_state import Clock, Rung
from services.deadline.events import Budget, ClockKind, ClockRed, ClockReminded, ClockStarted, ClockYellow, Event, SilenceNoticed, Unit


@record
class Said:
    """A rung at its own instant; `overdue` counts the reds from 0."""

    rung: Rung
    at: datetime
    overdue: int = 0


def days(budget: Budget) -> Days:
    """The budget as the calendar counts it. Raises `ValueError` for an instant that is not given."""
    match budget.unit:
        case Unit.WORKING_DAYS:
            return WorkingDays(budget.n)
        case Unit.NATURAL_DAYS:
            return NaturalDays(budget.n)
        case Unit.UNTIL:
            if budget.until is None:
                raise ValueError("以时刻为限的期限应当给出时刻")
            return Until(budget.until)
        case _:
            assert_never(budget.unit)


def ledger(started: ClockStarted, clock: Clock) -> Ledger:
    """What the calendar needs to know of the clock."""
    return Ledger(
        start=started.start,
        budget=days(started.budget),
        stops=tuple(Stop(stop.first, stop.last) for stop in clock.stops),
        extensions=tuple(days(extension) for extension in clock.extensions),
        policy=Reading(started.policy.value),
    )


def pending(clock: Clock, calendar: Calendar) -> Iterator[Said]:
    """The rungs the clock has still to say, in order of their instants; as long as anybody asks, for reds do not end.

    A generation says nothing again: what was reached before the ledger changed was said by the one before it.
    """
    if clock.started is None or clock.over:
        return
    known = ledger(clock.started, clock)
    due = derive(known, calendar)
    for said in _rungs(clock.started.kind, known, due, calendar):
        if (said.rung, said.overdue) not in clock.fired and not (clock.settled is not None and reached(said, clock.settled, due)):
            yield said


def _rungs(kind: ClockKind, known: Ledger, due: Due, calendar: Calendar) -> Iterator[Said]:
    warnings = [
        *([Said(rung=Rung.REMINDER, at=due.reminder_at)] if due.reminder_at else []),
        *([Said(rung=Rung.YELLOW, at=due.yellow_at)] if due.yellow_at else []),
    ]
    reds = [Said(rung=Rung.RED, at=due.due_at)] if due.due_at else []
    silence = [replace(red, rung=Rung.SILENCE) for red in reds if kind is ClockKind.CORRECTION]
    yield from sorted([*warnings, *reds, *silence], key=lambda said: said.at)
    if due.due_date is None or due.inclusive or kind is ClockKind.CORRECTION:
        return
    for n in count(1):
        again = derive(Ledger(due.due_date, WorkingDays(OVERDUE_STEP * n), known.stops), calendar).due_at
        if again is None:
            return
        yield Said(rung=Rung.RED, at=again, overdue=n)


def reached(said: Said, at: datetime, due: Due) -> bool:
    """Whether the rung came while the clock ran, when something happened at `at`: a warning before it, a red where `at` is past due."""
    passes_at_once = said.rung in (Rung.RED, Rung.SILENCE) and not due.inclusive
    return said.at <= at if passes_at_once else said.at < at


def say(calendar: Calendar, started: ClockStarted, clock: Clock, so_far: Callable[[Said, Due], bool]) -> list[Event]:
    """The pending rungs as far as `so_far` goes, each naming the instant of the one behind it."""
    due = derive(ledger(started, clock), calendar)
    told = due.due_at or _without_stop(calendar, started, clock)
    rungs = pending(clock, calendar)
    events: list[Event] = []
    said = next(rungs, None)
    while said is not None and so_far(said, due):
        following = next(rungs, None)
        events.append(_event(said, started, clock.generation, told, following.at if following else None))
        said = following
    return events


def say_until(calendar: Calendar, started: ClockStarted, clock: Clock, at: datetime) -> list[Event]:
    """What the clock had reached when something happened at `at`."""
    return say(calendar, started, clock, lambda said, due: reached(said, at, due))


def _without_stop(calendar: Calendar, started: ClockStarted, clock: Clock) -> datetime:
    """Due as it was told before the stop that runs now."""
    due_at = derive(ledger(started, replace(clock, stops=clock.stops[:-1])), calendar).due_at
    if due_at is None:
        raise AssertionError("only the last stop is open")
    return due_at


def _event(said: Said, started: ClockStarted, generation: int, due_at: datetime, next_at: datetime | None) -> Event:
    match said.rung:
        case Rung.REMINDER | Rung.YELLOW:
            kind = ClockReminded if said.rung is Rung.REMINDER else ClockYellow
            return kind(
                clock=started.clock,
                case=started.case,
                kind=started.kind,
                node=started.node,
                officer=started.officer,
                generation=generation,
                due_at=due_at,
                at=said.at,
                imported=started.imported,
                next_at=next_at,
            )
        case Rung.RED:
            return ClockRed(
                clock=started.clock,
                case=started.case,
                kind=started.kind,
                node=started.node,
                officer=started.officer,
                generation=generation,
                overdue=said.overdue,
                due_at=due_at,
                at=said.at,
                imported=started.imported,
                next_at=next_at,
            )
        case Rung.SILENCE:
            return SilenceNoticed(clock=started.clock, case=started.case, kind=started.kind, effective=started.start, at=said.at)
        case _:
            assert_never(said.rung)
