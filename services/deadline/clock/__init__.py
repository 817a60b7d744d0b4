"""The rules of a clock: what starts, stops, extends and ends it, and what it says by itself (行政许可法 Art. 32, 42, 44, 45).

Whatever changes a clock lets it first say what it had reached by then, so that nothing depends on how often the ticker runs; each rung is
said once per generation. Nothing is refused: a clock follows facts, in whatever order they come (docs/decisions/0011-clocks-and-rungs.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Final, assert_never

from libs.decider import Decider, record
from libs.workdays import Calendar, derive
from services.deadline.clock import art45, carrying, ending, extending, rungs
from services.deadline.clock.art45 import ResumeClock, StopClock, Stops
from services.deadline.clock.change import Changes
from services.deadline.clock.counting import ledger
from services.deadline.clock.ending import CancelClock, EndClock
from services.deadline.clock.extending import ExtendClock
from services.deadline.clock.rungs import Generation, TickClock, pending, say, say_until
from services.deadline.clock.starting import StartClock, started
from services.deadline.events import (
    ClockCancelled,
    ClockCarriedOver,
    ClockEnded,
    ClockExtended,
    ClockRed,
    ClockReminded,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockYellow,
    Event,
    LimitBudget,
    SilenceNoticed,
)

ACTOR: Final = "system:deadline"
"""Who asks a clock: nobody in person."""
Command = StartClock | StopClock | ResumeClock | ExtendClock | TickClock | EndClock | CancelClock
CHANGES: Final[Changes] = {**art45.CHANGES, **extending.CHANGES, **ending.CHANGES}
"""What changes a clock that runs. Besides, a clock is started, and it is ticked: then nothing changes but the time."""


@record
class Clock:
    """A clock that was started, made from its facts: each topic's part. `over` is the fact that ended or cancelled it."""

    started: ClockStarted
    carried: ClockCarriedOver | None = None
    stops: Stops = Stops()
    extensions: tuple[LimitBudget, ...] = ()
    generation: Generation = Generation()
    over: ClockEnded | ClockCancelled | None = None


State = Clock | None
"""None: not started yet."""


def decide(calendar: Calendar, command: Command, clock: State) -> Sequence[Event]:
    """The events that follow from a command to a clock; none where it is already so. Raises `OutOfCalendar` for times before 2004."""
    if isinstance(command, StartClock):
        return [] if clock else _begun(calendar, command)
    if clock is None or clock.over:
        return []
    if isinstance(command, TickClock):
        return say(calendar, clock, command.holdings, lambda spoken, _due: spoken.at <= command.now)
    change = CHANGES[type(command)]
    if change.already(command, clock):
        return []
    if isinstance(command, StopClock | ExtendClock) and rungs.passed(calendar, clock, command.at, imported=command.imported):
        return []  # what makes a limit pass later moves none that has passed
    said = say_until(calendar, clock, command.holdings, command.at)
    return [*said, _projected(calendar, reduce(_changed, said, clock), change.fact(command, clock))]


def evolve(clock: State, event: Event) -> State:
    """The clock after `event`, each topic folding its own part. Defined for every event in every state."""
    if isinstance(event, ClockStarted):
        return Clock(started=event)
    return clock and _changed(clock, event)


def clock_decider(calendar: Calendar) -> Decider[Command, State, Event]:
    """The decider of clocks under a calendar."""
    return Decider(initial=None, decide=partial(decide, calendar), evolve=evolve)


def _begun(calendar: Calendar, command: StartClock) -> Sequence[Event]:
    """The clock runs, and, where it ran before its case came here, is carried over."""
    fact = started(command, calendar)
    carried = carrying.carried_over(Clock(started=fact), command.came, calendar)
    facts = [_projected(calendar, None, fact)]
    return [*facts, _projected(calendar, Clock(started=fact), carried)] if carried else facts


def _changed(clock: Clock, event: Event) -> Clock:
    match event:
        case ClockStarted():
            return Clock(started=event)
        case ClockCarriedOver():
            return replace(clock, carried=event)
        case ClockStopped():
            return replace(clock, stops=art45.stopped_by(clock.stops, event))
        case ClockResumed(generation=generation, at=at):
            since = art45.standing_since(clock.stops, at)
            return replace(clock, stops=art45.resumed_by(clock.stops, event), generation=rungs.anew(clock.generation, generation, since))
        case ClockExtended(generation=generation, at=at):
            longer, since = extending.extended_by(clock.extensions, event), art45.standing_since(clock.stops, at)
            return replace(clock, extensions=longer, generation=rungs.anew(clock.generation, generation, since))
        case ClockReminded() | ClockYellow() | ClockRed() | SilenceNoticed():
            return replace(clock, generation=rungs.said_by(clock.generation, event))
        case ClockEnded() | ClockCancelled():
            return replace(clock, over=event)
        case _:
            assert_never(event)


def _projected(calendar: Calendar, before: State, event: Event) -> Event:
    """The event with what the calendar makes of it: the due instant, whether that was kept, when the clock speaks next; an end names it."""
    clock = evolve(before, event)
    if clock is None:
        return event
    due, spoken = derive(ledger(clock), calendar), next(pending(clock, calendar), None)
    next_at = spoken.at if spoken else None
    match event:
        case ClockStarted() | ClockResumed() | ClockExtended():
            return replace(event, due_at=due.due_at, provisional=due.provisional, next_at=next_at)
        case ClockStopped() | ClockCarriedOver():
            return replace(event, due_at=due.due_at, next_at=next_at)
        case ClockEnded(at=at):
            return replace(event, due_at=due.due_at, late=due.late(at), calendar=calendar.version)
        case ClockCancelled():
            return replace(event, calendar=calendar.version)
        case _:
            return event
