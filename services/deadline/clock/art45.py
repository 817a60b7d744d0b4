"""依法不计时 (行政许可法 Art. 45): while a listed procedure runs, days are not counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from libs.decider import record
from libs.workdays import midnight
from services.deadline.clock.change import Change, Changes, said
from services.deadline.clock.holding import Speaking
from services.deadline.events import ClockResumed, ClockStopped, Unit

if TYPE_CHECKING:
    from services.deadline.clock import Clock


@record
class StopClock(Speaking):
    """Stop the clock: days from `first` on are not counted, for a procedure named by `reason`."""

    reason: str
    first: date
    trigger: str
    at: datetime


@record
class ResumeClock(Speaking):
    """Let the clock go on: `last` was the last day not counted."""

    last: date
    trigger: str
    at: datetime


@record
class Stopped:
    """A procedure of Art. 45, heard of at `at`: days from `first` to `last` are not counted; `last` None: it still runs."""

    reason: str
    first: date
    at: datetime
    last: date | None = None


@record
class Stops:
    """The procedures of Art. 45 that stopped a clock: those that are over, and the one that runs."""

    past: tuple[Stopped, ...] = ()
    open: Stopped | None = None

    @property
    def all(self) -> tuple[Stopped, ...]:
        """Every stop of the clock, in the order in which they were heard of."""
        return (*self.past, self.open) if self.open else self.past


def already_stopped(_c: StopClock, clock: Clock) -> bool:
    """Whether stopping changes nothing: a stop runs already, or the limit is an instant, which nothing stops."""
    return clock.stops.open is not None or clock.started.budget.unit is Unit.UNTIL


def stopped(c: StopClock, clock: Clock) -> ClockStopped:
    """The fact that the clock is stopped: its days are not counted from `first` on."""
    return ClockStopped(**said(clock), reason=c.reason, first=c.first, trigger=c.trigger, at=c.at)


def already_running(_c: ResumeClock, clock: Clock) -> bool:
    """Whether resuming changes nothing: no stop runs that could end."""
    return clock.stops.open is None


def resumed(c: ResumeClock, clock: Clock) -> ClockResumed:
    """The fact that the clock goes on: its days are counted again behind `last`, which is never before the first day of the stop."""
    return ClockResumed(
        **said(clock),
        last=max(c.last, clock.stops.open.first) if clock.stops.open else c.last,
        due_at=None,
        provisional=False,
        generation=clock.generation.number + 1,
        trigger=c.trigger,
        at=c.at,
    )


CHANGES: Final[Changes] = {StopClock: Change(stopped, already_stopped), ResumeClock: Change(resumed, already_running)}


def stopped_by(stops: Stops, event: ClockStopped) -> Stops:
    """The stops after a clock was stopped."""
    return Stops(past=stops.all, open=Stopped(reason=event.reason, first=event.first, at=event.at))


def resumed_by(stops: Stops, event: ClockResumed) -> Stops:
    """The stops after the one that ran has ended."""
    return Stops(past=(*stops.past, replace(stops.open, last=event.last))) if stops.open else stops


def ceased(stops: Stops, event: ClockResumed) -> datetime:
    """The instant from which the projection made before the stop, which has now ended, held no longer."""
    return min(max(stops.open.at, midnight(stops.open.first)), event.at) if stops.open else event.at
