"""Clocks as they come about: started by command on a Monday, 5 March 2007, with no holiday near, unless said otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from libs.testkit.given import Given
from libs.testkit.neighbours import moment
from libs.workdays import Calendar, DayReason
from services.deadline.clock import Command, State, clock_decider
from services.deadline.clock.art45 import ResumeClock, StopClock
from services.deadline.clock.ending import CancelClock, EndClock
from services.deadline.clock.extending import ExtendClock
from services.deadline.clock.heard import PinnedDepartment
from services.deadline.clock.holding import Holding
from services.deadline.clock.rungs import TickClock
from services.deadline.clock.starting import StartClock
from services.deadline.events import ClockKind, ClockRed, ClockReminded, ClockYellow, Event, LimitBudget, SilenceNoticed, Unit

CASE = "511525-20070305-000001-0"
DEPARTMENT = PinnedDepartment(uscc="11511301008778183N", name="县水利局")
LIMITS = {"statutory_days": 20, "promised_days": 10, "delivery_days": 10, "correction_days": 5}
CALENDAR = Calendar.load()
CLOCK = clock_decider(CALENDAR)
LATER_NOTICE = Calendar.of(
    {date(2004, 1, 1): DayReason.HOLIDAY, date(2007, 3, 16): DayReason.HOLIDAY, date(2026, 10, 1): DayReason.HOLIDAY}, "a-later-notice"
)
"""A calendar in which Friday, 16 March 2007, is no working day."""
given: Given[Command, State, Event] = Given(CLOCK)


def wd(n: int) -> LimitBudget:
    return LimitBudget(unit=Unit.WORKING_DAYS, n=n)


def until(instant: datetime) -> LimitBudget:
    return LimitBudget(unit=Unit.UNTIL, until=instant)


def start(budget: LimitBudget | int = 10, on: str = "2007-03-05", kind: ClockKind = ClockKind.PROMISED, timeline: str = "") -> StartClock:
    """A promised clock of 10 working days: yellow at the start of the 10th, 19 March; due at its end, red at midnight."""
    return StartClock(
        clock=f"clock:{CASE}:{kind.value}",
        case=CASE,
        kind=kind,
        node="511525",
        department=DEPARTMENT.name,
        department_uscc=DEPARTMENT.uscc,
        budget=wd(budget) if isinstance(budget, int) else budget,
        trigger="urn:liandong:511525:intake#1#1",
        article="行政许可法第四十二条",
        start=moment(on),
        at=moment(on),
        timeline=timeline,
        imported=bool(timeline),
    )


def came(command: StartClock, at: str) -> StartClock:
    """The same start in a case that came here at `at` out of another system's record."""
    return replace(command, came=moment(at))


def stop(first: str, heard: str = "", number: int = 1) -> StopClock:
    return StopClock(
        number=number,
        reason="testing",
        first=date.fromisoformat(first),
        trigger="urn:liandong:511525:intake#1#2",
        at=moment(heard or first),
    )


def resume(last: str, heard: str = "", number: int = 1) -> ResumeClock:
    return ResumeClock(
        number=number, last=date.fromisoformat(last), trigger="urn:liandong:511525:intake#1#3", at=moment(f"{heard or last}T17:00")
    )


def call_off(on: str, number: int = 1) -> ResumeClock:
    return ResumeClock(number=number, last=None, trigger="urn:liandong:511525:intake#1#3", at=moment(on))


def extend(days: int, on: str) -> ExtendClock:
    return ExtendClock(budget=wd(days), trigger="urn:liandong:511525:intake#1#4", at=moment(on))


def tick(day: str, time: str = "10:00") -> TickClock:
    return TickClock(now=moment(f"{day}T{time}"), holdings=(taken_up("2007-03-05"),))


def taken_up(on: str, officer: str = "E0201", post: str = "审查岗") -> Holding:
    """From then on the step was in the hands of this officer; empty: in nobody's."""
    return Holding(at=moment(on), post=post, officer=officer)


def end(day: str, time: str = "10:00") -> EndClock:
    return EndClock(trigger="urn:liandong:511525:intake#1#5", at=moment(f"{day}T{time}"))


def cancel(day: str) -> CancelClock:
    return CancelClock(trigger="urn:liandong:511525:intake#1#6", at=moment(day))


def kinds(events: tuple[Event, ...] | list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def said(events: tuple[Event, ...] | list[Event]) -> list[tuple[str, int, int, datetime]]:
    """The rungs among events: which, generation, how often overdue, at."""
    found: list[tuple[str, int, int, datetime]] = []
    for event in events:
        match event:
            case ClockReminded():
                found.append(("reminder", event.generation, 0, event.at))
            case ClockYellow():
                found.append(("yellow", event.generation, 0, event.at))
            case ClockRed():
                found.append(("red", event.generation, event.overdue, event.at))
            case SilenceNoticed():
                found.append(("silence", 0, 0, event.at))
            case _:
                continue
    return found
