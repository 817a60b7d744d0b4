"""The rules of a clock: what starts, stops, extends and ends it, and what it says by itself (行政许可法 Art. 32, 42, 44, 45).

Whatever changes a clock lets it first say what it had reached by then, so that nothing depends on how often the ticker runs; each rung is
said once per generation. A command to a clock that does not run is "already so": facts of a case come in whatever order (decision 0011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar, assert_never

from libs.decider import Decider
from libs.workdays import Calendar, derive
from services.deadline.clock_commands import Cancel, Command, End, Extend, Resume, Start, Stop, Tick
from services.deadline.clock_rungs import days, ledger, pending, say, say_until
from services.deadline.clock_state import Clock, evolve
from services.deadline.events import (
    ClockCancelled,
    ClockEnded,
    ClockExtended,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Event,
    Unit,
)


def decide(calendar: Calendar, command: Command, clock: Clock) -> Sequence[Event]:
    """What follows; none: already so. Refuses nothing: a clock follows facts. Raises `OutOfCalendar` for times before 2004."""
    if isinstance(command, Start):
        return [] if clock.started else [_started(calendar, command)]
    if clock.started is None or clock.over:
        return []
    match command:
        case Tick(now=now):
            return say(calendar, clock.started, clock, lambda said, _due: said.at <= now)
        case Stop():
            return _stop(calendar, command, clock.started, clock)
        case Resume():
            return _resume(calendar, command, clock.started, clock)
        case Extend():
            return _extend(calendar, command, clock.started, clock)
        case End(at=at):
            said = say_until(calendar, clock.started, clock, at)
            return [*said, _ended(calendar, command, clock.started, clock)]
        case Cancel(at=at):
            said = say_until(calendar, clock.started, clock, at)
            return [*said, _cancelled(command, clock.started)]
        case _:
            assert_never(command)


def clock_decider(calendar: Calendar) -> Decider[Command, Clock, Event]:
    """The rules under a calendar."""
    return Decider(initial=Clock(), decide=partial(decide, calendar), evolve=evolve)


Projected = TypeVar("Projected", ClockStarted, ClockStopped, ClockResumed, ClockExtended)


def _projected(calendar: Calendar, clock: Clock, event: Projected) -> Projected:
    """The event with what follows from it: the due instant and the next one at which the clock speaks."""
    after = evolve(clock, event)
    if after.started is None:
        raise AssertionError("only a clock that was started is projected")
    due = derive(ledger(after.started, after), calendar)
    said = next(pending(after, calendar), None)
    next_at = said.at if said else None
    if isinstance(event, ClockStopped):
        return replace(event, due_at=due.due_at, next_at=next_at)
    return replace(event, due_at=due.due_at, provisional=due.provisional, next_at=next_at)


def _started(calendar: Calendar, c: Start) -> ClockStarted:
    event = ClockStarted(
        clock=c.clock,
        case=c.case,
        kind=c.kind,
        label=c.label,
        node=c.node,
        officer=c.officer,
        budget=c.budget,
        policy=c.policy,
        trigger=c.trigger,
        article=c.article,
        calendar=calendar.version,
        timeline=c.timeline,
        start=c.start,
        due_at=None,
        provisional=False,
        at=c.at,
        imported=c.imported,
    )
    return _projected(calendar, Clock(), event)


def _stop(calendar: Calendar, c: Stop, started: ClockStarted, clock: Clock) -> list[Event]:
    if clock.stopped or started.budget.unit is Unit.UNTIL:
        return []
    event = ClockStopped(clock=started.clock, case=started.case, reason=c.reason, first=c.first, trigger=c.trigger, at=c.at)
    return _then(calendar, started, clock, c.at, event)


def _resume(calendar: Calendar, c: Resume, started: ClockStarted, clock: Clock) -> list[Event]:
    if clock.stopped is None:
        return []
    event = ClockResumed(
        clock=started.clock,
        case=started.case,
        last=max(c.last, clock.stopped.first),
        due_at=None,
        provisional=False,
        generation=clock.generation + 1,
        trigger=c.trigger,
        at=c.at,
    )
    return _then(calendar, started, clock, c.at, event)


def _extend(calendar: Calendar, c: Extend, started: ClockStarted, clock: Clock) -> list[Event]:
    if type(days(c.budget)) is not type(days(started.budget)) or started.budget.unit is Unit.UNTIL:
        return []
    event = ClockExtended(
        clock=started.clock,
        case=started.case,
        budget=c.budget,
        due_at=None,
        provisional=False,
        generation=clock.generation + 1,
        trigger=c.trigger,
        at=c.at,
    )
    return _then(calendar, started, clock, c.at, event)


def _then(calendar: Calendar, started: ClockStarted, clock: Clock, at: datetime, event: Projected) -> list[Event]:
    """First what the clock had reached by then, then what happened to it."""
    said: list[Event] = say_until(calendar, started, clock, at)
    now = clock
    for one in said:
        now = evolve(now, one)
    return [*said, _projected(calendar, now, event)]


def _ended(calendar: Calendar, c: End, started: ClockStarted, clock: Clock) -> ClockEnded:
    due = derive(ledger(started, clock), calendar)
    return ClockEnded(
        clock=started.clock,
        case=started.case,
        kind=started.kind,
        node=started.node,
        late=due.late(c.at),
        due_at=due.due_at,
        trigger=c.trigger,
        at=c.at,
        imported=c.imported,
    )


def _cancelled(c: Cancel, started: ClockStarted) -> ClockCancelled:
    return ClockCancelled(
        clock=started.clock, case=started.case, kind=started.kind, node=started.node, trigger=c.trigger, at=c.at, imported=c.imported
    )
