"""One event of every public type, from stories: what the neighbours' tests hear of clocks."""

from __future__ import annotations

from dataclasses import replace

from services.deadline.events import ClockKind, Event
from services.deadline.tests import stories as s


def samples() -> list[Event]:
    """The first of every type that the stories tell."""
    told = [*_promised(), *_broken(), *_silent(), *_imported(), *s.given().when(s.start(), s.cancel("2007-03-08")).history()]
    return list({type(event): event for event in reversed(told)}.values())


def _promised() -> list[Event]:
    """Stopped, resumed and extended on its way, ended in time."""
    stopped = (s.stop("2007-03-08"), s.resume("2007-03-13"), s.extend(10, "2007-03-15"))
    return s.given().when(s.start(), *stopped, s.end("2007-03-22")).history()


def _broken() -> list[Event]:
    """Reminder, yellow and red come by themselves."""
    return s.given().when(s.start(), s.tick("2007-03-21")).history()


def _imported() -> list[Event]:
    """It ran for three working days elsewhere before its case came here."""
    return s.given().when(s.came(s.start(), "2007-03-08")).history()


def _silent() -> list[Event]:
    """Nobody asked for corrections in five days."""
    return (
        s.given()
        .when(replace(s.start(5, kind=ClockKind.CORRECTION), article="行政许可法第三十二条第一款第四项"), s.tick("2007-03-13"))
        .history()
    )
