"""What intake shows: one row per case from its own log, leased serials, and the procedures heard from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec

from libs.eventlog import Codec
from libs.views import Connection, Pool, View
from libs.wire import Recorded
from services.intake.events import (
    CaseAccepted,
    CaseApproved,
    CaseClosed,
    CaseDecided,
    CaseEvent,
    CaseExamined,
    CaseFiled,
    CaseNotAccepted,
    CaseWithdrawn,
    CorrectionsRequested,
    CorrectionsReturned,
    NumbersLeased,
    NumbersVoided,
    Pinned,
    PinnedStep,
    ResultDelivered,
)

CASES: Final = "cases"
"""The name of the view."""

PHASES: Final[Mapping[type[Any], str]] = {
    CaseFiled: "filed",
    CorrectionsRequested: "correcting",
    CorrectionsReturned: "returned",
    CaseAccepted: "accepted",
    CaseNotAccepted: "not-accepted",
    CaseExamined: "examined",
    CaseApproved: "approved",
    CaseDecided: "decided",
    ResultDelivered: "delivered",
    CaseWithdrawn: "withdrawn",
    CaseClosed: "closed",
}
"""Where a fact leaves a case; a closed one stays closed. Other facts leave it where it is."""


@dataclass(slots=True)
class _Row:
    """What a batch of facts makes of one case; None: nothing new."""

    number: str
    officer: str = ""
    version: int = 0
    phase: str | None = None
    outcome: str | None = None
    filed: CaseFiled | None = None
    accepted_at: datetime | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None


def cases_view(codec: Codec) -> View:
    """The view over intake's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Recorded]) -> None:
        rows: dict[str, _Row] = {}
        for recorded in events:
            match codec.decode(recorded):
                case NumbersLeased() as leased:
                    await connection.execute(_LEASE, recorded.node, leased.year, leased.first, leased.last, leased.process)
                case NumbersVoided() as voided:
                    await connection.execute(_SETTLE, recorded.node, voided.year, voided.process)
                case event:
                    _fold(rows.setdefault(event.case, _Row(event.case)), event, recorded.version)
        if rows:
            await connection.execute(_UPSERT, *_columns(list(rows.values())))

    return View(CASES, apply)


def _fold(row: _Row, event: CaseEvent, version: int) -> None:
    row.officer, row.version = event.officer, version
    if row.phase != "closed":
        row.phase = PHASES.get(type(event), row.phase)
    match event:
        case CaseFiled():
            row.filed = event
        case CaseAccepted(effective=effective):
            row.accepted_at = effective
        case CaseDecided(at=at, outcome=outcome):
            row.decided_at, row.outcome = at, outcome.value
        case CaseClosed(at=at):
            row.closed_at = at
        case _:
            return


def _columns(rows: Sequence[_Row]) -> list[list[Any]]:
    filed = [row.filed for row in rows]
    return [
        [row.number for row in rows],
        [f.pinned.item if f else "" for f in filed],
        [f.pinned.item_name if f else "" for f in filed],
        [f.pinned.procedure_version if f else 0 for f in filed],
        [f.pinned.kind if f else "" for f in filed],
        [f.channel.value if f else "" for f in filed],
        [f.ref if f else "" for f in filed],
        [f.imported if f else False for f in filed],
        [f.instants.timeline if f and f.instants else "" for f in filed],
        [row.phase for row in rows],
        [row.outcome for row in rows],
        [row.officer for row in rows],
        [f.at if f else None for f in filed],
        [row.accepted_at for row in rows],
        [row.decided_at for row in rows],
        [row.closed_at for row in rows],
        [row.version for row in rows],
    ]


# A case that is known already meets its own row: what the batch says nothing about stays. The insert never joins, so no plan can go wrong.
_UPSERT: Final = """
insert into cases (number, node, year, serial, item, item_name, procedure_version, kind, channel, ref, imported, timeline,
                   phase, outcome, officer, filed_at, accepted_at, decided_at, closed_at, version)
select number, split_part(number, '-', 1), left(split_part(number, '-', 2), 4)::integer, split_part(number, '-', 3)::integer,
       item, item_name, procedure_version, kind, channel, ref, imported, timeline,
       coalesce(phase, ''), coalesce(outcome, ''), officer, filed_at, accepted_at, decided_at, closed_at, version
from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::text[], $10::text[],
            $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::integer[])
  as new (number, item, item_name, procedure_version, kind, channel, ref, imported, timeline, phase, outcome,
          officer, filed_at, accepted_at, decided_at, closed_at, version)
on conflict (number) do update set
    phase = case when cases.phase = 'closed' or excluded.phase = '' then cases.phase else excluded.phase end,
    outcome = case when excluded.outcome = '' then cases.outcome else excluded.outcome end,
    officer = excluded.officer,
    accepted_at = coalesce(excluded.accepted_at, cases.accepted_at),
    decided_at = coalesce(excluded.decided_at, cases.decided_at),
    closed_at = coalesce(excluded.closed_at, cases.closed_at),
    version = excluded.version"""

_LEASE: Final = "insert into leases (node, year, first, last, process) values ($1, $2, $3, $4, $5)"
_SETTLE: Final = "update leases set settled = true where node = $1 and year = $2 and process = $3 and not settled"

# Numbers of one node and year lie side by side, so the one index on them serves this too.
_UNUSED: Final = """
with open as (
    select node, year, process, serial from leases, generate_series(first, last) as serial where not settled and process <> $1
), used as (
    select c.node, c.year, c.serial from (select distinct node, year from open) as o
    join cases c on c.number >= o.node || '-' || o.year and c.number < o.node || '-' || (o.year + 1)
)
select o.node, o.year, o.process, coalesce(array_agg(o.serial order by o.serial) filter (where u.serial is null), '{}') as unused
from open o left join used u on u.node = o.node and u.year = o.year and u.serial = o.serial
group by o.node, o.year, o.process order by o.node, o.year, o.process"""


class Unused(msgspec.Struct, frozen=True):
    """Serials a process leased and no case carries."""

    node: str
    year: int
    process: str
    serials: tuple[int, ...]


async def unused_serials(pool: Pool, alive: str) -> list[Unused]:
    """Per node, year and process other than `alive`, as far as the view has come; an empty list of serials: all were used."""
    return [Unused(r["node"], r["year"], r["process"], tuple(r["unused"])) for r in await pool.fetch(_UNUSED, alive)]


# --- procedures -------------------------------------------------------------------------------------------------------------------------

_LEARN: Final = """
insert into procedures (node, item, version, item_name, kind, effective, statutory_days, promised_days, delivery_days, extension_days,
                        extension_moves_promise, correction_days, steps)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing"""

_VERSIONS: Final = """
select item, item_name, version, kind, statutory_days, promised_days, delivery_days, extension_days, extension_moves_promise,
       correction_days, steps, effective
from procedures where node = any ($1::text[]) and item = $2
order by array_position($1::text[], node), effective desc, version desc"""


async def learn_procedures(connection: Connection, procedures: Sequence[tuple[str, Pinned, date]]) -> None:
    """Keeps versions heard from the catalogue: (node, what a case pins, effective day). A version never changes."""
    rows = [
        (
            node,
            p.item,
            p.procedure_version,
            p.item_name,
            p.kind,
            effective,
            p.statutory_days,
            p.promised_days,
            p.delivery_days,
            p.extension_days,
            p.extension_moves_promise,
            p.correction_days,
            msgspec.json.encode(p.steps).decode(),
        )
        for node, p, effective in procedures
    ]
    await connection.executemany(_LEARN, rows)


async def procedure_versions(pool: Pool, line: Sequence[str], item: str) -> list[tuple[date, Pinned]]:
    """All versions known at the nodes of `line`, nearest node first, newest first, each with its effective day."""
    return [(row["effective"], _pinned(row)) for row in await pool.fetch(_VERSIONS, list(line), item)]


def _pinned(row: Mapping[str, Any]) -> Pinned:
    steps = msgspec.json.decode(row["steps"], type=tuple[PinnedStep, ...])
    fields = {name: value for name, value in row.items() if name not in ("steps", "version", "effective")}
    return Pinned(**fields, procedure_version=row["version"], steps=steps)


# --- queries ----------------------------------------------------------------------------------------------------------------------------

_CASE: Final = """
select number as "case", node, item, item_name, procedure_version, kind, channel, ref, imported, phase, outcome, officer,
       filed_at, accepted_at, decided_at, closed_at, version
from cases"""


async def case_row(pool: Pool, case: str) -> dict[str, Any] | None:
    """One case as the view has it, or None."""
    row = await pool.fetchrow(f"{_CASE} where number = $1", case)
    return dict(row) if row else None


_PAGE: Final = f"""{_CASE}
where number > greatest($2, $1 || '-') and number < $1 || '.' and ($3 = '' or phase = $3)"""
_OPEN: Final = f"{_PAGE} and closed_at is null"


async def case_page(pool: Pool, node: str, phase: str, after: str, limit: int) -> list[dict[str, Any]]:
    """The cases of a node behind the number `after`, in order of numbers; `phase` empty: all. All numbers of a node lie side by side."""
    query = _PAGE if phase in ("", "closed") else _OPEN
    return [dict(row) for row in await pool.fetch(f"{query} order by number limit $4", node, after, phase, limit)]


_COUNTS: Final = """
select count(*) as cases, count(*) filter (where phase not in ('closed', 'withdrawn', 'not-accepted')) as open, count(closed_at) as closed
from cases where number > $1 || '-' and number < $1 || '.'"""

_REPLAYED: Final = """
select node, count(*) as cases, count(closed_at) as closed from cases where timeline = $1 and timeline <> '' group by node order by node"""


async def counts(pool: Pool, node: str) -> dict[str, int]:
    """How many cases of a node there are, are still open, are closed."""
    return dict(await pool.fetchrow(_COUNTS, node) or {})


async def replayed(pool: Pool, timeline: str) -> dict[str, dict[str, int]]:
    """Per node, how many imported cases of a timeline there are and are closed."""
    return {row["node"]: {"cases": row["cases"], "closed": row["closed"]} for row in await pool.fetch(_REPLAYED, timeline)}
