"""The list of cases: what a batch of facts makes of a row, what becomes of a row that is known, and the queries on the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from libs.contracts import phases
from libs.views import APPENDED, FIRST_SAID, LATEST, LATEST_SAID, Connection, Table
from services.intake.events import (
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseEvent,
    CaseFiled,
    ClocksResumed,
    ClocksSuspended,
    CorrectionsReturned,
    SuspensionCalledOff,
)


@dataclass(slots=True)
class ListedCase:
    """A row of the list, and what a batch of facts makes of it; empty, None: nothing new.

    `suspensions` is what was told of procedures of Art. 45, of which the mark beside the phase is made. `finished_at` is the first end,
    whatever is recorded later. Materials last came in at `received_at`; where silence accepts, it does so `silence_days` working days later,
    0: never. That it has is said when a row is read.
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
    suspensions: str = ""
    outcome: str = ""
    officer: str = ""
    filed_at: datetime | None = None
    accepted_at: datetime | None = None
    decided_at: datetime | None = None
    finished_at: datetime | None = None
    closed_at: datetime | None = None
    received_at: datetime | None = None
    silence_days: int = 0
    version: int = 0

    def __post_init__(self) -> None:
        self.node, day, serial, _check = self.number.split("-")
        self.year, self.serial = int(day[:4]), int(serial)

    def fold(self, event: CaseEvent, version: int) -> None:
        """The row after `event`, which is the case's `version`-th."""
        fact = type(event).__name__
        self.officer, self.version = event.officer, version
        number = event.number if isinstance(event, ClocksSuspended | ClocksResumed | SuspensionCalledOff) else 0
        self.phase, self.suspensions = phases().after(self.phase, fact), phases().suspensions(self.suspensions, fact, number)
        if phases().ended(self.phase) and self.finished_at is None:
            self.finished_at = event.at
        match event:
            case CaseFiled():
                self._file(event)
            case CorrectionsReturned(at=at):
                self.received_at = at
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
        self.received_at, self.silence_days = filed.at, pinned.correction_days if pinned.silence_accepts else 0


_TEXT_SAID: Final = "case when excluded.{column} = '' then {table}.{column} else excluded.{column} end"
"""What was said last; an empty text says nothing."""
_MOVED: Final = f"case when {{table}}.{{column}} = '{phases().closed}' or excluded.{{column}} = '' then {{table}}.{{column}} else excluded.{{column}} end"
"""Where the batch leaves the case, if it moves it; a closed case stays closed."""

# A case that is known already meets its own row: what the batch says nothing about stays.
CASES: Final = Table.of(
    "cases",
    ListedCase,
    key=("number",),
    known={
        "phase": _MOVED,
        "suspensions": APPENDED,
        "outcome": _TEXT_SAID,
        "officer": LATEST,
        "accepted_at": LATEST_SAID,
        "decided_at": LATEST_SAID,
        "finished_at": FIRST_SAID,
        "closed_at": LATEST_SAID,
        "received_at": LATEST_SAID,
        "version": LATEST,
    },
)
LONGEST: Final = 60
"""Working days, more than any law gives for telling what is missing."""


class Now(NamedTuple):
    """A moment, as far as rows are read by it: where the calendar begins, and where each of the last `LONGEST` working days before the day of
    the moment did, latest first.
    """

    first: datetime
    days: list[datetime]


# Time comes first: a row is read with what silence has done to the case by now, as the rules settle it (case/acceptance.py, deemed_at).
_OUR_TURN: Final = ", ".join(f"'{phases().after('', fact.__name__)}'" for fact in (CaseFiled, CorrectionsReturned))
_ACCEPTED: Final = phases().after("", CaseAccepted.__name__)
_SILENT: Final = f"phase in ({_OUR_TURN}) and received_at >= $1 and coalesce(received_at < ($2::timestamptz[])[silence_days], false)"
_SETTLED: Final = {
    "phase": f"case when {_SILENT} then '{_ACCEPTED}' else phase end",
    "accepted_at": f"case when {_SILENT} then received_at else accepted_at end",
}
_COLUMNS: Final = ", ".join(f"{_SETTLED.get(column.name, column.name)} as {column.name}" for column in CASES.described)
_CASE: Final = f"select {CASES.columns} from (select {_COLUMNS} from cases) as settled"
UNSHOWN: Final = frozenset({"number", "year", "serial", "timeline", "suspensions", "received_at", "silence_days"})
"""What of a row people are not shown."""


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as people see it: its number is the case, and no mark stands beside an end."""
    suspended = phases().suspended(row["suspensions"], row["phase"])
    return {name: value for name, value in row.items() if name not in UNSHOWN} | {"case": row["number"], "suspended": suspended}


async def case_row(rows: Connection, case: str, now: Now) -> dict[str, Any] | None:
    """One case as people see it, or None."""
    row = await rows.fetchrow(f"{_CASE} where number = $3", *now, case)
    return _shown(row) if row else None


_PAGE: Final = f"""{_CASE}
where number > greatest($4, $3 || '-') and number < $3 || '.' and ($5 = '' or phase = $5)"""
_NOT_CLOSED: Final = f"{_PAGE} and closed_at is null"


async def case_page(rows: Connection, node: str, phase: str, after: str, limit: int, now: Now) -> list[dict[str, Any]]:
    """The cases of a node behind the number `after`, in order of numbers; `phase` empty: all. All numbers of a node lie side by side."""
    query = _PAGE if phase in ("", phases().closed) else _NOT_CLOSED
    page = await rows.fetch(f"{query} order by number limit $6", *now, node, after, phase, limit)
    return [_shown(row) for row in page]


class NodeCases(NamedTuple):
    """A row: how many cases a node has, counted as they are filed, so that nobody has to go through them."""

    node: str
    cases: int


NODE_CASES: Final = Table.of(
    "node_cases", NodeCases, key=("node",), known={"cases": "{table}.{column} + excluded.{column}"}, types={"cases": "bigint"}
)
# Those that are open are counted out of what is not closed, which is little, however many cases there are.
_COUNTS: Final = """
select cases, open, cases - open as finished from (
    select coalesce((select cases from node_cases where node = $1), 0) as cases, (
        select count(*) from cases where number > $1 || '-' and number < $1 || '.' and closed_at is null and finished_at is null
    ) as open
) as counted"""

_REPLAYED: Final = """
select node, count(*) as cases, count(closed_at) as closed from cases where timeline = $1 and timeline <> '' group by node order by node"""


async def counts(rows: Connection, node: str) -> dict[str, int]:
    """How many cases of a node there are; those that are open and those that are finished, which are all."""
    return dict(await rows.fetchrow(_COUNTS, node) or {})


async def replayed(rows: Connection, timeline: str) -> dict[str, dict[str, int]]:
    """Per node, how many imported cases of a timeline there are and are closed."""
    return {row["node"]: {"cases": row["cases"], "closed": row["closed"]} for row in await rows.fetch(_REPLAYED, timeline)}
