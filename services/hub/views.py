"""The city's views: cases, days, clocks, cards, findings, made from verified events alone. Folded per batch, written set-based.

Facts of one case come over several feeds in any order: every write is the same whichever comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

import msgspec

from libs.database import Connection
from libs.wire import Recorded

CHINA: Final = timezone(timedelta(hours=8))
PHASES: Final[Mapping[str, str]] = {
    "CaseFiled": "filed",
    "CorrectionsRequested": "correcting",
    "CorrectionsReturned": "filed",
    "CaseAccepted": "accepted",
    "CaseNotAccepted": "not-accepted",
    "ClocksSuspended": "suspended",
    "ClocksResumed": "accepted",
    "CaseExamined": "examined",
    "CaseApproved": "approved",
    "CaseDecided": "decided",
    "ResultDelivered": "delivered",
    "CaseWithdrawn": "withdrawn",
    "CaseClosed": "closed",
}
COUNTED: Final[Mapping[str, str]] = {
    "CaseFiled": "filed",
    "CaseAccepted": "accepted",
    "CaseNotAccepted": "ended",
    "CaseWithdrawn": "ended",
    "CaseDecided": "decided",
    "CaseClosed": "closed",
}


class _Pinned(msgspec.Struct):
    item: str
    item_name: str


class _Instants(msgspec.Struct):
    timeline: str


class Fact(msgspec.Struct):
    """The few fields the city uses of any fact; whatever else a payload has is passed over."""

    case: str = ""
    pinned: _Pinned | None = None
    instants: _Instants | None = None
    ref: str = ""
    imported: bool = False
    clock: str = ""
    kind: str = ""
    label: str = ""
    due_at: datetime | None = None
    card: str = ""
    colour: str = ""
    clock_kind: str = ""
    officer: str = ""
    finding: str = ""
    detector: str = ""
    evidence: str | tuple[str, ...] = ""


@dataclass(slots=True)
class CaseRow:
    """What a batch says of a case; None: nothing."""

    node: str
    item: str | None = None
    item_name: str | None = None
    phase: str | None = None
    filed_at: datetime | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    imported: bool = False
    ref: str | None = None
    timeline: str | None = None
    yellow: bool = False
    red: bool = False
    statutory_red: bool = False


@dataclass(slots=True)
class ClockRow:
    """What a batch says of a clock; `moved`: its due instant was told."""

    number: str
    kind: str
    label: str = ""
    due_at: datetime | None = None
    moved: bool = False
    yellow: bool = False
    red: bool = False
    ended: bool = False


@dataclass(slots=True)
class Folded:
    """A batch, folded."""

    cases: dict[str, CaseRow] = field(default_factory=dict)
    days: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    clocks: dict[tuple[str, str], ClockRow] = field(default_factory=dict)
    cards: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[tuple[Any, ...]] = field(default_factory=list)

    def case(self, event: Recorded, fact: Fact) -> CaseRow:
        return self.cases.setdefault(fact.case, CaseRow(event.node))

    def count(self, event: Recorded, fact: Fact, kind: str) -> None:
        self.case(event, fact)
        self.days[(fact.case, kind, event.time.astimezone(CHINA).date())] += 1


def _intake(folded: Folded, event: Recorded, name: str, fact: Fact) -> None:
    if name not in PHASES:
        return
    row = folded.case(event, fact)
    row.phase = PHASES[name]
    if name in COUNTED:
        folded.count(event, fact, COUNTED[name])
    if name == "CaseFiled" and fact.pinned is not None:
        row.item, row.item_name, row.filed_at, row.imported = fact.pinned.item, fact.pinned.item_name, event.time, fact.imported
        row.ref, row.timeline = fact.ref or None, fact.instants.timeline if fact.instants else None
    elif name == "CaseDecided":
        row.decided_at = event.time
    elif name == "CaseClosed":
        row.closed_at = event.time


def _deadline(folded: Folded, event: Recorded, name: str, fact: Fact) -> None:
    if not fact.clock:
        return
    kind = fact.kind or fact.clock.split(":")[2]
    row = folded.clocks.setdefault((event.node, fact.clock), ClockRow(fact.case, kind))
    row.label = fact.label or row.label
    if name in ("ClockStarted", "ClockStopped", "ClockResumed", "ClockExtended"):
        row.due_at, row.moved = fact.due_at, True
    row.ended = row.ended or name in ("ClockEnded", "ClockCancelled")
    row.yellow = row.yellow or name in ("ClockYellow", "ClockRed")
    row.red = row.red or name == "ClockRed"
    if name in ("ClockYellow", "ClockRed"):
        case = folded.case(event, fact)
        case.yellow = case.yellow or kind == "promised"
        case.red = case.red or (kind == "promised" and name == "ClockRed")
        case.statutory_red = case.statutory_red or (kind == "statutory" and name == "ClockRed")


def _supervision(folded: Folded, event: Recorded, name: str, fact: Fact) -> None:
    if name == "CardIssued":
        folded.count(event, fact, fact.colour)
        row = (fact.card, event.node, fact.case, fact.colour, fact.clock_kind, fact.officer, fact.due_at, event.time, fact.imported)
        folded.cards.append(row)
    elif name == "FindingRaised":
        evidence = list(fact.evidence) if isinstance(fact.evidence, tuple) else [fact.evidence]
        folded.findings.append((fact.finding, event.node, fact.case, fact.detector, event.time, evidence))


HANDLERS: Final[Mapping[str, Callable[[Folded, Recorded, str, Fact], None]]] = {
    "intake": _intake,
    "deadline": _deadline,
    "supervision": _supervision,
}
_decode: Final = msgspec.json.Decoder(Fact).decode


def fold(events: Sequence[Recorded]) -> Folded:
    """The batch as rows. A payload the city cannot read is archived all the same and shown in its case's timeline."""
    folded = Folded()
    for event in events:
        parts = event.type.split(".")
        handler = HANDLERS.get(parts[1]) if len(parts) == 4 else None
        if handler is None:
            continue
        try:
            fact = _decode(event.data)
        except msgspec.DecodeError:
            continue
        if fact.case:
            handler(folded, event, parts[2], fact)
    return folded


_CASES: Final = """
insert into city_case as c (number, node, item, item_name, phase, filed_at, decided_at, closed_at, imported, ref, timeline,
                            yellow, red, statutory_red)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[],
                     $9::boolean[], $10::text[], $11::text[], $12::boolean[], $13::boolean[], $14::boolean[])
on conflict (number) do update set
    item = coalesce(excluded.item, c.item), item_name = coalesce(excluded.item_name, c.item_name), phase = coalesce(excluded.phase, c.phase),
    filed_at = coalesce(excluded.filed_at, c.filed_at), decided_at = coalesce(excluded.decided_at, c.decided_at),
    closed_at = coalesce(excluded.closed_at, c.closed_at), imported = excluded.imported or c.imported, ref = coalesce(excluded.ref, c.ref),
    timeline = coalesce(excluded.timeline, c.timeline), yellow = excluded.yellow or c.yellow, red = excluded.red or c.red,
    statutory_red = excluded.statutory_red or c.statutory_red"""
# A fact whose case is not known yet waits for it, so that every number stands under its item.
_DAYS: Final = """
with waited as (delete from city_waiting where number = any ($5::text[]) returning number, kind, day),
told as (
    select number, kind, day, n from unnest($1::text[], $2::text[], $3::date[], $4::bigint[]) as t (number, kind, day, n)
    union all select number, kind, day, 1 from waited
), unknown as (
    insert into city_waiting (number, kind, day)
    select t.number, t.kind, t.day from told t join city_case c on c.number = t.number, generate_series(1, t.n) where c.item is null
)
insert into city_day as d (node, item, day, kind, n)
select c.node, c.item, t.day, t.kind, sum(t.n) from told t join city_case c on c.number = t.number where c.item is not null
group by c.node, c.item, t.day, t.kind order by 1, 2, 3, 4
on conflict (node, item, day, kind) do update set n = d.n + excluded.n"""
_CLOCKS: Final = """
insert into city_clock as c (clock, node, number, kind, label, due_at, yellow, red, ended)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[], $8::boolean[], $9::boolean[])
on conflict (node, clock) do update set label = case when excluded.label = '' then c.label else excluded.label end,
    yellow = excluded.yellow or c.yellow, red = excluded.red or c.red,
    ended = excluded.ended or c.ended"""
_MOVED: Final = """
update city_clock c set due_at = t.due_at from unnest($1::text[], $2::text[], $3::timestamptz[]) as t (clock, node, due_at)
where c.node = t.node and c.clock = t.clock"""
_CARDS: Final = """
insert into city_card (card, node, number, colour, clock_kind, officer, due_at, at, imported)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::boolean[])
on conflict do nothing"""
_FINDING: Final = """
insert into city_finding (finding, node, number, detector, at, evidence) values ($1, $2, $3, $4, $5, $6) on conflict do nothing"""


async def apply(connection: Connection, events: Sequence[Recorded]) -> None:
    """Shows verified events; each comes once, for it moves with its feed's verified position."""
    if not events:
        return
    folded = fold(events)
    await _write_cases(connection, folded)
    if folded.clocks:
        rows = [
            (clock, node, r.number, r.kind, r.label, r.due_at, r.yellow, r.red, r.ended)
            for (node, clock), r in sorted(folded.clocks.items())
        ]
        await connection.execute(_CLOCKS, *map(list, zip(*rows, strict=True)))
        moved = [(clock, node, row.due_at) for (node, clock), row in folded.clocks.items() if row.moved]
        if moved:
            await connection.execute(_MOVED, *map(list, zip(*moved, strict=True)))
    if folded.cards:
        await connection.execute(_CARDS, *map(list, zip(*folded.cards, strict=True)))
    if folded.findings:
        await connection.executemany(_FINDING, folded.findings)


async def _write_cases(connection: Connection, folded: Folded) -> None:
    if not folded.cases:
        return
    names = ("node", "item", "item_name", "phase", "filed_at", "decided_at", "closed_at", "imported", "ref", "timeline", "yellow", "red")
    numbers = sorted(folded.cases)
    rows = [folded.cases[number] for number in numbers]
    columns = [[getattr(row, name) for row in rows] for name in (*names, "statutory_red")]
    await connection.execute(_CASES, numbers, *columns)
    filed = [number for number in numbers if folded.cases[number].item is not None]
    if folded.days or filed:
        told = [(number, kind, day, n) for (number, kind, day), n in folded.days.items()]
        columns = [[row[i] for row in told] for i in range(4)]
        await connection.execute(_DAYS, *columns, filed)
