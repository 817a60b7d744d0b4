"""The routes of supervision: cards and findings of a node, of a case, and the sums of an imported log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from libs.forms import Moment, Word
from libs.host import Context
from libs.web import Account, CasePath, Epoch, NodePath, PageSize, SequenceQuery, answer, hosted, node_of_case, require, row_answer
from libs.wire import Position, origin
from services.supervision import views
from services.supervision.events import CardIssued, FindingRaised

FOREVER: Final = datetime(2199, 12, 31, tzinfo=UTC)
Watcher = Annotated[Account, Depends(require("supervision.read-findings"))]
Machine = Annotated[Account, Depends(require("supervision.read-replay"))]


Card, Finding = row_answer("Card", CardIssued), row_answer("Finding", FindingRaised)


class Cards(BaseModel):
    """Cards of a node, newest first."""

    cards: list[Card]  # type: ignore[valid-type]


class Findings(BaseModel):
    """Findings of a node, newest first."""

    findings: list[Finding]  # type: ignore[valid-type]


class Supervised(BaseModel):
    """Cards and findings of a case, oldest first."""

    cards: list[Card]  # type: ignore[valid-type]
    findings: list[Finding]  # type: ignore[valid-type]


class SupervisedLog(BaseModel):
    """Cases found per detector, and cards per colour, of an imported log."""

    findings: dict[str, int]
    cards: dict[str, int]


def supervision_router(context: Context) -> APIRouter:
    """The routes under `/supervision`."""
    routes = APIRouter(prefix="/supervision", tags=["supervision"])

    @routes.get("/nodes/{node}/cards", response_model=Cards)
    async def cards(node: NodePath, account: Watcher, before: Moment = FOREVER, limit: PageSize = 50) -> Response:
        async with context.reading(account) as rows:
            return answer({"cards": await views.cards_at(rows, hosted(context.site, node), before, limit)}, current=True)

    @routes.get("/nodes/{node}/findings", response_model=Findings)
    async def findings(node: NodePath, account: Watcher, before: Moment = FOREVER, limit: PageSize = 50) -> Response:
        async with context.reading(account) as rows:
            return answer({"findings": await views.findings_at(rows, hosted(context.site, node), before, limit)}, current=True)

    @routes.get("/cases/{case}", response_model=Supervised)
    async def of_case(case: CasePath, account: Watcher, epoch: Epoch = 1, sequence: SequenceQuery = 0) -> Response:
        position = Position(origin(hosted(context.site, node_of_case(case)), "supervision"), epoch, sequence, "")
        current = not sequence or all([await context.current(view, position) for view in (views.CARDS_VIEW, views.FINDINGS_VIEW)])
        async with context.reading(account) as rows:
            return answer(await views.of_case(rows, case), current=current)

    @routes.get("/replay", response_model=SupervisedLog)
    async def replay(log: Annotated[Word, Query()], account: Machine) -> Response:
        async with context.reading(account) as rows:
            return answer(await views.replay(rows, log), current=True)

    return routes
