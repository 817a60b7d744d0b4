"""What the vault shows: who opened whose data, and what auditors read, from its own log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from libs.decider import record
from libs.eventlog import Codec
from libs.vault import TEXT
from libs.views import Connection, Logged, Table, View
from services.vault.events import DataOpened, RecordsRead

OPENINGS_VIEW: Final = "openings"
READS_VIEW: Final = "reads"


@record
class OpeningRow:
    """An opening, and where in the node's log it stands."""

    node: str
    epoch: int
    sequence: int
    subject: str
    fields: tuple[str, ...]
    act: str
    case: str
    officer: str
    at: datetime


OPENINGS: Final = Table.of("openings", OpeningRow, key=("node", "epoch", "sequence"), types={"sequence": "bigint"})


def openings_view(codec: Codec) -> View:
    """The view of openings over the vault's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Logged]) -> None:
        await OPENINGS.add(connection, [_row(event, codec.decode(event)) for event in events])

    return View(OPENINGS_VIEW, apply, frozenset({codec.name(DataOpened)}), codec.types)


def _row(event: Logged, said: DataOpened) -> OpeningRow:
    return OpeningRow(
        node=event.node,
        epoch=event.epoch,
        sequence=event.sequence,
        subject=said.subject,
        fields=said.fields,
        act=said.act,
        case=said.case,
        officer=said.officer,
        at=said.at,
    )


@record
class ReadRow:
    """A read of an auditor's, and where in the node's log it stands."""

    node: str
    epoch: int
    sequence: int
    reader: str
    act: str
    about: str
    path: str
    at: datetime


READS: Final = Table.of("reads", ReadRow, key=("node", "epoch", "sequence"), types={"sequence": "bigint"})


def reads_view(codec: Codec) -> View:
    """The view of reads over the vault's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Logged]) -> None:
        await READS.add(connection, [_read(event, codec.decode(event)) for event in events])

    return View(READS_VIEW, apply, frozenset({codec.name(RecordsRead)}), codec.types)


def _read(event: Logged, said: RecordsRead) -> ReadRow:
    return ReadRow(
        node=event.node,
        epoch=event.epoch,
        sequence=event.sequence,
        reader=said.reader,
        act=said.act,
        about=said.about,
        path=said.path,
        at=said.at,
    )


# --- queries ----------------------------------------------------------------------------------------------------------------------------

_OF_PERSON: Final = f"""
with own as (
    select $1::text collate "C" as subject
    union select other.subject from digest mine join digest other using (kind, digest) where mine.subject = $1)
select {OPENINGS.columns} from openings where subject in (
    select subject from own
    union all select wrote.subject from kept wrote join own on wrote.whose = own.subject where wrote.whose <> '' and wrote.kind = $3)
order by at, node, epoch, sequence limit $2"""


async def openings_of(rows: Connection, subject: str, limit: int) -> list[dict[str, Any]]:
    """Who opened data of this person, under whichever of their subjects, or what they wrote, oldest first."""
    return [dict(row) for row in await rows.fetch(_OF_PERSON, subject, limit, TEXT)]


_READS_AT: Final = f"""
select {READS.columns} from reads where node = $1 and ($2 = '' or reader = $2) and (epoch, sequence) < ($3::integer, $4::bigint)
order by epoch desc, sequence desc limit $5"""
_NEWEST: Final = (2**31 - 1, 2**63 - 1)


async def reads_at(rows: Connection, node: str, reader: str, before: Sequence[int], limit: int) -> list[dict[str, Any]]:
    """What auditors read at the node, or one of them did, newest first, before a place in its log."""
    return [dict(row) for row in await rows.fetch(_READS_AT, node, reader, *(before or _NEWEST), limit)]
