"""依法不计时 (行政许可法 Art. 45): while a listed procedure runs, days are not counted; several may run, and their days are united."""

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
    """Stop the clock: days from `first` on are not counted, for the procedure of this number, named by `reason`."""

    number: int
    reason: str
    first: date
    trigger: str
    at: datetime
    imported: bool = False


@record
class ResumeClock(Speaking):
    """The procedure of this number stops the clock no more: `last` was the last day not counted; None: it was called off."""

    number: int
    last: date | None
    trigger: str
    at: datetime


@record
class Stopped:
    """A procedure of Art. 45, heard of at `at`: days from `first` to `last` are not counted; `last` None: it is not over."""

    number: int
    reason: str
    first: date
    at: datetime
    last: date | None = None

    @property
    def since(self) -> datetime:
        """The instant from which the clock knew, and stood still."""
        return max(self.at, midnight(self.first))


@record
class Stops:
    """The procedures of Art. 45 that stopped a clock: those that are over, and those that are not. What left out no day is forgotten."""

    past: tuple[Stopped, ...] = ()
    open: tuple[Stopped, ...] = ()

    @property
    def all(self) -> tuple[Stopped, ...]:
        """Every stop of the clock."""
        return (*self.past, *self.open)

    def numbered(self, number: int) -> Stopped | None:
        """The stop by the procedure of this number, if that is not over."""
        return next((stop for stop in self.open if stop.number == number), None)


def already_stopped(c: StopClock, clock: Clock) -> bool:
    """Whether stopping changes nothing: this procedure stopped the clock before, or the limit is an instant, which nothing stops."""
    return clock.started.budget.unit is Unit.UNTIL or any(stop.number == c.number for stop in clock.stops.all)


def stopped(c: StopClock, clock: Clock) -> ClockStopped:
    """The fact that the clock is stopped: its days are not counted from `first` on."""
    return ClockStopped(**said(clock), number=c.number, reason=c.reason, first=c.first, trigger=c.trigger, at=c.at)


def already_running(c: ResumeClock, clock: Clock) -> bool:
    """Whether resuming changes nothing: the procedure of this number does not stop the clock."""
    return clock.stops.numbered(c.number) is None


def resumed(c: ResumeClock, clock: Clock) -> ClockResumed:
    """The fact that this procedure stops the clock no more. A last day before the first, as only another system's record has it, is none."""
    stop = clock.stops.numbered(c.number)
    return ClockResumed(
        **said(clock),
        number=c.number,
        last=c.last if c.last and stop and c.last >= stop.first else None,
        due_at=None,
        provisional=False,
        generation=clock.generation.number + 1,
        trigger=c.trigger,
        at=c.at,
    )


CHANGES: Final[Changes] = {StopClock: Change(stopped, already_stopped), ResumeClock: Change(resumed, already_running)}


def stopped_by(stops: Stops, event: ClockStopped) -> Stops:
    """The stops after a clock was stopped."""
    return replace(stops, open=(*stops.open, Stopped(number=event.number, reason=event.reason, first=event.first, at=event.at)))


def resumed_by(stops: Stops, event: ClockResumed) -> Stops:
    """The stops after the procedure of this number is over."""
    over = tuple(replace(stop, last=event.last) for stop in stops.open if stop.number == event.number and event.last)
    return Stops(past=(*stops.past, *over), open=tuple(stop for stop in stops.open if stop.number != event.number))


def standing_since(stops: Stops, at: datetime) -> datetime:
    """The instant up to which, when something happens at `at`, the clock has spoken: `at`, or when the first of the procedures that are not
    over brought it to a stand. What comes to light behind that instant was said by nobody.
    """
    return min([at, *(stop.since for stop in stops.open)])
