"""Rows of the log ↔ events."""

from __future__ import annotations

from typing import Any

from libs.wire import Recorded


def recorded(row: Any) -> Recorded:
    """The event of a row of `event`."""
    return Recorded(
        source=row["source"],
        epoch=row["epoch"],
        sequence=row["sequence"],
        id=row["id"],
        type=row["type"],
        subject=row["subject"],
        time=row["time"],
        recordedtime=row["recordedtime"],
        actor=row["actor"],
        prevhash=row["prevhash"],
        hash=row["hash"],
        data=row["data"],
        to=row["recipient"],
        correlationid=row["correlationid"],
        causationid=row["causationid"],
        traceparent=row["traceparent"],
        version=row["version"],
    )
