"""What a clock says by itself: reminder, yellow, red, red again for every 5 working days overdue; behind a correction clock's red its silence.

The instants follow from the ledger (docs/clocks.md); which of the rungs a clock still has to say is decided here. Silence after a limit
has a meaning by 行政许可法 Art. 32(1)(4); what it is, intake decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING, Final, assert_never

from libs.decider import record
from libs.workdays import OVERDUE_STEP, Calendar, Due, Ledger, WorkingDays, derive
from services.deadline.clock.art45 import Stops
from services.deadline.clock.carrying import before_it_came, reds_before_it_came
from services.deadline.clock.change import ClockAndCase, said
from services.deadline.clock.counting import ledger
from services.deadline.clock.holding import Addressee, Holdings, Speaking, addressee
from services.deadline.events import ClockKind, ClockRed, ClockReminded, ClockYellow, Event, SilenceNoticed

if TYPE_CHECKING:
    from services.deadline.clock import Clock


@record
class TickClock(Speaking):
    """Let the clock say, each at its own instant, the rungs that are due by `now` and not yet said."""

    now: datetime


class Rung(str, Enum):
    """What a clock says by itself, in the order in which it says it. `SILENCE` stands behind the red one of a correction clock."""

    REMINDER = "reminder"
    YELLOW = "yellow"
    RED = "red"
    SILENCE = "silence"


RungEvent = ClockReminded | ClockYellow | ClockRed | SilenceNoticed
_SILENCE: Final = (Rung.SILENCE, 0)


@record
class Spoken:
    """A rung of a clock at its own instant; `overdue` counts the reds from 0."""

    rung: Rung
    at: datetime
    overdue: int = 0

    @property
    def place(self) -> tuple[Rung, int]:
        """The rung's place among the rungs of a generation."""
        return self.rung, self.overdue


@record
class Generation:
    """The present generation of a clock's rungs: those it has said, and of the reds said again, which do not end, `overdue` of the last one.
    `settled`: rungs up to this instant belong to earlier ones; None: to none.
    """

    number: int = 0
    settled: datetime | None = None
    said: frozenset[tuple[Rung, int]] = frozenset()
    overdue: int = 0


# --- what is remembered -----------------------------------------------------------------------------------------------------------


def rung_of(event: RungEvent) -> tuple[Rung, int]:
    """The place, among the rungs of a generation, of a rung that was said."""
    match event:
        case ClockReminded():
            return Rung.REMINDER, 0
        case ClockYellow():
            return Rung.YELLOW, 0
        case ClockRed(overdue=overdue):
            return Rung.RED, overdue
        case SilenceNoticed():
            return _SILENCE
        case _:
            assert_never(event)


def said_by(generation: Generation, event: RungEvent) -> Generation:
    """The generation after one more rung was said."""
    rung, overdue = rung_of(event)
    return replace(generation, overdue=overdue) if overdue else replace(generation, said=generation.said | {(rung, 0)})


def anew(generation: Generation, number: int, since: datetime) -> Generation:
    """A new generation of rungs: those up to `since` belong to earlier ones, for a new projection only moves rungs later. Silence is noticed
    once in the life of a clock.
    """
    settled = since if generation.settled is None else max(generation.settled, since)
    return Generation(number=number, settled=settled, said=generation.said & {_SILENCE})


def claimed(event: Event) -> str:
    """What a rung claims, so that it is said once per generation whoever asks: clock|rung|generation|overdue. Empty: the event is no rung."""
    match event:
        case ClockReminded() | ClockYellow() | ClockRed():
            rung, overdue = rung_of(event)
            return f"{event.clock}|{rung.value}|{event.generation}|{overdue}"
        case SilenceNoticed():
            return f"{event.clock}|{Rung.SILENCE.value}|0|0"
        case _:
            return ""


# --- what is still to be said -----------------------------------------------------------------------------------------------------


def pending(clock: Clock, calendar: Calendar) -> Iterator[Spoken]:
    """The rungs the clock has still to say, in order of their instants; as long as anybody asks, for reds do not end.

    A generation says nothing again: what was reached before the ledger changed was said by the one before it. Nothing is said of the time
    before an imported case came.
    """
    if clock.over:
        return
    known, now = ledger(clock), clock.generation
    due = derive(known, calendar)
    for spoken in _rungs(clock, known, due, calendar):
        if spoken.place in now.said or before_it_came(clock, spoken.at):
            continue
        if now.settled is None or not reached(spoken, now.settled, due):
            yield spoken


def _rungs(clock: Clock, known: Ledger, due: Due, calendar: Calendar) -> Iterator[Spoken]:
    kind = clock.started.kind
    warnings = [
        *([Spoken(rung=Rung.REMINDER, at=due.reminder_at)] if due.reminder_at else []),
        *([Spoken(rung=Rung.YELLOW, at=due.yellow_at)] if due.yellow_at else []),
    ]
    reds = [Spoken(rung=Rung.RED, at=due.due_at)] if due.due_at else []
    silence = [replace(red, rung=Rung.SILENCE) for red in reds if kind is ClockKind.CORRECTION]
    yield from sorted([*warnings, *reds, *silence], key=lambda spoken: spoken.at)
    if due.due_date is None or due.inclusive or kind is ClockKind.CORRECTION:
        return
    for n in count(1 + max(clock.generation.overdue, reds_before_it_came(clock, known, due.due_date, calendar))):
        again = derive(Ledger(due.due_date, WorkingDays(OVERDUE_STEP * n), known.stops), calendar).due_at
        if again is None:
            return
        yield Spoken(rung=Rung.RED, at=again, overdue=n)


def reached(spoken: Spoken, at: datetime, due: Due) -> bool:
    """Whether the rung came while the clock ran, when something happened at `at`: a warning before it, a red where `at` is past due."""
    passes_at_once = spoken.rung in (Rung.RED, Rung.SILENCE) and not due.inclusive
    return spoken.at <= at if passes_at_once else spoken.at < at


def passed(calendar: Calendar, clock: Clock, at: datetime, *, imported: bool) -> bool:
    """Whether the limit had passed at `at`. Another system's record may tell late of what it says to have been in time: then a red that was
    said stands.
    """
    return derive(ledger(clock), calendar).late(at) or (imported and (Rung.RED, 0) in clock.generation.said)


# --- saying it --------------------------------------------------------------------------------------------------------------------


def say(calendar: Calendar, clock: Clock, holdings: Holdings, so_far: Callable[[Spoken, Due], bool]) -> list[Event]:
    """The pending rungs as far as `so_far` goes, each naming who held the step at its own instant, and the instant of the one behind it."""
    due = derive(ledger(clock), calendar)
    told = due.due_at or _without_stop(calendar, clock)
    rungs = pending(clock, calendar)
    events: list[Event] = []
    spoken = next(rungs, None)
    while spoken is not None and so_far(spoken, due):
        following = next(rungs, None)
        whom = addressee(clock.started, holdings, spoken.at)
        events.append(_event(spoken, clock, whom, told, following.at if following else None))
        spoken = following
    return events


def say_until(calendar: Calendar, clock: Clock, holdings: Holdings, at: datetime) -> list[Event]:
    """The rungs the clock had reached, and not yet said, when something happened to it at `at`."""
    return say(calendar, clock, holdings, lambda spoken, due: reached(spoken, at, due))


def _without_stop(calendar: Calendar, clock: Clock) -> datetime:
    """The due instant as it was told before the stops that are not over."""
    due_at = derive(ledger(replace(clock, stops=Stops(past=clock.stops.past))), calendar).due_at
    assert due_at is not None  # only a stop that is not over keeps the last day away
    return due_at


def _event(spoken: Spoken, clock: Clock, whom: Addressee, due_at: datetime, next_at: datetime | None) -> RungEvent:
    told = _told(spoken, clock, whom, due_at, next_at)
    match spoken.rung:
        case Rung.REMINDER:
            return ClockReminded(**told)
        case Rung.YELLOW:
            return ClockYellow(**told)
        case Rung.RED:
            return ClockRed(**told, overdue=spoken.overdue)
        case Rung.SILENCE:
            return SilenceNoticed(**said(clock), kind=clock.started.kind, effective=clock.started.start, at=spoken.at)
        case _:
            assert_never(spoken.rung)


class _OfRung(ClockAndCase, Addressee):
    """What reminder, yellow and red alike say."""

    kind: ClockKind
    node: str
    generation: int
    due_at: datetime
    at: datetime
    imported: bool
    next_at: datetime | None


def _told(spoken: Spoken, clock: Clock, whom: Addressee, due_at: datetime, next_at: datetime | None) -> _OfRung:
    return {
        **said(clock),
        **whom,
        "kind": clock.started.kind,
        "node": clock.started.node,
        "generation": clock.generation.number,
        "due_at": due_at,
        "at": spoken.at,
        "imported": clock.started.imported,
        "next_at": next_at,
    }
