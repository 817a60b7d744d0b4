"""Serials of case numbers: leased to a process in blocks, so that they are given out with no lock; what it leaves over is voided.

One stream `numbers:<year>` per node, whose last event says all that is needed. A number is `<node>-<yyyymmdd of filing>-<6-digit serial>-<check>`
(P-case-number). A serial goes to a case or is voided once: both claim it (decision 0028).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, assert_never

from libs.decider import Decider, record
from services.intake.events import NumberEvent, NumbersLeased, NumbersVoided
from services.intake.law import refused

SCOPE: Final = "serial"
"""The scope of the claims on serials."""
LAST: Final = 999_999
"""The last serial of six digits: a node's serials of one year."""


@record
class LeaseNumbers:
    """A process asks for the next `size` serials of the year."""

    year: int
    size: int
    process: str
    at: datetime


@record
class VoidNumbers:
    """`unused` are serials that `process` had leased, and that it will never use: it has ended."""

    year: int
    process: str
    unused: tuple[int, ...]
    at: datetime


Command = LeaseNumbers | VoidNumbers


@record
class Serials:
    """A year's serials at one node: the next one that was never leased."""

    next: int = 1


def decide(command: Command, state: Serials) -> Sequence[NumberEvent]:
    """The facts that follow from `command`. Raises `Refused` when the year's serials are used up, or when serials nobody leased are to be voided."""
    match command:
        case LeaseNumbers(year=year, size=size, process=process, at=at):
            last = min(state.next + size - 1, LAST)
            if last < state.next:
                raise refused("numbers-used-up")
            return [NumbersLeased(year=year, first=state.next, last=last, process=process, at=at)]
        case VoidNumbers(year=year, process=process, unused=unused, at=at):
            if not all(0 < serial < state.next for serial in unused):
                raise refused("not-leased")
            return [NumbersVoided(year=year, serials=unused, process=process, next=state.next, at=at)] if unused else []
        case _:
            assert_never(command)


def evolve(_state: Serials, event: NumberEvent) -> Serials:
    """The year's serials after `event`, whatever went before: a lease need not read them all."""
    match event:
        case NumbersLeased(last=last):
            return Serials(next=last + 1)
        case NumbersVoided(next=following):
            return Serials(next=following)
        case _:
            assert_never(event)


NUMBERS: Final[Decider[Command, Serials, NumberEvent]] = Decider(initial=Serials(), decide=decide, evolve=evolve)


def stream(year: int) -> str:
    """The subject of a year's serials."""
    return f"numbers:{year}"


def claimed(year: int, *serials: int) -> list[str]:
    """What serials of a year are claimed as, by the case or the voiding that takes them."""
    return [f"{year}|{serial}" for serial in serials]


def unchecked(node: str, filed: date, serial: int) -> str:
    """A number without its check digit; `filed` is the day in China."""
    return f"{node}-{filed:%Y%m%d}-{serial:06d}"


def parts(case: str) -> tuple[str, int, int]:
    """Node, year and serial of a number. Raises `ValueError` for what is none."""
    node, day, serial, _check = case.split("-")
    return node, int(day[:4]), int(serial)
