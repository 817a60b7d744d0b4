"""The rules of a clock: what starts, stops, extends and ends it, and what it says by itself as time goes by (行政许可法 Art. 32, 42, 44, 45).

Whatever changes a clock lets it first say what it had reached by then, so that nothing depends on how often the ticker runs; each rung is
said once per generation. A command to a clock that does not run is "already so": facts of a case come in whatever order (decision 0011).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TypeVar, assert_never

from libs.decider import Decider, record
from libs.workdays import Calendar, Due, derive
from services.deadline.clock_rungs import Said, days, ledger, pending, reached
from services.deadline.clock_state import Clock, Rung, evolve
from services.deadline.events import (
    Budget,
    ClockCancelled,
    ClockEnded,
    ClockExtended,
    ClockKind,
    ClockRed,
    ClockReminded,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockYellow,
    Event,
    Policy,
    SilenceNoticed,
    Unit,
)


@record
class Start:
    """A limit runs from `start`. `trigger` is the fact that set it going, `article` the rule, `timeline` empty: real time."""

    clock: str
    case: str
    kind: ClockKind
    node: str
    officer: str
    budget: Budget
    trigger: str
    article: str
    start: datetime
    at: datetime
    label: str = ""
    policy: Policy = Policy.AS_IS
    timeline: str = ""
    imported: bool = False


@record
class Stop:
    """Days from `first` on are not counted (Art. 45)."""

    reason: str
    first: date
    trigger: str
    at: datetime


@record
class Resume:
    """`last` was the last day not counted."""

    last: date
    trigger: str
    at: datetime


@record
class Extend:
    """The budget grows (Art. 42)."""

    budget: Budget
    trigger: str
    at: datetime


@record
class Tick:
    """It is `now`: whatever is due and not yet said is said, at its own instant."""

    now: datetime


@record
class End:
    """What the clock measures was done at `at`."""

    trigger: str
    at: datetime
    imported: bool = False


@record
class Cancel:
    """What the clock measures will not happen."""

    trigger: str
    at: datetime
    imported: bool = False


Command = Start | Stop | Resume | Extend | Tick | End | Cancel


def decide(calendar: Calendar, command: Command, clock: Clock) -> Sequence[Event]:
    """What follows; none: already so. Refuses nothing: a clock follows facts. Raises `OutOfCalendar` for times before 2004."""
    if isinstance(command, Start):
        return [] if clock.started else [_started(calendar, command)]
    if clock.started is None or clock.over:
        return []
    match command:
        case Tick(now=now):
            return _say(calendar, clock.started, clock, lambda said, _due: said.at <= now)
        case Stop():
            return _stop(calendar, command, clock.started, clock)
        case Resume():
            return _resume(calendar, command, clock.started, clock)
        case Extend():
            return _extend(calendar, command, clock.started, clock)
        case End(at=at):
            said = _until(calendar, clock.started, clock, at)
            return [*said, _ended(calendar, command, clock.started, clock)]
        case Cancel(at=at):
            said = _until(calendar, clock.started, clock, at)
            return [*said, _cancelled(command, clock.started)]
        case _:
            assert_never(command)


def clock_decider(calendar: Calendar) -> Decider[Command, Clock, Event]:
    """The rules under a calendar."""
    return Decider(initial=Clock(), decide=partial(decide, calendar), evolve=evolve)


# --- what a clock says by itself --------------------------------------------------------------------------------------------------


def _say(calendar: Calendar, started: ClockStarted, clock: Clock, so_far: Callable[[Said, Due], bool]) -> list[Event]:
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


def _until(calendar: Calendar, started: ClockStarted, clock: Clock, at: datetime) -> list[Event]:
    return _say(calendar, started, clock, lambda said, due: reached(said, at, due))


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


# --- what happens to a clock ------------------------------------------------------------------------------------------------------

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
    said = _until(calendar, started, clock, at)
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
