"""A case told to the rules without any server: intake's facts through `react`, its commands through `decide`, time through ticks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from libs.testkit.neighbours import Neighbour
from services.deadline.clock import Command
from services.deadline.clock.heard import FactOfCase
from services.deadline.clock.known import KnownCase
from services.deadline.clock.rungs import TickClock
from services.deadline.clock.starting import clock_of, node_of_case
from services.deadline.clock.triggers import react
from services.deadline.events import ClockCancelled, ClockEnded, Event
from services.deadline.inbox import READER
from services.deadline.tests.stories import CASE, CLOCK, DEPARTMENT, LIMITS


class Telling:
    """A case as far as it was told: what is known of it, and its clocks' facts by their streams."""

    def __init__(self, case: str = CASE) -> None:
        self.case, self.intake = case, Neighbour("intake", [node_of_case(case)])
        self.known: KnownCase | None = None
        self.clocks: dict[str, list[Event]] = {}

    async def told(self, fact: str, on: str | datetime, **changes: Any) -> list[Event]:
        """Intake says something, and it is heard; what the clocks make of it."""
        changes = {"pinned": {**LIMITS, "department": DEPARTMENT}, **changes} if fact == "CaseFiled" else changes
        recorded = await self.intake.says(fact, on, self.case, **changes)
        return self.hear(READER.read(recorded), recorded.name)

    def hear(self, fact: FactOfCase, name: str = "t") -> list[Event]:
        """A fact by this name is heard; what the clocks make of it."""
        self.known, commands = react(self.known, fact, name)
        return [event for clock, command in commands for event in self._ask(clock, command)]

    def tick(self, now: datetime) -> list[Event]:
        """Time goes on to `now` for every clock; what they say, in order of its instants."""
        held = self.known.holdings if self.known else ()
        said = [event for clock in list(self.clocks) for event in self._ask(clock, TickClock(now=now, holdings=held))]
        return sorted(said, key=lambda event: event.at)

    def _ask(self, clock: str, command: Command) -> list[Event]:
        history = self.clocks.setdefault(clock, [])
        events = list(CLOCK.decide(command, CLOCK.fold(history)))
        history.extend(events)
        return events

    def clock(self, name: str) -> list[Event]:
        """The facts of a clock."""
        return self.clocks.get(clock_of(self.case, name), [])

    @property
    def running(self) -> set[str]:
        """The clocks that neither ended nor were cancelled, as their own facts say."""
        return {clock for clock, events in self.clocks.items() if not isinstance(events[-1], ClockEnded | ClockCancelled)}
