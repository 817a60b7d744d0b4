"""What `react` remembers of each case the service has heard of, in rows that commit with the inbox's cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from libs.decider import record
from libs.views import LATEST, Connection, Table
from services.deadline.clock.heard import PinnedLimits
from services.deadline.clock.known import KnownCase, OpenStop


@record
class HeardCase:
    """A row of the table: a `KnownCase` laid flat. `running` are names with spaces between, `stops` likewise, each `<number>:<first>:<reason>`:
    an array would be written row by row.
    """

    case: str
    officer: str
    statutory_days: int
    promised_days: int
    delivery_days: int
    correction_days: int
    timeline: str
    running: str
    corrections: int
    stops: str
    came: datetime | None


_CHANGING: Final = ("running", "corrections", "stops")
"""What facts after the filing change; the rest stays as the filing said it."""
HEARD_CASES: Final = Table.of("heard_case", HeardCase, key=("case",), known=dict.fromkeys(_CHANGING, LATEST))


async def known_cases(connection: Connection, cases: Sequence[str]) -> dict[str, KnownCase]:
    """What is remembered of these cases, by case number."""
    return {case: _known(HeardCase(**row)) for case, row in (await HEARD_CASES.load(connection, cases)).items()}


async def keep_cases(connection: Connection, cases: Sequence[KnownCase]) -> None:
    """Writes what is remembered of the cases."""
    await HEARD_CASES.save(connection, [_row(case) for case in cases])


def _known(row: HeardCase) -> KnownCase:
    return KnownCase(
        case=row.case,
        officer=row.officer,
        limits=PinnedLimits(
            statutory_days=row.statutory_days,
            promised_days=row.promised_days,
            delivery_days=row.delivery_days,
            correction_days=row.correction_days,
        ),
        timeline=row.timeline,
        running=tuple(row.running.split()),
        corrections=row.corrections,
        stops=tuple(_stop(*stop.split(":", 2)) for stop in row.stops.split()),
        came=row.came,
    )


def _stop(number: str, first: str, reason: str) -> OpenStop:
    return OpenStop(number=int(number), reason=reason, first=date.fromisoformat(first))


def _row(case: KnownCase) -> HeardCase:
    return HeardCase(
        case=case.case,
        officer=case.officer,
        **asdict(case.limits),
        timeline=case.timeline,
        running=" ".join(case.running),
        corrections=case.corrections,
        stops=" ".join(f"{stop.number}:{stop.first}:{stop.reason}" for stop in case.stops),
        came=case.came,
    )
