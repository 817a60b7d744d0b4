"""Rows of the log ↔ events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from libs.eventlog.batch import Batch
from libs.eventlog.log import Intent
from libs.wire import Position, Recorded, instant


class HeadRow(NamedTuple):
    """Where an origin stands: its last event, its feed, and how often it was written to."""

    position: Position
    feed: int
    writes: int


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


SHOWN: Final = "f.epoch, e.sequence, e.source, e.version, e.subject, e.type, e.time, e.recordedtime, e.actor, e.data"
"""The columns of `shown`, in its order."""


def shown(row: Any) -> Recorded:
    """What a view sees of an event, as `Logged` says it: half of the columns, in less than half of the time."""
    epoch, sequence, source, version, subject, kind, time, recordedtime, actor, data = row
    return Recorded(
        source=source, epoch=epoch, sequence=sequence, id="", type=kind, subject=subject, time=time, recordedtime=recordedtime, actor=actor,
        prevhash="", hash="", data=data, version=version,
    )  # fmt: skip


def seen(row: Any, subject: str) -> Recorded:
    """What a rule sees of an event, from a row of `load_acts`: nothing that the log and the wire alone need."""
    _, _, source, _, _, sequence, version, kind, time, recordedtime, actor, data, *_ = row
    return Recorded(
        source=source,
        epoch=0,
        sequence=sequence,
        id="",
        type=kind,
        subject=subject,
        time=time,
        recordedtime=recordedtime,
        actor=actor,
        prevhash="",
        hash="",
        data=data,
        version=version,
    )


EVENT: Final = (
    "feed", "sequence", "source", "version", "subject", "id", "type", "time", "recordedtime", "actor", "recipient", "correlationid",
    "causationid", "traceparent", "prevhash", "hash", "data",
)  # fmt: skip
"""The columns of an event, in the order of `records`."""


def records(heads: Mapping[str, HeadRow], batches: Mapping[str, Batch]) -> list[tuple[object, ...]]:
    """The rows of the events, to be copied."""
    return [
        (
            heads[e.source].feed, e.sequence, e.source, e.version, e.subject, e.id, e.type, e.time, e.recordedtime, e.actor, e.to,
            e.correlationid, e.causationid, e.traceparent, e.prevhash, e.hash, e.data,
        )
        for batch in batches.values()
        for e in batch.events
    ]  # fmt: skip


def asked(intents: Mapping[str, Sequence[Intent]], every: int) -> list[object]:
    """The parameters of `load_acts`, in its order: `every` event of a stream, or its last alone. Its rows count the intents in this order."""
    rows = [
        (str(of), intent.subject, "1" if intent.last else str(every), intent.scope, intent.key)
        for of, mine in enumerate(intents.values(), 1)
        for intent in mine
    ]
    return [list(intents), len(rows), *_lines(rows, 5)]


def columns(heads: Mapping[str, HeadRow], batches: Mapping[str, Batch], recorded: datetime, *, copied: bool = False) -> list[object]:
    """The parameters of `write_acts`, in its order. `heads` are those on which `batches` were decided; the events may be `copied` apart."""
    events = [] if copied else [(of, event) for of, batch in enumerate(batches.values(), 1) for event in batch.events]
    claims = [
        (str(of), scope, key, str(kept.sequence), str(kept.version), kept.digest, str(kept.first))
        for of, batch in enumerate(batches.values(), 1)
        for (scope, key), kept in batch.claims
    ]
    over = [(of, claim) for of, batch in enumerate(batches.values(), 1) for claim in batch.releases]
    return [
        list(batches),
        [heads[source].feed for source in batches],
        [heads[source].writes for source in batches],
        [batch.head.sequence for batch in batches.values()],
        [batch.head.hash for batch in batches.values()],
        recorded,
        *_lines([_texts(of, event) for of, event in events], 14),
        [event.data for _, event in events],
        len(claims),
        *_lines(claims, 7),
        [of for of, _ in over],
        [claim.scope for _, claim in over],
        [claim.key for _, claim in over],
    ]


def _texts(of: int, e: Recorded) -> tuple[str, ...]:
    return (
        str(of), str(e.sequence), str(e.version), e.subject, e.id, e.type, instant(e.time), e.actor, e.to, e.correlationid, e.causationid,
        e.traceparent, e.prevhash, e.hash,
    )  # fmt: skip


def _lines(rows: Iterable[tuple[str, ...]], width: int) -> list[str]:
    """Column by column, each value ended by a line feed, which none of them holds."""
    return ["\n".join(column) for column in zip(*rows, ("",) * width, strict=True)]
