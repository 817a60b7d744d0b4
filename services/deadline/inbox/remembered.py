"""What `react` remembers of each case the service has heard of, in rows that commit with the inbox's cursor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from libs.decider import record
from libs.views import LATEST, Connection, Table
from services.deadline.clock.heard import PinnedDepartment, PinnedLimits
from services.deadline.clock.holding import Holdings
from services.deadline.clock.known import KnownCase, OpenStop


@record
class HeardCase:
    """A row of the table: a `KnownCase` laid flat. `running` are names with spaces between, `stops` likewise, each `<number>:<first>:<reason>`:
    an array would be written row by row; `holdings` as `kept` makes them.
    """

    case: str
    department: str
    department_uscc: str
    statutory_days: int
    promised_days: int
    delivery_days: int
    correction_days: int
    timeline: str
    running: str
    corrections: int
    stops: str
    holdings: str
    came: datetime | None


_CHANGING: Final = ("running", "corrections", "stops", "holdings")
"""What facts after the filing change; the rest stays as the filing said it."""
HEARD_CASES: Final = Table.of("heard_case", HeardCase, key=("case",), known=dict.fromkeys(_CHANGING, LATEST))


async def known_cases(connection: Connection, cases: Sequence[str]) -> dict[str, KnownCase]:
    """What is remembered of these cases, by case number."""
    return {case: _known(HeardCase(**row)) for case, row in (await HEARD_CASES.load(connection, cases)).items()}


async def keep_cases(connection: Connection, cases: Sequence[KnownCase]) -> None:
    """Writes what is remembered of the cases."""
    await HEARD_CASES.save(connection, [_row(case) for case in cases])


def kept(holdings: Holdings) -> str:
    """Holdings as one text; empty: none."""
    return msgspec.json.encode(holdings).decode() if holdings else ""


def from_kept(text: str) -> Holdings:
    """Holdings out of the text that `kept` made."""
    return msgspec.json.decode(text, type=Holdings) if text else ()


def _known(row: HeardCase) -> KnownCase:
    return KnownCase(
        case=row.case,
        limits=PinnedLimits(
            statutory_days=row.statutory_days,
            promised_days=row.promised_days,
            delivery_days=row.delivery_days,
            correction_days=row.correction_days,
            department=PinnedDepartment(uscc=row.department_uscc, name=row.department) if row.department_uscc else None,
        ),
        timeline=row.timeline,
        running=tuple(row.running.split()),
        corrections=row.corrections,
        stops=tuple(_stop(*stop.split(":", 2)) for stop in row.stops.split()),
        holdings=from_kept(row.holdings),
        came=row.came,
    )


def _stop(number: str, first: str, reason: str) -> OpenStop:
    return OpenStop(number=int(number), reason=reason, first=date.fromisoformat(first))


def _row(case: KnownCase) -> HeardCase:
    limits, department = case.limits, case.limits.department
    return HeardCase(
        case=case.case,
        department=department.name if department else "",
        department_uscc=department.uscc if department else "",
        statutory_days=limits.statutory_days,
        promised_days=limits.promised_days,
        delivery_days=limits.delivery_days,
        correction_days=limits.correction_days,
        timeline=case.timeline,
        running=" ".join(case.running),
        corrections=case.corrections,
        stops=" ".join(f"{stop.number}:{stop.first}:{stop.reason}" for stop in case.stops),
        holdings=kept(case.holdings),
        came=case.came,
    )
