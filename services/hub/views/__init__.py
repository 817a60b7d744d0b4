"""The city's views: cases, days, clocks, cards, findings, made from verified events alone, written set-based.

Facts of one case come over several feeds in any order: every write is the same whichever comes first. A node's rows are made from that
node's feeds and no other's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from libs.contracts import phases
from libs.database import Connection
from libs.wire import Recorded
from libs.workdays import CHINA


@dataclass(slots=True)
class CaseRow:
    """What a batch says of a case; None: nothing."""

    node: str
    number: str
    item: str | None = None
    item_name: str | None = None
    phase: str | None = None
    suspended: bool | None = None
    filed_at: datetime | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    finished_at: datetime | None = None
    imported: bool = False
    ref: str | None = None
    timeline: str | None = None
    yellow: bool = False
    red: bool = False
    statutory_red: bool = False


@dataclass(slots=True)
class ClockRow:
    """What a batch says of a clock; None: nothing. `moved`: its due moment was told."""

    node: str
    clock: str
    number: str
    kind: str | None = None
    label: str | None = None
    due_at: datetime | None = None
    moved: bool = False
    yellow: bool = False
    red: bool = False
    ended: bool = False


@dataclass(slots=True)
class CardRow:
    """A card that was issued."""

    card: str
    node: str
    number: str
    colour: str
    clock_kind: str
    officer: str
    due_at: datetime
    at: datetime
    imported: bool


@dataclass(slots=True)
class FindingRow:
    """A finding that was raised."""

    finding: str
    node: str
    number: str
    detector: str
    at: datetime
    evidence: tuple[str, ...]


@dataclass(slots=True)
class Folded:
    """What a batch of verified events says: rows by node and number or clock, facts counted by day, and what could not be shown."""

    cases: dict[tuple[str, str], CaseRow] = field(default_factory=dict)
    days: Counter[tuple[str, str, str, date]] = field(default_factory=Counter)
    clocks: dict[tuple[str, str], ClockRow] = field(default_factory=dict)
    cards: list[CardRow] = field(default_factory=list)
    findings: list[FindingRow] = field(default_factory=list)
    not_shown: list[tuple[Recorded, str]] = field(default_factory=list)

    def case(self, node: str, number: str) -> CaseRow:
        """The row of a case, there from now on."""
        row = self.cases.get((node, number))
        if row is None:
            row = self.cases[(node, number)] = CaseRow(node, number)
        return row

    def count(self, row: CaseRow, kind: str, at: datetime) -> None:
        """One more of a kind on the day of `at`."""
        self.days[(row.node, row.number, kind, at.astimezone(CHINA).date())] += 1


_CASES: Final = f"""
with moved as (
    insert into city_case as c (node, number, item, item_name, phase, suspended, filed_at, decided_at, closed_at, finished_at, imported, ref,
                                timeline, yellow, red, statutory_red)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[], $8::timestamptz[],
                         $9::timestamptz[], $10::timestamptz[], $11::boolean[], $12::text[], $13::text[], $14::boolean[], $15::boolean[],
                         $16::boolean[])
    on conflict (number, node) do update set
        item = coalesce(excluded.item, c.item), item_name = coalesce(excluded.item_name, c.item_name),
        phase = case when c.phase = '{phases().closed}' then c.phase else coalesce(excluded.phase, c.phase) end,
        suspended = coalesce(excluded.suspended, c.suspended),
        filed_at = coalesce(excluded.filed_at, c.filed_at), decided_at = coalesce(excluded.decided_at, c.decided_at),
        closed_at = coalesce(excluded.closed_at, c.closed_at), finished_at = coalesce(c.finished_at, excluded.finished_at),
        imported = excluded.imported or c.imported, ref = coalesce(excluded.ref, c.ref),
        timeline = coalesce(excluded.timeline, c.timeline), yellow = excluded.yellow or c.yellow, red = excluded.red or c.red,
        statutory_red = excluded.statutory_red or c.statutory_red
    returning new.node, new.number, old.finished_at as before, new.finished_at
)
select node, number, finished_at from moved where before is null and finished_at is not null"""
_CASE_COLUMNS: Final = (
    "node", "number", "item", "item_name", "phase", "suspended", "filed_at", "decided_at", "closed_at", "finished_at", "imported", "ref",
    "timeline", "yellow", "red", "statutory_red",
)  # fmt: skip
# A fact whose case is not known yet waits for it, so that every number stands under its item.
_DAYS: Final = """
with filed as (select * from unnest($6::text[], $7::text[]) as t (node, number)),
waited as (delete from city_waiting w using filed f where w.node = f.node and w.number = f.number returning w.node, w.number, kind, day),
told as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::bigint[]) as t (node, number, kind, day, n)
    union all select node, number, kind, day, 1 from waited
), placed as (
    select t.*, c.item from told t cross join lateral
        (select item from city_case c where c.number = t.number and c.node = t.node limit 1) c
), unknown as (
    insert into city_waiting (node, number, kind, day)
    select node, number, kind, day from placed, generate_series(1, n) where item is null
)
insert into city_day as d (node, item, day, kind, n)
select node, item, day, kind, sum(n) from placed where item is not null
group by node, item, day, kind order by node, item, day, kind
on conflict (node, item, day, kind) do update set n = d.n + excluded.n"""
_CLOCKS: Final = """
insert into city_clock as c (clock, node, number, kind, label, due_at, yellow, red, ended)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[], $8::boolean[], $9::boolean[])
on conflict (node, clock) do update set kind = coalesce(excluded.kind, c.kind), label = coalesce(excluded.label, c.label),
    yellow = excluded.yellow or c.yellow, red = excluded.red or c.red, ended = excluded.ended or c.ended"""
_MOVED: Final = f"{_CLOCKS}, due_at = excluded.due_at"
_CLOCK_COLUMNS: Final = ("clock", "node", "number", "kind", "label", "due_at", "yellow", "red", "ended")
_CARDS: Final = """
insert into city_card (card, node, number, colour, clock_kind, officer, due_at, at, imported)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::boolean[])
on conflict do nothing"""
_CARD_COLUMNS: Final = ("card", "node", "number", "colour", "clock_kind", "officer", "due_at", "at", "imported")
_FINDING: Final = """
insert into city_finding (finding, node, number, detector, at, evidence) values ($1, $2, $3, $4, $5, $6) on conflict do nothing"""
_FINDING_COLUMNS: Final = ("finding", "node", "number", "detector", "at", "evidence")


async def save(connection: Connection, folded: Folded) -> None:
    """Writes what a batch says; each event comes once, for it moves with its feed's verified position."""
    if folded.cases:
        await _cases(connection, folded)
    clocks = [folded.clocks[key] for key in sorted(folded.clocks)]
    for statement, rows in ((_MOVED, [r for r in clocks if r.moved]), (_CLOCKS, [r for r in clocks if not r.moved])):
        if rows:
            await connection.execute(statement, *_columns(rows, _CLOCK_COLUMNS))
    if folded.cards:
        await connection.execute(_CARDS, *_columns(folded.cards, _CARD_COLUMNS))
    if folded.findings:
        await connection.executemany(_FINDING, [[getattr(row, name) for name in _FINDING_COLUMNS] for row in folded.findings])


async def _cases(connection: Connection, folded: Folded) -> None:
    """Cases, then what is counted by day: a case counts as finished when this batch brought its first end."""
    rows = [folded.cases[key] for key in sorted(folded.cases)]
    for node, number, at in await connection.fetch(_CASES, *_columns(rows, _CASE_COLUMNS)):
        folded.count(folded.case(node, number), "finished", at)
    filed = [row for row in rows if row.item is not None]
    if folded.days:
        told = list(zip(*((*key, n) for key, n in folded.days.items()), strict=True))
        await connection.execute(_DAYS, *map(list, told), *_columns(filed, ("node", "number")))


def _columns(rows: Sequence[object], names: Sequence[str]) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]
