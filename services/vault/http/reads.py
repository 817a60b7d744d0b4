"""What an auditor reads at this site, whichever service is asked, is written before it is answered; and the list of it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from libs.eventlog import Subject
from libs.forms import Word
from libs.host import Context
from libs.telemetry import current_traceparent
from libs.web import Account, Epoch, NodePath, PageSize, Reads, SequenceQuery, WatchedRead, answer, hosted, require, row_answer, unstored
from libs.wire import Position, origin
from services.vault import views
from services.vault.reads import Event, ReadRecords, stream

LIST: Final = "vault.list-reads"
ReadStreams = Subject[ReadRecords, None, Event]
ReaderQuery = Annotated[Word, Query()]
"""The staff number of one whose reads are asked for; none: everybody's."""
Before = Annotated[str, Query(pattern=r"^([0-9]{1,9}-[0-9]{1,18})?$")]
"""The place in the log, `<epoch>-<sequence>`, of the last row of the page before; none: the newest."""


ReadAnswer = row_answer("ReadAnswer", views.ReadRow)


class ReadsAnswer(BaseModel):
    """A page of what auditors read at a node, newest first; `next` goes on behind its last."""

    reads: list[ReadAnswer]  # type: ignore[valid-type]
    next: str | None


def recording(context: Context, streams: ReadStreams) -> Reads:
    """Records reads in the log of the node that they are about; about several, or another site's, in that of the site's own."""

    async def record(reading: WatchedRead) -> None:
        node = reading.node if context.site.line(reading.node) else context.site.code
        command = ReadRecords(reader=reading.staff, node=node, act=reading.act, about=reading.node, path=reading.path, at=context.now())
        intent = streams.intent(stream(reading.staff), command, actor=reading.staff, last=True, traceparent=current_traceparent())
        await context.logs.of(node).append(intent)

    return record


def add_reads(router: APIRouter, context: Context) -> None:
    """Adds the list of what auditors read."""

    @router.get("/nodes/{node}/reads", response_model=ReadsAnswer)
    async def listed(
        node: NodePath,
        account: Annotated[Account, Depends(require(LIST))],
        reader: ReaderQuery = "",
        before: Before = "",
        limit: PageSize = 50,
        epoch: Epoch = 1,
        sequence: SequenceQuery = 0,
    ) -> Response:
        at = Position(origin(hosted(context.site, node), "vault"), epoch, sequence, "")
        current = not sequence or await context.current(views.READS_VIEW, at)
        behind = [int(part) for part in before.split("-")] if before else []
        async with context.reading(account) as rows:
            found = await views.reads_at(rows, node, reader, behind, limit)
        last = f"{found[-1]['epoch']}-{found[-1]['sequence']}" if len(found) == limit else None
        return unstored(answer({"reads": found, "next": last}, current=current))
