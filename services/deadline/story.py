"""The deadline service in a story: its clocks hear the case, speak each at its own instants, and are shown at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial, reduce
from typing import Any, Final, get_args

from libs.eventlog import Subject
from libs.story import Ask, Hearing, Part, Scene, Speech
from libs.wire import Recorded
from libs.workdays import CHINA
from services.deadline.clock import ACTOR, Command, State
from services.deadline.clock.heard import FactOfCase
from services.deadline.clock.known import KnownCase
from services.deadline.clock.rungs import RungEvent, TickClock, pending, rung_of
from services.deadline.clock.starting import case_of, node_of_case
from services.deadline.clock.triggers import react
from services.deadline.events import ClockResumed, ClockStopped, Event
from services.deadline.inbox import READER
from services.deadline.views.clocks import ShownClock, shown

ClockSubject = Subject[Command, State, Event]
_BEFORE: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class StopOfStory:
    """Days that a clock leaves out, and for which procedure of Art. 45; `last` is None while it is not over."""

    reason: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class ClockOfStory:
    """A clock as it is shown, what it has said, each rung at its own instant, and the days it left out."""

    shown: ShownClock
    rungs: tuple[tuple[str, datetime], ...]
    stops: tuple[StopOfStory, ...]

    def said(self, rung: str) -> list[datetime]:
        """The instants at which it said this rung."""
        return [at for name, at in self.rungs if name == rung]


class ClocksOfStory:
    """The clocks of a story, in the order in which they were first asked for, and what is remembered of its cases. What a clock says next
    is asked anew only where something was asked of it since.
    """

    def __init__(self, scene: Scene, clocks: ClockSubject) -> None:
        self.scene, self.clocks = scene, clocks
        self._known: dict[str, KnownCase] = {}
        self._names: dict[str, None] = {}
        self._next: dict[str, Speech | None] = {}

    def part(self) -> Part:
        """What the deadline service does in a story."""
        return Part(codec=self.clocks.codec, hearing=Hearing(READER, self._hear), speech=self._speech, shows=self._shows)

    def clock(self, name: str) -> ClockOfStory | None:
        """A clock by its name; None: it was never started."""
        stream = self.scene.stream(self.clocks, node_of_case(case_of(name)), name)
        events: Sequence[Event] = [self.clocks.codec.decode(record) for record in stream]
        row: ShownClock | None = reduce(shown, events, None)
        rungs = tuple((rung_of(event)[0].value, event.at) for event in events if isinstance(event, get_args(RungEvent)))
        return ClockOfStory(row, rungs, stops_of(events)) if row else None

    def _hear(self, fact: FactOfCase, record: Recorded) -> Iterator[Ask]:
        self._known[fact.case], commands = react(self._known.get(fact.case), fact, record.name)
        for name, command in commands:
            yield self._ask(record.node, name, command)

    def _speech(self) -> Speech | None:
        for name in self._names:
            if name not in self._next:
                self._next[name] = self._speech_of(name)
        return min(filter(None, self._next.values()), key=lambda speech: (speech.at, speech.stream), default=None)

    def _speech_of(self, name: str) -> Speech | None:
        clock = self.scene.state(self.clocks, node_of_case(case_of(name)), name)
        spoken = next(pending(clock, self.scene.calendar), None) if clock else None
        return Speech(spoken.at, name, partial(self._tick, name)) if spoken else None

    def _tick(self, name: str) -> Ask:
        known = self._known[case_of(name)]
        command = TickClock(now=self.scene.now, holdings=known.holdings)
        return self._ask(node_of_case(known.case), name, command)

    def _ask(self, node: str, name: str, command: Command) -> Ask:
        """A command on its way to a clock, which may say something else next."""
        self._names[name] = None
        self._next.pop(name, None)
        return Ask(node, self.clocks, name, command, ACTOR)

    def _shows(self) -> Mapping[str, Any]:
        clocks = [clock for name in self._names if (clock := self.clock(name))]
        return {"clocks": [self._row(clock) for clock in clocks]}

    def _row(self, clock: ClockOfStory) -> dict[str, Any]:
        """A clock for the end of the telling: `due_date` is the day that ends at `due_at`; one that still runs is late once that has passed."""
        row = clock.shown
        late = row.due_at is not None and (row.ended_at or self.scene.now) >= row.due_at
        return {
            "kind": row.kind,
            "due_date": (row.due_at - _BEFORE).astimezone(CHINA).date().isoformat() if row.due_at else None,
            "due_at": row.due_at,
            "late": late if row.late is None else row.late,
            "ended_at": row.ended_at,
            "rungs": [{"rung": rung, "at": at} for rung, at in clock.rungs],
            "clock": row.clock,
            "label": row.label,
            "state": row.state,
            "stops": [
                {"reason": stop.reason, "first": stop.first.isoformat(), "last": stop.last.isoformat() if stop.last else None}
                for stop in clock.stops
            ],
        }


def stops_of(events: Sequence[Event]) -> tuple[StopOfStory, ...]:
    """What stopped a clock, in the order in which it was told; what was called off stopped nothing."""
    stops: dict[int, StopOfStory] = {}
    for event in events:
        match event:
            case ClockStopped(number=number, reason=reason, first=first):
                stops[number] = StopOfStory(reason, first)
            case ClockResumed(number=number, last=None):
                stops.pop(number, None)
            case ClockResumed(number=number, last=last) if number in stops:
                stops[number] = replace(stops[number], last=last)
    return tuple(stops.values())
