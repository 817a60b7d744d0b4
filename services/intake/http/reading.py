"""What is asked about cases: one case, a page of a node's cases, how many there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BaseModel

from libs.authority import ACTS
from libs.host import Context
from libs.web import Account, CasePath, Epoch, NodePath, PageSize, SequenceQuery, answer, hosted, node_of_case, require, row_answer
from libs.wire import Position, origin
from libs.workdays import Calendar, midnight
from services.intake import views
from services.intake.case import NAMES, possible
from services.intake.case.act import Asked
from services.intake.case.days import days_back
from services.intake.case.phase import Phase
from services.intake.http.acts import Putting

CaseReader = Annotated[Account, Depends(require("intake.read-cases"))]
Parts = Mapping[type[Any], str]
"""Command → the part of its path."""
AfterCase = Annotated[str, Query(max_length=40, pattern=r"^[0-9-]*$")]


class Possible(BaseModel):
    """An act on a case, by the last part of its path and as people call it; `because`: why who asks cannot do it now, null: they may."""

    act: str
    word: str
    because: str | None


ShownCase = row_answer("ShownCase", views.ListedCase, without=views.UNSHOWN, case=str, suspended=bool)
OneCase = row_answer("OneCase", views.ListedCase, without=views.UNSHOWN, case=str, suspended=bool, possible=list[Possible])


class Cases(BaseModel):
    """A page of a node's cases; `next` goes on behind its last."""

    cases: list[ShownCase]  # type: ignore[valid-type]
    next: str | None


class CaseCounts(BaseModel):
    """How many cases of a node there are; those that are open and those that are finished, which are all."""

    cases: int
    open: int
    finished: int


def read_at(at: datetime, calendar: Calendar) -> views.Now:
    """The moment `at`, as far as rows are read by it."""
    return views.Now(midnight(calendar.first), days_back(at, calendar, views.LONGEST))


def reached(context: Context) -> Callable[..., Awaitable[bool]]:
    """A dependency: whether the list of a node shows what the caller has from a command."""

    async def waited(node: NodePath, epoch: Epoch = 1, sequence: SequenceQuery = 0) -> bool:
        position = Position(origin(hosted(context.site, node), "intake"), epoch, sequence, "")
        return not sequence or await context.current(views.CASES_VIEW, position)

    return waited


def add_reading(router: APIRouter, putting: Putting, parts: Parts) -> None:
    """Adds `GET …`, for whoever may read cases of the node."""
    context, is_current = putting.context, Depends(reached(putting.context))

    @router.get("/cases/{case}", response_model=OneCase)
    async def one(case: CasePath, account: CaseReader, epoch: Epoch = 1, sequence: SequenceQuery = 0) -> Response:
        node = hosted(context.site, node_of_case(case))
        current = not sequence or await context.current(views.CASES_VIEW, Position(origin(node, "intake"), epoch, sequence, ""))
        now, stream = context.now(), await context.logs.of(node).stream(case)
        async with context.reading(account) as rows:
            row = await views.case_row(rows, case, read_at(now, putting.calendar))
        if row is None:
            raise HTTPException(404)
        asked = Asked(case=case, officer=account.staff, at=now, calendar=putting.calendar, grants=account.grants)
        acts = [
            {"act": parts[command], "word": ACTS[NAMES[command]].word, "because": because}
            for command, because in possible(asked, putting.cases.state(stream)).items()
        ]
        return answer({**row, "version": len(stream), "possible": acts}, version=len(stream), current=current)

    @router.get("/nodes/{node}/cases", response_model=Cases)
    async def page(
        node: NodePath,
        account: CaseReader,
        phase: Phase | None = None,
        after: AfterCase = "",
        limit: PageSize = 50,
        current: bool = is_current,
    ) -> Response:
        now = read_at(context.now(), putting.calendar)
        async with context.reading(account) as rows:
            cases = await views.case_page(rows, node, phase.value if phase else "", after, limit, now)
        return answer({"cases": cases, "next": cases[-1]["case"] if len(cases) == limit else None}, current=current)

    @router.get("/nodes/{node}/counts", response_model=CaseCounts)
    async def counts(node: NodePath, account: CaseReader, current: bool = is_current) -> Response:
        async with context.reading(account) as rows:
            return answer(await views.counts(rows, node), current=current)
