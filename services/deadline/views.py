"""What the deadline service shows: one row per clock from its own log, when each speaks next, and the cases it has heard of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, assert_never

import msgspec

from libs.eventlog import Codec
from libs.views import Connection, Pool, View
from libs.wire import Recorded
from services.deadline.events import (
    ClockCancelled,
    ClockEnded,
    ClockExtended,
    ClockKind,
    ClockRed,
    ClockReminded,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockYellow,
    Event,
    SilenceNoticed,
)

CLOCKS: Final = "clocks"
"""The name of the view."""
CONSUMER: Final = "deadline"
"""The name under which the service hears others."""


class Row(msgspec.Struct):
    """A clock as the table has it; `state`: open, stopped, ended, cancelled. `fires_at` stands in a table of its own."""

    clock: str
    case: str
    kind: str
    label: str
    node: str
    officer: str
    start: datetime
    due_at: datetime | None
    provisional: bool
    state: str
    generation: int
    timeline: str
    imported: bool
    reminded_at: datetime | None = None
    yellow_at: datetime | None = None
    red_at: datetime | None = None
    reds: int = 0
    ended_at: datetime | None = None
    late: bool | None = None
    fires_at: datetime | None = None


def clocks_view(codec: Codec) -> View:
    """The view over the service's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Recorded]) -> None:
        facts: list[Event] = [codec.decode(recorded) for recorded in events]
        rows = await _load(connection, sorted({fact.clock for fact in facts}))
        for fact in facts:
            if isinstance(fact, ClockStarted):
                rows[fact.clock] = _row(fact)
            else:
                _fold(rows[fact.clock], fact)
        await _save(connection, list(rows.values()))

    return View(CLOCKS, apply)


def _row(started: ClockStarted) -> Row:
    return Row(
        clock=started.clock,
        case=started.case,
        kind=started.kind.value,
        label=started.label,
        node=started.node,
        officer=started.officer,
        start=started.start,
        due_at=started.due_at,
        provisional=started.provisional,
        state="open",
        generation=0,
        timeline=started.timeline,
        imported=started.imported,
        fires_at=started.next_at,
    )


def _fold(row: Row, event: Event) -> None:
    match event:
        case ClockStarted():
            return
        case ClockStopped(due_at=due_at, next_at=next_at):
            row.state, row.due_at, row.fires_at = "stopped", due_at, next_at
        case ClockResumed(due_at=due_at, provisional=provisional, generation=generation, next_at=next_at):
            row.state = "open"
            row.due_at, row.provisional, row.generation, row.fires_at = due_at, provisional, generation, next_at
        case ClockExtended(due_at=due_at, provisional=provisional, generation=generation, next_at=next_at):
            row.due_at, row.provisional, row.generation, row.fires_at = due_at, provisional, generation, next_at
        case ClockReminded(at=at, next_at=next_at):
            row.reminded_at, row.fires_at = at, next_at
        case ClockYellow(at=at, next_at=next_at):
            row.yellow_at, row.fires_at = at, next_at
        case ClockRed(at=at, next_at=next_at):
            row.red_at, row.reds, row.fires_at = row.red_at or at, row.reds + 1, next_at
        case SilenceNoticed():
            row.fires_at = None
        case ClockEnded(at=at, due_at=due_at, late=late):
            row.state, row.ended_at, row.due_at, row.late, row.fires_at = "ended", at, due_at, late, None
        case ClockCancelled(at=at):
            row.state, row.ended_at, row.fires_at = "cancelled", at, None
        case _:
            assert_never(event)


_COLUMNS: Final = """clock, "case", kind, label, node, officer, start, due_at, provisional, state, generation, timeline, imported,
       reminded_at, yellow_at, red_at, reds, ended_at, late"""
_TYPES: Final = (
    *("text",) * 6,
    *("timestamptz",) * 2,
    "boolean",
    "text",
    "integer",
    "text",
    "boolean",
    *("timestamptz",) * 3,
    "integer",
    "timestamptz",
    "boolean",
)

# LATERAL with LIMIT keeps the index scan in plans made while the table was empty; so does an upsert, which never joins.
_LOAD: Final = f"""
select c.*, r.fires_at from unnest($1::text[]) as wanted (clock)
cross join lateral (select {_COLUMNS} from clocks where clocks.clock = wanted.clock limit 1) c
left join lateral (select fires_at from due_rung where due_rung.clock = wanted.clock limit 1) r on true"""
_UPSERT: Final = f"""
insert into clocks ({_COLUMNS}) select * from unnest({", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_TYPES, start=1))})
on conflict (clock) do update set
    due_at = excluded.due_at, provisional = excluded.provisional, state = excluded.state, generation = excluded.generation,
    reminded_at = excluded.reminded_at, yellow_at = excluded.yellow_at, red_at = excluded.red_at, reds = excluded.reds,
    ended_at = excluded.ended_at, late = excluded.late"""
_FIRES: Final = """
insert into due_rung (clock, node, timeline, fires_at) select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
on conflict (clock) do update set fires_at = excluded.fires_at"""
_SILENT: Final = "delete from due_rung where clock = any ($1::text[])"


async def _load(connection: Connection, clocks: Sequence[str]) -> dict[str, Row]:
    return {row["clock"]: Row(*row.values()) for row in await connection.fetch(_LOAD, clocks)}


async def _save(connection: Connection, rows: Sequence[Row]) -> None:
    fields = Row.__struct_fields__[:-1]
    await connection.execute(_UPSERT, *([getattr(row, field) for row in rows] for field in fields))
    speaking = [(row.clock, row.node, row.timeline, row.fires_at) for row in rows if row.fires_at]
    silent = [row.clock for row in rows if not row.fires_at]
    if speaking:
        await connection.execute(_FIRES, *map(list, zip(*speaking, strict=True)))
    if silent:
        await connection.execute(_SILENT, silent)


# --- the queue of what is due -----------------------------------------------------------------------------------------------------


class DueRung(msgspec.Struct, frozen=True):
    """A clock that has something to say."""

    fires_at: datetime
    clock: str
    node: str


# In real time a node whose facts are known to have a gap waits: nobody is carded for what was not heard.
_DUE: Final = """
select fires_at, clock, node from due_rung
where timeline = $1 and fires_at <= $2 and (fires_at, clock) > ($3, $4)
  and ($1 <> '' or node <> all (select split_part(source, ':', 3) from cursor where consumer = $6 and behind))
order by fires_at, clock limit $5"""
_OVERDUE: Final = "select count(*) from due_rung where timeline = '' and fires_at <= $1"


async def due_rungs(pool: Pool, timeline: str, now: datetime, after: tuple[datetime, str], limit: int) -> list[DueRung]:
    """The next clocks of a timeline that speak by `now`, in order, behind `after`; nothing that is not due is looked at."""
    return [DueRung(*row.values()) for row in await pool.fetch(_DUE, timeline, now, *after, limit, CONSUMER)]


async def overdue_for_a_tick(pool: Pool, now: datetime) -> int:
    """Clocks in real time that should have spoken by `now`."""
    return int(await pool.fetchval(_OVERDUE, now))


# --- queries ----------------------------------------------------------------------------------------------------------------------

_SHOWN: Final = f"select {_COLUMNS} from clocks"
_REPLAY: Final = """
select node, count(*) filter (where kind = 'promised' and red_at is not null) as red,
       count(*) filter (where kind = 'promised' and (yellow_at is not null or red_at is not null)) as yellow,
       count(*) filter (where kind = 'statutory' and red_at is not null) as statutory_red
from clocks where timeline = $1 and timeline <> '' group by node order by node"""


async def clocks_of(pool: Pool, case: str) -> list[dict[str, Any]]:
    """The clocks of a case, in the order in which they began."""
    return [dict(row) for row in await pool.fetch(f'{_SHOWN} where "case" = $1 order by start, clock', case)]


async def due_at_node(pool: Pool, node: str, until: datetime, limit: int) -> list[dict[str, Any]]:
    """The clocks of a node that run and are due by `until`, the most urgent first."""
    where = "where node = $1 and due_at <= $2 and state in ('open', 'stopped') order by due_at, clock limit $3"
    return [dict(row) for row in await pool.fetch(f"{_SHOWN} {where}", node, until, limit)]


async def replay(pool: Pool, timeline: str) -> list[Mapping[str, Any]]:
    """Per node: how many promised clocks of a timeline are red, how many reached yellow (reds included), statutory reds."""
    return [dict(row) for row in await pool.fetch(_REPLAY, timeline)]


# --- cases heard of ---------------------------------------------------------------------------------------------------------------


class HeardCase(msgspec.Struct):
    """What the inbox remembers of a case. `opened` are its running clocks by their names behind the case number."""

    case: str
    node: str
    officer: str
    statutory_days: int
    promised_days: int
    delivery_days: int
    correction_days: int
    timeline: str = ""
    opened: list[str] = []
    corrections: int = 0
    stopped_from: date | None = None
    stopped_by: str = ""

    @property
    def mark(self) -> tuple[object, ...]:
        """Differs when there is something new to remember."""
        return tuple(self.opened), self.corrections, self.stopped_from, self.stopped_by

    @staticmethod
    def kind(name: str) -> ClockKind:
        """What a clock of this name measures: `step:3` is a step's."""
        return ClockKind(name.partition(":")[0])

    def open(self, *kinds: ClockKind) -> list[str]:
        """The running clocks of these kinds."""
        return [name for name in self.opened if self.kind(name) in kinds]

    def close(self, names: Iterable[str]) -> None:
        """These run no longer."""
        gone = set(names)
        self.opened = [name for name in self.opened if name not in gone]


_HEARD: Final = """"case", node, officer, statutory_days, promised_days, delivery_days, correction_days, timeline, opened, corrections,
       stopped_from, stopped_by"""
_KNOWN: Final = f"""
select h.* from unnest($1::text[]) as wanted ("case")
cross join lateral (select {_HEARD} from heard_case where heard_case."case" = wanted."case" limit 1) h"""
_KEEP: Final = f"""
insert into heard_case ({_HEARD})
select * from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::integer[], $7::integer[], $8::text[],
                     $9::text[], $10::integer[], $11::date[], $12::text[])
on conflict ("case") do update set
    opened = excluded.opened, corrections = excluded.corrections, stopped_from = excluded.stopped_from, stopped_by = excluded.stopped_by"""


async def known_cases(connection: Connection, cases: Sequence[str]) -> dict[str, HeardCase]:
    """What is remembered of these cases."""
    rows = await connection.fetch(_KNOWN, cases)
    return {row["case"]: HeardCase(**{**row, "opened": row["opened"].split()}) for row in rows}


async def keep_cases(connection: Connection, cases: Sequence[HeardCase]) -> None:
    """Remembers; the rows commit with the cursor."""
    if not cases:
        return
    columns = [[getattr(case, field) for case in cases] for field in HeardCase.__struct_fields__]
    columns[HeardCase.__struct_fields__.index("opened")] = [" ".join(case.opened) for case in cases]
    await connection.execute(_KEEP, *columns)
