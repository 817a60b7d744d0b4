"""The city's views: cases, days, clocks, cards, findings, made from verified events alone, written set-based.

Facts of one case come over several feeds in any order: every write is the same whichever comes first. A node's rows are made from that
node's feeds and no other's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import msgspec

from libs.contracts import phases
from libs.views import APPENDED, EVER, FIRST_SAID, LATEST, LATEST_SAID, Connection, Table
from libs.wire import Recorded
from libs.workdays import CHINA

OPEN: Final = "open"
"""Counted beside the kinds of facts: cases that are open now."""


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
# What a row was before is told by the database: whether this is the first end, whether facts waited for the item, whether the case is open now.
_SAVED: Final = f"""
{CITY_CASES.upsert}
returning new.node, new.number, new.item, case when old.finished_at is null then new.finished_at end as ended,
    old.number is not null and old.item is null and new.item is not null as awaited,
    (new.filed_at is not null and new.finished_at is null)::int - (old.filed_at is not null and old.finished_at is null)::int as opened"""
# A fact whose case is not known yet waits for it, so that every number stands under its item.
_WAIT: Final = """
insert into city_waiting (node, number, kind, day)
select node, number, kind, day from json_to_recordset($1) as t (node text, number text, kind text, day date, n bigint), generate_series(1, n)"""
_WAITED: Final = """
delete from city_waiting where ctid = any (array(
    select w.ctid from json_to_recordset($1) as t (node text, number text)
    cross join lateral (select ctid from city_waiting where number = t.number and node = t.node limit 100000) w
)) returning node, number, kind, day"""
_COUNT: Final = """
with total as (
    insert into city_count as c (node, kind, n)
    select node, kind, n from json_to_recordset($2) as t (node text, kind text, n bigint) order by node, kind
    on conflict (node, kind) do update set n = c.n + excluded.n
)
insert into city_day as d (node, item, day, kind, n)
select node, item, day, kind, n from json_to_recordset($1) as t (node text, item text, day date, kind text, n bigint)
order by day, node, item, kind
on conflict (day, node, item, kind) do update set n = d.n + excluded.n"""


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
    rows = await connection.fetch(_SAVED, CITY_CASES.said(folded.cases[key] for key in sorted(folded.cases)))
    items, opened = dict[tuple[str, str], str | None](), Counter[str]()
    for node, number, item, ended, _, change in rows:
        items[(node, number)] = item
        opened[node] += change
        if ended is not None:
            folded.count(folded.case(node, number), "finished", ended)
    await _waited(connection, folded, [(row["node"], row["number"]) for row in rows if row["awaited"]])
    await _count(connection, folded, items, opened)


async def _waited(connection: Connection, folded: Folded, awaited: Sequence[tuple[str, str]]) -> None:
    """What waited for the items of these cases is counted now."""
    if awaited:
        said = _said({"node": node, "number": number} for node, number in awaited)
        folded.days.update(tuple(row) for row in await connection.fetch(_WAITED, said))


async def _count(connection: Connection, folded: Folded, items: Mapping[tuple[str, str], str | None], opened: Counter[str]) -> None:
    """Counts facts under their items by day, and all of a node's by kind; `opened`: how many cases more are open at each node."""
    days, totals, waits = Counter[tuple[str, str, date, str]](), Counter[tuple[str, str]](), list[dict[str, Any]]()
    for (node, number, kind, day), n in folded.days.items():
        item = items[(node, number)]
        if item is None:
            waits.append({"node": node, "number": number, "kind": kind, "day": day, "n": n})
        else:
            days[(node, item, day, kind)] += n
            totals[(node, kind)] += n
    for node in {node for node, _ in totals} | {node for node, change in opened.items() if change}:
        totals[(node, OPEN)] = opened[node]
    if waits:
        await connection.execute(_WAIT, _said(waits))
    if totals:
        by_day = ({"node": node, "item": item, "day": day, "kind": kind, "n": n} for (node, item, day, kind), n in days.items())
        await connection.execute(_COUNT, _said(by_day), _said({"node": node, "kind": kind, "n": n} for (node, kind), n in totals.items()))


def _said(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as one parameter: arrays cost the driver more than the statement costs."""
    return msgspec.json.encode(list(rows)).decode()
