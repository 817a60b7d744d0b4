"""What `react` remembers of each case the service has heard of, in rows that commit with the inbox's cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from libs.views import Column, Connection, Table
from services.deadline.clock.heard import PinnedLimits
from services.deadline.clock.triggers import KnownCase, OpenStop

_NOW: Final = "excluded.{column}"

CASES: Final = Table(
    "heard_case",
    Column("case", "text", key=True),
    Column("officer", "text"),
    Column("statutory_days", "integer"),
    Column("promised_days", "integer"),
    Column("delivery_days", "integer"),
    Column("correction_days", "integer"),
    Column("timeline", "text"),
    Column("running", "text", known=_NOW),  # names with spaces between: an array would be written row by row
    Column("corrections", "integer", known=_NOW),
    Column("stopped_by", "text", known=_NOW),
    Column("stopped_from", "date", known=_NOW),
)


async def known_cases(connection: Connection, cases: Sequence[str]) -> dict[str, KnownCase]:
    """What is remembered of these cases."""
    return {case: _known(row) for case, row in (await CASES.load(connection, cases)).items()}


async def keep_cases(connection: Connection, cases: Sequence[KnownCase]) -> None:
    """Remembers the cases."""
    await CASES.save(connection, [_row(case) for case in cases])


def _known(row: Mapping[str, Any]) -> KnownCase:
    return KnownCase(
        case=row["case"],
        officer=row["officer"],
        limits=PinnedLimits(
            statutory_days=row["statutory_days"],
            promised_days=row["promised_days"],
            delivery_days=row["delivery_days"],
            correction_days=row["correction_days"],
        ),
        timeline=row["timeline"],
        running=tuple(row["running"].split()),
        corrections=row["corrections"],
        stop=OpenStop(reason=row["stopped_by"], first=row["stopped_from"]) if row["stopped_from"] else None,
    )


def _row(case: KnownCase) -> dict[str, Any]:
    return {
        "case": case.case,
        "officer": case.officer,
        "statutory_days": case.limits.statutory_days,
        "promised_days": case.limits.promised_days,
        "delivery_days": case.limits.delivery_days,
        "correction_days": case.limits.correction_days,
        "timeline": case.timeline,
        "running": " ".join(case.running),
        "corrections": case.corrections,
        "stopped_by": case.stop.reason if case.stop else "",
        "stopped_from": case.stop.first if case.stop else None,
    }
