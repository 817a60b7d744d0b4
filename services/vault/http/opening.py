"""A subject's data is opened for a purpose, and that is written before it is answered; a person's own report of it; erasing."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from libs.database import reading
from libs.forms import CASE_NUMBER
from libs.host import Context
from libs.vault import ErasedLine, KeptSubject
from libs.web import (
    REFUSES,
    Account,
    CommandRoute,
    Envelope,
    Epoch,
    SequenceQuery,
    SubjectPath,
    add_commands,
    answer,
    done_answer,
    require,
    row_answer,
    unstored,
)
from libs.wire import Position, origin
from services.vault import views
from services.vault.http.desk import FROM_HERE, Desk

OPEN: Final = "vault.open-data"
REPORT: Final = "vault.read-openings"
ERASE: Final = "vault.erase-subject"
MOST: Final = 5000
ActName = Annotated[str, Query(pattern=r"^[a-z]{1,20}\.[a-z][a-z-]{0,40}$")]
"""The act it is opened for, `<service>.<act>`."""
CaseOrNone = Annotated[str, Query(pattern=f"^({CASE_NUMBER})?$")]
FieldNames = Annotated[str, Query(pattern=r"^([a-z_]{1,30}(,[a-z_]{1,30}){0,20})?$")]
"""Names with commas between; none: all."""


class OpenedAnswer(BaseModel):
    """What was opened of a subject; `public` of an organisation."""

    subject: str
    kind: str
    fields: dict[str, str]
    public: dict[str, str]


OpeningAnswer = row_answer("OpeningAnswer", views.OpeningRow)


class OpeningsAnswer(BaseModel):
    """The openings of all subjects of one person at this site, oldest first."""

    openings: list[OpeningAnswer]  # type: ignore[valid-type]


def add_opening(router: APIRouter, desk: Desk) -> None:
    """Adds the routes about one subject."""
    context, vault = desk.context, desk.vault

    @router.get("/subjects/{subject}", response_model=OpenedAnswer, responses=REFUSES, dependencies=[Depends(FROM_HERE)])
    async def opened(
        subject: SubjectPath,
        act: ActName,
        account: Annotated[Account, Depends(require(OPEN))],
        case: CaseOrNone = "",
        fields: FieldNames = "",
    ) -> Response:
        row = await desk.find(subject, account, OPEN)
        names = await _names(desk, row, fields)
        await desk.open(subject, row.node, names, act=act, case=case, by=account)
        return unstored(answer({"subject": subject, "kind": row.kind, "fields": await vault.fields(row, names), "public": row.public}))

    @router.get("/subjects/{subject}/openings", response_model=OpeningsAnswer)
    async def openings(
        subject: SubjectPath, account: Annotated[Account, Depends(require(REPORT))], epoch: Epoch = 1, sequence: SequenceQuery = 0
    ) -> Response:
        row = await desk.find(subject, account, REPORT)
        current = not sequence or await context.current(views.OPENINGS_VIEW, _at(row, epoch, sequence))
        # a report that left out what another node of the site opened would be none: whoever may ask about the subject gets all of it
        async with reading(context.pool, [node.code for node in context.site.nodes]) as rows:
            return unstored(answer({"openings": await views.openings_of(rows, subject, MOST)}, current=current))

    async def erase(by: Envelope, subject: str, _form: None) -> Response:
        await _must_erase(desk, row := await desk.find(subject, by.account, ERASE), by.account)
        done = await desk.erase(_line(subject, row, by, context))  # first: where that is refused nothing is destroyed
        for text in await vault.rows.texts_of(subject):
            await desk.erase(_line(text, row, by, context))
        return done_answer(done)

    path = "/subjects/{subject}/erasure"
    add_commands(router, [CommandRoute(path=path, name="EraseSubject", act=ERASE, does=erase, keyed=False)])


async def _must_erase(desk: Desk, row: KeptSubject, account: Account) -> None:
    """Raises `NotAllowed` where the account may not erase for the item of one of the subject's cases."""
    for case in await desk.vault.rows.cases(row.subject):
        account.must(ERASE, row.node, desk.today, await desk.vault.rows.item(case, row.subject))


async def _names(desk: Desk, row: KeptSubject, fields: str) -> tuple[str, ...]:
    there = sorted(await desk.vault.rows.sealed(row.subject))
    asked = set(fields.split(",")) if fields else set(there)
    return tuple(name for name in there if name in asked)


def _line(subject: str, row: KeptSubject, by: Envelope, context: Context) -> ErasedLine:
    return ErasedLine(subject, row.node, by.actor, context.now())


def _at(row: KeptSubject, epoch: int, sequence: int) -> Position:
    return Position(origin(row.node, "vault"), epoch, sequence, "")
