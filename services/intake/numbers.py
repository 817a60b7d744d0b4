"""Case numbers: serials are leased to a process in blocks, so that they can be given out with no lock; what a dead process left is voided.

One stream `numbers:<year>` per node. A number is `<node>-<yyyymmdd of filing>-<6-digit serial>-<check>` (P-case-number).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, assert_never

from libs.decider import Decider, Refused, record
from services.intake.events import NumberEvent, NumbersLeased, NumbersVoided

LAST: Final = 999_999
"""Six digits: a node's serials of one year."""


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
    """A year's serials at one node: the next free one, who holds which blocks, whose account is settled."""

    next: int = 1
    blocks: tuple[tuple[int, int, str], ...] = ()
    settled: frozenset[str] = frozenset()


def decide(command: Command, state: Serials) -> Sequence[NumberEvent]:
    """Raises `Refused` when the year's serials are used up, or what is to be voided was never that process's."""
    match command:
        case LeaseNumbers(year=year, size=size, process=process, at=at):
            last = min(state.next + size - 1, LAST)
            if last < state.next:
                raise Refused("numbers-used-up", "本年度办件编号已用完（P-case-number）")
            return [NumbersLeased(year=year, first=state.next, last=last, process=process, at=at)]
        case VoidNumbers(year=year, process=process, unused=unused, at=at):
            if process in state.settled:
                return []
            if not all(any(first <= n <= last and process == whose for first, last, whose in state.blocks) for n in unused):
                raise Refused("not-leased", "只能作废该进程领用的编号（P-case-number）")
            return [NumbersVoided(year=year, serials=unused, process=process, at=at)]
        case _:
            assert_never(command)


def evolve(state: Serials, event: NumberEvent) -> Serials:
    """The state after `event`."""
    match event:
        case NumbersLeased(first=first, last=last, process=process):
            return replace(state, next=last + 1, blocks=(*state.blocks, (first, last, process)))
        case NumbersVoided(process=process):
            return replace(state, settled=state.settled | {process})
        case _:
            assert_never(event)


NUMBERS: Final = Decider[Command, Serials, NumberEvent](initial=Serials(), decide=decide, evolve=evolve)


def stream(year: int) -> str:
    """The subject of a year's serials."""
    return f"numbers:{year}"


def digits(node: str, filed: date, serial: int) -> tuple[str, str, str]:
    """The parts of a number before its check digit; `filed` is the day in China."""
    return node, f"{filed:%Y%m%d}", f"{serial:06d}"


def node_of(case: str) -> str:
    """The node that gave the number; its log holds the case."""
    return case.partition("-")[0]
