"""What the rules remember of a clock: how it was started, its ledger, the rungs of its present generation; made from its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from typing import assert_never

from libs.decider import record
from libs.workdays import midnight
from services.deadline.events import (
    Budget,
    ClockCancelled,
    ClockEnded,
    ClockExtended,
    ClockRed,
    ClockReminded,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockYellow,
    Event,
    SilenceNoticed,
)


class Rung(str, Enum):
    """What a clock says by itself, in the order in which it says it. `SILENCE` stands behind the red one of a correction clock."""

    REMINDER = "reminder"
    YELLOW = "yellow"
    RED = "red"
    SILENCE = "silence"


@record
class Stopped:
    """A procedure of Art. 45, heard of at `at`: days from `first` to `last` are not counted; `last` None: it still runs."""

    reason: str
    first: date
    at: datetime
    last: date | None = None

    @property
    def begins(self) -> datetime:
        """From here the projection without this stop holds no longer."""
        return max(self.at, midnight(self.first))


@record
class Clock:
    """A clock so far. `settled`: rungs up to this instant belong to earlier generations; None in the first."""

    started: ClockStarted | None = None
    stops: tuple[Stopped, ...] = ()
    extensions: tuple[Budget, ...] = ()
    generation: int = 0
    settled: datetime | None = None
    fired: frozenset[tuple[Rung, int]] = frozenset()
    over: bool = False

    @property
    def stopped(self) -> Stopped | None:
        """The stop that runs now."""
        return self.stops[-1] if self.stops and self.stops[-1].last is None else None


def evolve(clock: Clock, event: Event) -> Clock:
    """The state after `event`; total."""
    match event:
        case ClockStarted():
            return Clock(started=event)
        case ClockStopped(reason=reason, first=first, at=at):
            return replace(clock, stops=(*clock.stops, Stopped(reason=reason, first=first, at=at)))
        case ClockResumed():
            return _resumed(clock, event)
        case ClockExtended(budget=budget, generation=generation, at=at):
            return _anew(replace(clock, extensions=(*clock.extensions, budget)), generation, at)
        case ClockReminded():
            return _fired(clock, Rung.REMINDER)
        case ClockYellow():
            return _fired(clock, Rung.YELLOW)
        case ClockRed(overdue=overdue):
            return _fired(clock, Rung.RED, overdue)
        case SilenceNoticed():
            return _fired(clock, Rung.SILENCE)
        case ClockEnded() | ClockCancelled():
            return replace(clock, over=True)
        case _:
            assert_never(event)


def _fired(clock: Clock, rung: Rung, overdue: int = 0) -> Clock:
    return replace(clock, fired=clock.fired | {(rung, overdue)})


def _resumed(clock: Clock, event: ClockResumed) -> Clock:
    stop = clock.stopped
    if stop is None:
        return clock
    begun = min(stop.begins, event.at)
    return _anew(replace(clock, stops=(*clock.stops[:-1], replace(stop, last=event.last))), event.generation, begun)


def _anew(clock: Clock, generation: int, since: datetime) -> Clock:
    """A new generation of rungs: those up to `since` had theirs before; a new projection only moves rungs later. Silence is noticed once."""
    settled = since if clock.settled is None else max(clock.settled, since)
    return replace(clock, generation=generation, settled=settled, fired=clock.fired & {(Rung.SILENCE, 0)})
