"""The list of cases: its columns said once, what a batch of facts makes of them, and the queries on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from libs.contracts import phases
from libs.views import Column, Pool, Table
from services.intake.events import CaseAccepted, CaseClosed, CaseDecided, CaseEvent, CaseFiled

_SAID: Final = "case when excluded.{column} = '' then {table}.{column} else excluded.{column} end"
_NEW: Final = "excluded.{column}"
_LAST: Final = "coalesce(excluded.{column}, {table}.{column})"
_FIRST: Final = "coalesce({table}.{column}, excluded.{column})"
_PHASE: Final = f"case when {{table}}.{{column}} = '{phases().closed}' or excluded.{{column}} = '' then {{table}}.{{column}} else excluded.{{column}} end"

# A case that is known already meets its own row: what the batch says nothing about stays.
CASES: Final = Table(
    "cases",
    Column("number", "text", key=True),
    Column("node", "text"),
    Column("year", "integer"),
    Column("serial", "integer"),
    Column("item", "text"),
    Column("item_name", "text"),
    Column("procedure_version", "integer"),
    Column("kind", "text"),
    Column("channel", "text"),
    Column("ref", "text"),
    Column("imported", "boolean"),
    Column("timeline", "text"),
    Column("phase", "text", known=_PHASE),
    Column("suspended", "boolean", known=_LAST),
    Column("outcome", "text", known=_SAID),
    Column("officer", "text", known=_NEW),
    Column("filed_at", "timestamptz"),
    Column("accepted_at", "timestamptz", known=_LAST),
    Column("decided_at", "timestamptz", known=_LAST),
    Column("finished_at", "timestamptz", known=_FIRST),
    Column("closed_at", "timestamptz", known=_LAST),
    Column("version", "integer", known=_NEW),
)


@dataclass(slots=True)
class ListedCase:
    """What a batch of facts makes of one case; empty, None: nothing new.

    `suspended` is the raw mark beside the phase. `finished_at` is the first end, whatever is recorded later.
    """

    number: str
    node: str = field(init=False)
    year: int = field(init=False)
    serial: int = field(init=False)
    item: str = ""
    item_name: str = ""
    procedure_version: int = 0
    kind: str = ""
    channel: str = ""
    ref: str = ""
    imported: bool = False
    timeline: str = ""
    phase: str = ""
    suspended: bool | None = None
    outcome: str = ""
    officer: str = ""
    filed_at: datetime | None = None
    accepted_at: datetime | None = None
    decided_at: datetime | None = None
    finished_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 0

    def __post_init__(self) -> None:
        self.node, day, serial, _check = self.number.split("-")
        self.year, self.serial = int(day[:4]), int(serial)

    def fold(self, event: CaseEvent, version: int) -> None:
        """The row after `event`, which is the case's `version`-th."""
        fact = type(event).__name__
        self.officer, self.version = event.officer, version
        self.phase, self.suspended = phases().after(self.phase, fact), phases().suspended(self.suspended, fact)
        if phases().ended(self.phase) and self.finished_at is None:
            self.finished_at = event.at
        match event:
            case CaseFiled():
                self._file(event)
            case CaseAccepted(effective=effective):
                self.accepted_at = effective
            case CaseDecided(at=at, outcome=outcome):
                self.decided_at, self.outcome = at, outcome.value
            case CaseClosed(at=at):
                self.closed_at = at
            case _:
                return

    def _file(self, filed: CaseFiled) -> None:
        pinned, instants = filed.pinned, filed.instants
        self.item, self.item_name, self.procedure_version, self.kind = pinned.item, pinned.item_name, pinned.procedure_version, pinned.kind
        self.channel, self.ref, self.imported = filed.channel.value, filed.ref, filed.imported
        self.timeline, self.filed_at = instants.timeline if instants else "", filed.at


_CASE: Final = """
select number as "case", node, item, item_name, procedure_version, kind, channel, ref, imported, phase, outcome, officer,
       coalesce(suspended, false) and phase <> all ($1::text[]) as suspended,
       filed_at, accepted_at, decided_at, finished_at, closed_at, version
from cases"""


async def case_row(pool: Pool, case: str) -> dict[str, Any] | None:
    """One case as the view has it, or None."""
    row = await pool.fetchrow(f"{_CASE} where number = $2", list(phases().ends), case)
    return dict(row) if row else None


_PAGE: Final = f"""{_CASE}
where number > greatest($3, $2 || '-') and number < $2 || '.' and ($4 = '' or phase = $4)"""
_NOT_CLOSED: Final = f"{_PAGE} and closed_at is null"


async def case_page(pool: Pool, node: str, phase: str, after: str, limit: int) -> list[dict[str, Any]]:
    """The cases of a node behind the number `after`, in order of numbers; `phase` empty: all. All numbers of a node lie side by side."""
    query = _PAGE if phase in ("", phases().closed) else _NOT_CLOSED
    rows = await pool.fetch(f"{query} order by number limit $5", list(phases().ends), node, after, phase, limit)
    return [dict(row) for row in rows]


_COUNTS: Final = """
select count(*) as cases, count(*) - count(finished_at) as open, count(finished_at) as finished
from cases where number > $1 || '-' and number < $1 || '.'"""

_REPLAYED: Final = """
select node, count(*) as cases, count(closed_at) as closed from cases where timeline = $1 and timeline <> '' group by node order by node"""


async def counts(pool: Pool, node: str) -> dict[str, int]:
    """How many cases of a node there are; those that are open and those that are finished, which are all."""
    return dict(await pool.fetchrow(_COUNTS, node) or {})


async def replayed(pool: Pool, timeline: str) -> dict[str, dict[str, int]]:
    """Per node, how many imported cases of a timeline there are and are closed."""
    return {row["node"]: {"cases": row["cases"], "closed": row["closed"]} for row in await pool.fetch(_REPLAYED, timeline)}
