"""Serials of case numbers: leased to a process in blocks, so that they are given out with no lock; what a dead process left over is voided.

One stream `numbers:<year>` per node. A number is `<node>-<yyyymmdd of filing>-<6-digit serial>-<check>` (P-case-number).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, assert_never

from libs.decider import Decider, record
from services.intake.events import NumberEvent, NumbersLeased, NumbersVoided
from services.intake.law import refused

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
    """`process` has ended; `unused` are the serials it had leased and no case carries."""

    year: int
    process: str
    unused: tuple[int, ...]
    at: datetime


Command = LeaseNumbers | VoidNumbers


@record
class Serials:
    """A year's serials at one node: the next one nobody holds, and the processes whose account is settled."""

    next: int = 1
    settled: frozenset[str] = frozenset()


def decide(command: Command, state: Serials) -> Sequence[NumberEvent]:
    """The facts that follow from `command`. Raises `Refused` when the year's serials are used up, or when serials nobody leased are to be voided."""
    match command:
        case LeaseNumbers(year=year, size=size, process=process, at=at):
            last = min(state.next + size - 1, LAST)
            if last < state.next:
                raise refused("numbers-used-up")
            return [NumbersLeased(year=year, first=state.next, last=last, process=process, at=at)]
        case VoidNumbers(year=year, process=process, unused=unused, at=at):
            if process in state.settled:
                return []
            if not all(0 < serial < state.next for serial in unused):
                raise refused("not-leased")
            return [NumbersVoided(year=year, serials=unused, process=process, at=at)]
        case _:
            assert_never(command)


def evolve(state: Serials, event: NumberEvent) -> Serials:
    """The year's serials after `event`."""
    match event:
        case NumbersLeased(last=last):
            return replace(state, next=last + 1)
        case NumbersVoided(process=process):
            return replace(state, settled=state.settled | {process})
        case _:
            assert_never(event)


NUMBERS: Final[Decider[Command, Serials, NumberEvent]] = Decider(initial=Serials(), decide=decide, evolve=evolve)


def stream(year: int) -> str:
    """The subject of a year's serials."""
    return f"numbers:{year}"


def unchecked(node: str, filed: date, serial: int) -> str:
    """A number without its check digit; `filed` is the day in China."""
    return f"{node}-{filed:%Y%m%d}-{serial:06d}"


def parts(case: str) -> tuple[str, int, int]:
    """Node, year and serial of a number. Raises `ValueError` for what is none."""
    node, day, serial, _check = case.split("-")
    return node, int(day[:4]), int(serial)
