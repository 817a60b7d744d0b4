"""The city's views: cases, days, clocks, cards, findings, made from verified events alone, written set-based.

Facts of one case come over several feeds in any order: every write is the same whichever comes first. A node's rows are made from that
node's feeds and no other's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from libs.contracts import phases
from libs.views import Column, Connection, Table
from libs.wire import Recorded
from libs.workdays import CHINA

_TOLD: Final = "coalesce(excluded.{column}, {table}.{column})"
"""The newest that was said; null: nothing was."""
_EVER: Final = "excluded.{column} or {table}.{column}"


@dataclass(slots=True)
class CityCase:
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
class CityClock:
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
class CityCard:
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
class CityFinding:
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

    cases: dict[tuple[str, str], CityCase] = field(default_factory=dict)
    days: Counter[tuple[str, str, str, date]] = field(default_factory=Counter)
    clocks: dict[tuple[str, str], CityClock] = field(default_factory=dict)
    cards: list[CityCard] = field(default_factory=list)
    findings: list[CityFinding] = field(default_factory=list)
    not_shown: list[tuple[Recorded, str]] = field(default_factory=list)

    def case(self, node: str, number: str) -> CityCase:
        """The row of a case, there from now on."""
        row = self.cases.get((node, number))
        if row is None:
            row = self.cases[(node, number)] = CityCase(node, number)
        return row

    def count(self, row: CityCase, kind: str, at: datetime) -> None:
        """One more of a kind on the day of `at`."""
        self.days[(row.node, row.number, kind, at.astimezone(CHINA).date())] += 1


CASES: Final = Table(
    "city_case",
    Column("node", "text", key=True),
    Column("number", "text", key=True),
    Column("item", "text", known=_TOLD),
    Column("item_name", "text", known=_TOLD),
    Column("phase", "text", known=f"case when {{table}}.{{column}} = '{phases().closed}' then {{table}}.{{column}} else {_TOLD} end"),
    Column("suspended", "boolean", known=_TOLD),
    Column("filed_at", "timestamptz", known=_TOLD),
    Column("decided_at", "timestamptz", known=_TOLD),
    Column("closed_at", "timestamptz", known=_TOLD),
    Column("finished_at", "timestamptz", known="coalesce({table}.{column}, excluded.{column})"),
    Column("imported", "boolean", known=_EVER),
    Column("ref", "text", known=_TOLD),
    Column("timeline", "text", known=_TOLD),
    Column("yellow", "boolean", known=_EVER),
    Column("red", "boolean", known=_EVER),
    Column("statutory_red", "boolean", known=_EVER),
)
_CLOCK: Final = (
    Column("node", "text", key=True),
    Column("clock", "text", key=True),
    Column("number", "text"),
    Column("kind", "text", known=_TOLD),
    Column("label", "text", known=_TOLD),
    Column("yellow", "boolean", known=_EVER),
    Column("red", "boolean", known=_EVER),
    Column("ended", "boolean", known=_EVER),
)
CLOCKS: Final = Table("city_clock", *_CLOCK, Column("due_at", "timestamptz"))
MOVED_CLOCKS: Final = Table("city_clock", *_CLOCK, Column("due_at", "timestamptz", known="excluded.{column}"))
"""The same clocks, where their due moment was told; that may be none."""
CARDS: Final = Table(
    "city_card",
    Column("card", "text", key=True),
    Column("node", "text", key=True),
    Column("number", "text"),
    Column("colour", "text"),
    Column("clock_kind", "text"),
    Column("officer", "text"),
    Column("due_at", "timestamptz"),
    Column("at", "timestamptz"),
    Column("imported", "boolean"),
)
FINDINGS: Final = Table(
    "city_finding",
    Column("finding", "text", key=True),
    Column("node", "text", key=True),
    Column("number", "text"),
    Column("detector", "text"),
    Column("at", "timestamptz"),
    Column("evidence", "text[]"),
)
# The first end of a case is told by its row: what the batch says of it counts only where none was known.
_SAVED: Final = f"""
with saved as ({CASES.upsert} returning new.node, new.number, old.finished_at as before, new.finished_at)
select node, number, finished_at from saved where before is null and finished_at is not null"""
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


async def save(connection: Connection, folded: Folded) -> None:
    """Writes what a batch says; each event comes once, for it moves with its feed's verified position."""
    if folded.cases:
        await _save_cases(connection, folded)
    clocks = [folded.clocks[key] for key in sorted(folded.clocks)]
    await MOVED_CLOCKS.save(connection, [row for row in clocks if row.moved])
    await CLOCKS.save(connection, [row for row in clocks if not row.moved])
    await CARDS.add(connection, folded.cards)
    await FINDINGS.add(connection, folded.findings)


async def _save_cases(connection: Connection, folded: Folded) -> None:
    """Cases, then what is counted by day: a case counts as finished when this batch brought its first end."""
    rows = [folded.cases[key] for key in sorted(folded.cases)]
    for node, number, at in await connection.fetch(_SAVED, *CASES.arrays(rows)):
        folded.count(folded.case(node, number), "finished", at)
    if folded.days:
        told = list(zip(*((*key, n) for key, n in folded.days.items()), strict=True))
        filed = [row for row in rows if row.item is not None]
        await connection.execute(_DAYS, *map(list, told), [row.node for row in filed], [row.number for row in filed])
