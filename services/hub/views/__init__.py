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
from libs.views import APPENDED, EVER, FIRST_SAID, LATEST, LATEST_SAID, Connection, Table
from libs.wire import Recorded
from libs.workdays import CHINA


@dataclass(slots=True)
class CityCase:
    """What a batch says of a case; None: nothing."""

    node: str
    number: str
    item: str | None = None
    item_name: str | None = None
    phase: str | None = None
    suspensions: str = ""
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
    """What a batch says of a clock; None: nothing."""

    node: str
    clock: str
    number: str
    kind: str | None = None
    label: str | None = None
    due_at: datetime | None = None
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
    department: str
    post: str
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
    rule_version: int
    at: datetime
    evidence: tuple[str, ...]


@dataclass(slots=True)
class Folded:
    """What a batch of verified events says: rows by node and number or clock, facts counted by day, and what could not be shown.

    `moved` names the clocks whose due moment was told.
    """

    cases: dict[tuple[str, str], CityCase] = field(default_factory=dict)
    days: Counter[tuple[str, str, str, date]] = field(default_factory=Counter)
    clocks: dict[tuple[str, str], CityClock] = field(default_factory=dict)
    moved: set[tuple[str, str]] = field(default_factory=set)
    cards: list[CityCard] = field(default_factory=list)
    findings: list[CityFinding] = field(default_factory=list)
    not_shown: list[tuple[Recorded, str]] = field(default_factory=list)

    def case(self, node: str, number: str) -> CityCase:
        """The row of a case, made where there was none."""
        row = self.cases.get((node, number))
        if row is None:
            row = self.cases[(node, number)] = CityCase(node, number)
        return row

    def count(self, row: CityCase, kind: str, at: datetime) -> None:
        """One more of a kind on the day of `at`."""
        self.days[(row.node, row.number, kind, at.astimezone(CHINA).date())] += 1


_STAYS_CLOSED: Final = f"case when {{table}}.{{column}} = '{phases().closed}' then {{table}}.{{column}} else {LATEST_SAID} end"
_MARKS: Final = dict.fromkeys(("yellow", "red"), EVER)
CITY_CASES: Final = Table.of(
    "city_case",
    CityCase,
    key=("node", "number"),
    known=dict.fromkeys(("item", "item_name", "filed_at", "decided_at", "closed_at", "ref", "timeline"), LATEST_SAID)
    | {"phase": _STAYS_CLOSED, "suspensions": APPENDED, "finished_at": FIRST_SAID, "imported": EVER, "statutory_red": EVER, **_MARKS},
)
_KNOWN_CLOCK: Final = {"kind": LATEST_SAID, "label": LATEST_SAID, "ended": EVER, **_MARKS}
CITY_CLOCKS: Final = Table.of("city_clock", CityClock, key=("node", "clock"), known=_KNOWN_CLOCK)
MOVED_CLOCKS: Final = Table.of("city_clock", CityClock, key=("node", "clock"), known={**_KNOWN_CLOCK, "due_at": LATEST})
"""The same clocks, where their due moment was told; that may be none."""
CITY_CARDS: Final = Table.of("city_card", CityCard, key=("card", "node"))
CITY_FINDINGS: Final = Table.of("city_finding", CityFinding, key=("finding", "node"))
# The first end of a case is told by its row: what the batch says of it counts only where none was known.
_SAVED: Final = f"""
with saved as ({CITY_CASES.upsert} returning new.node, new.number, old.finished_at as before, new.finished_at)
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
    await MOVED_CLOCKS.save(connection, [folded.clocks[key] for key in sorted(folded.moved)])
    await CITY_CLOCKS.save(connection, [folded.clocks[key] for key in sorted(folded.clocks.keys() - folded.moved)])
    await CITY_CARDS.add(connection, folded.cards)
    await CITY_FINDINGS.add(connection, folded.findings)


async def _save_cases(connection: Connection, folded: Folded) -> None:
    """Writes cases, then what is counted by day: a case counts as finished when this batch brought its first end."""
    rows = [folded.cases[key] for key in sorted(folded.cases)]
    for node, number, at in await connection.fetch(_SAVED, CITY_CASES.said(rows)):
        folded.count(folded.case(node, number), "finished", at)
    if folded.days:
        told = list(zip(*((*key, n) for key, n in folded.days.items()), strict=True))
        filed = [row for row in rows if row.item is not None]
        await connection.execute(_DAYS, *map(list, told), [row.node for row in filed], [row.number for row in filed])
