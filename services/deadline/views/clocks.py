"""A row per clock, from the service's own log: when it is due, what it has said, how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, assert_never

import msgspec

from libs.eventlog import Codec
from libs.views import LATEST, Connection, Logged, Table, View
from services.deadline.events import (
    ClockCancelled,
    ClockCarriedOver,
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
from services.deadline.views.due import Waiting, keep_waiting

VIEW: Final = "clocks"
"""The name of the view."""


class ShownClock(msgspec.Struct):
    """A row of the table: a clock with its `state` (open, stopped, ended, cancelled), its due instant, the rungs it has said and its end; whom it
    addresses, as its last fact says; where it was carried over, when, and how many working days had run by then.

    `stops` are the procedures of Art. 45 that are not over, each `<number>:<first>`, with spaces between.
    """

    clock: str
    case: str
    kind: str
    label: str
    node: str
    department: str
    department_uscc: str
    post: str
    officer: str
    start: datetime
    due_at: datetime | None
    provisional: bool
    timeline: str
    imported: bool
    state: str = "open"
    stops: str = ""
    generation: int = 0
    carried_at: datetime | None = None
    ran: int | None = None
    reminded_at: datetime | None = None
    yellow_at: datetime | None = None
    red_at: datetime | None = None
    reds: int = 0
    ended_at: datetime | None = None
    late: bool | None = None


_CHANGING: Final = (
    "post", "officer", "due_at", "provisional", "state", "stops", "generation", "carried_at", "ran",
    "reminded_at", "yellow_at", "red_at", "reds", "ended_at", "late",
)  # fmt: skip
"""What facts after the start change; the rest stays as the start said it."""
SHOWN_CLOCKS: Final = Table.of("clocks", ShownClock, key=("clock",), known=dict.fromkeys(_CHANGING, LATEST))


def clocks_view(codec: Codec) -> View:
    """The view over the service's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Logged]) -> None:
        facts: list[Event] = [codec.decode(recorded) for recorded in events]
        loaded = await SHOWN_CLOCKS.load(connection, sorted({fact.clock for fact in facts}))
        rows = {clock: ShownClock(**row) for clock, row in loaded.items()}
        for fact in facts:
            rows[fact.clock] = shown(rows.get(fact.clock), fact)
        await SHOWN_CLOCKS.save(connection, list(rows.values()))
        next_at = {fact.clock: _next_at(fact) for fact in facts}
        speaking = [Waiting(at, clock, rows[clock].node, rows[clock].timeline) for clock, at in next_at.items() if at]
        await keep_waiting(connection, speaking, [clock for clock, at in next_at.items() if not at])

    return View(VIEW, apply, codec.types, codec.types)


def shown(row: ShownClock | None, fact: Event) -> ShownClock:
    """The row of a clock after `fact`; the fact that a clock runs is its first."""
    if isinstance(fact, ClockStarted):
        return _row(fact)
    assert row is not None, f"{fact.clock} was never started"
    _fold(row, fact)
    return row


def _next_at(event: Event) -> datetime | None:
    """The instant at which the clock speaks next, as its last fact says."""
    return None if isinstance(event, SilenceNoticed | ClockEnded | ClockCancelled) else event.next_at


def _row(started: ClockStarted) -> ShownClock:
    return ShownClock(
        clock=started.clock,
        case=started.case,
        kind=started.kind.value,
        label=started.label,
        node=started.node,
        department=started.department,
        department_uscc=started.department_uscc,
        post=started.post,
        officer=started.officer,
        start=started.start,
        due_at=started.due_at,
        provisional=started.provisional,
        timeline=started.timeline,
        imported=started.imported,
    )


def _fold(row: ShownClock, event: Event) -> None:
    if isinstance(event, ClockReminded | ClockYellow | ClockRed):
        row.post, row.officer = event.post, event.officer
    match event:
        case ClockStarted() | SilenceNoticed():
            return
        case ClockCarriedOver(at=at, ran=ran, due_at=due_at):
            row.carried_at, row.ran, row.due_at = at, ran, due_at
        case ClockStopped(due_at=due_at, number=number, first=first):
            row.state, row.due_at, row.stops = "stopped", due_at, f"{row.stops} {number}:{first}".strip()
        case ClockResumed(due_at=due_at, provisional=provisional, generation=generation, number=number):
            row.stops = " ".join(stop for stop in row.stops.split() if stop.partition(":")[0] != str(number))
            row.state = "stopped" if row.stops else "open"
            row.due_at, row.provisional, row.generation = due_at, provisional, generation
        case ClockExtended(due_at=due_at, provisional=provisional, generation=generation):
            row.due_at, row.provisional, row.generation = due_at, provisional, generation
        case ClockReminded(at=at):
            row.reminded_at = at
        case ClockYellow(at=at):
            row.yellow_at = at
        case ClockRed(at=at):
            row.red_at, row.reds = row.red_at or at, row.reds + 1
        case ClockEnded(at=at, due_at=due_at, late=late):
            row.state, row.ended_at, row.due_at, row.late = "ended", at, due_at, late
        case ClockCancelled(at=at):
            row.state, row.ended_at = "cancelled", at
        case _:
            assert_never(event)


# --- queries ----------------------------------------------------------------------------------------------------------------------

_HELD: Final = """(select holdings from heard_case h where h."case" = clocks."case")"""
_SHOWN: Final = f"select {SHOWN_CLOCKS.columns}, coalesce({_HELD}, '') as holdings from clocks"
_REPLAY: Final = """
select node, count(*) filter (where kind = 'promised' and red_at is not null) as red,
       count(*) filter (where kind = 'promised' and (yellow_at is not null or red_at is not null)) as yellow,
       count(*) filter (where kind = 'statutory' and red_at is not null) as statutory_red
from clocks where timeline = $1 and timeline <> '' group by node order by node"""


async def clocks_of(rows: Connection, case: str) -> list[dict[str, Any]]:
    """The clocks of a case, in the order in which they began, each with what was held in the case, as the inbox keeps it."""
    return [dict(row) for row in await rows.fetch(f'{_SHOWN} where "case" = $1 order by start, clock', case)]


async def due_at_node(rows: Connection, node: str, until: datetime, limit: int) -> list[dict[str, Any]]:
    """The clocks of a node that run and are due by `until`, the most urgent first; what was held as in `clocks_of`."""
    where = "where node = $1 and due_at <= $2 and state in ('open', 'stopped') order by due_at, clock limit $3"
    return [dict(row) for row in await rows.fetch(f"{_SHOWN} {where}", node, until, limit)]


async def replay(rows: Connection, timeline: str) -> list[Mapping[str, Any]]:
    """Per node of a timeline: how many promised clocks are red and how many reached yellow (reds included), how many statutory ones are red."""
    return [dict(row) for row in await rows.fetch(_REPLAY, timeline)]
