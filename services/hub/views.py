"""The city's views: cases, days, clocks, cards, findings, made from verified events alone, written set-based.

Facts of one case come over several feeds in any order: every write is the same whichever comes first. A node's rows are made from that
node's feeds and no other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from libs.database import Connection
from libs.wire import Recorded
from services.hub.case_facts import Folded, fold

_CASES: Final = """
insert into city_case as c (node, number, item, item_name, phase, filed_at, decided_at, closed_at, ended_at, imported, ref, timeline,
                            yellow, red, statutory_red)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[],
                     $9::timestamptz[], $10::boolean[], $11::text[], $12::text[], $13::boolean[], $14::boolean[], $15::boolean[])
on conflict (number, node) do update set
    item = coalesce(excluded.item, c.item), item_name = coalesce(excluded.item_name, c.item_name),
    phase = case when c.phase = 'closed' then c.phase else coalesce(excluded.phase, c.phase) end,
    filed_at = coalesce(excluded.filed_at, c.filed_at), decided_at = coalesce(excluded.decided_at, c.decided_at),
    closed_at = coalesce(excluded.closed_at, c.closed_at), ended_at = coalesce(c.ended_at, excluded.ended_at),
    imported = excluded.imported or c.imported, ref = coalesce(excluded.ref, c.ref),
    timeline = coalesce(excluded.timeline, c.timeline), yellow = excluded.yellow or c.yellow, red = excluded.red or c.red,
    statutory_red = excluded.statutory_red or c.statutory_red"""
_CASE_COLUMNS: Final = (
    "item", "item_name", "phase", "filed_at", "decided_at", "closed_at", "ended_at", "imported", "ref", "timeline",
    "yellow", "red", "statutory_red",
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
on conflict (node, clock) do update set label = case when excluded.label = '' then c.label else excluded.label end,
    yellow = excluded.yellow or c.yellow, red = excluded.red or c.red, ended = excluded.ended or c.ended"""
_MOVED: Final = f"{_CLOCKS}, due_at = excluded.due_at"
_CARDS: Final = """
insert into city_card (card, node, number, colour, clock_kind, officer, due_at, at, imported)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::boolean[])
on conflict do nothing"""
_FINDING: Final = """
insert into city_finding (finding, node, number, detector, at, evidence) values ($1, $2, $3, $4, $5, $6) on conflict do nothing"""


async def apply(connection: Connection, events: Sequence[Recorded]) -> Sequence[tuple[Recorded, str]]:
    """Shows verified events; each comes once, for it moves with its feed's verified position. Answers what could not be shown, and why."""
    folded = fold(events)
    if folded.cases:
        await _write_cases(connection, folded)
    for statement, moved in ((_MOVED, True), (_CLOCKS, False)):
        rows = [
            (clock, node, r.number, r.kind, r.label, r.due_at, r.yellow, r.red, r.ended)
            for (node, clock), r in sorted(folded.clocks.items())
            if r.moved is moved
        ]
        if rows:
            await connection.execute(statement, *map(list, zip(*rows, strict=True)))
    if folded.cards:
        await connection.execute(_CARDS, *map(list, zip(*folded.cards, strict=True)))
    if folded.findings:
        await connection.executemany(_FINDING, folded.findings)
    return folded.not_shown


async def _write_cases(connection: Connection, folded: Folded) -> None:
    keys = sorted(folded.cases)
    rows = [folded.cases[key] for key in keys]
    columns = [[getattr(row, name) for row in rows] for name in _CASE_COLUMNS]
    await connection.execute(_CASES, [node for node, _ in keys], [number for _, number in keys], *columns)
    filed = [key for key in keys if folded.cases[key].item is not None]
    if folded.days:
        told = list(zip(*((*key, n) for key, n in folded.days.items()), strict=True))
        await connection.execute(_DAYS, *map(list, told), [node for node, _ in filed], [number for _, number in filed])
