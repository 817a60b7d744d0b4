"""The door to supervision: cards and findings of a node, of a case, and the sums of an imported log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from pydantic import AwareDatetime, Field

from libs.host import Context
from libs.web import Account, NotAllowed, Role, require
from libs.wire import Position, origin
from services.supervision import views

WORD: Final = r"^[^\x00-\x1f\x7f]+$"
Node = Annotated[str, Path(pattern=r"^\d{6}(\d{3}(\d{3})?)?$")]
Case = Annotated[str, Path(pattern=r"^\d{6,12}-\d{8}-\d{6}-\d$")]
Log = Annotated[str, Query(min_length=1, max_length=100, pattern=WORD)]
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
Before = Annotated[AwareDatetime, Field(ge=datetime(1990, 1, 1, tzinfo=UTC), le=LATEST)]
Limit = Annotated[int, Query(ge=1, le=500)]
READERS: Final = require(Role.SUPERVISOR, Role.LEADER, Role.OPERATOR, Role.SITE)
READER: Final = [Depends(READERS)]
MACHINE: Final = [Depends(require(Role.OPERATOR, Role.SITE))]


def supervision_router(context: Context) -> APIRouter:
    """`/supervision/…`"""
    routes = APIRouter(prefix="/supervision", tags=["supervision"])

    @routes.get("/nodes/{node}/cards", dependencies=READER)
    async def cards(node: Node, before: Before = LATEST, limit: Limit = 50) -> Response:
        return _json({"cards": await views.cards_at(context.pool, _hosted(context, node), before, limit)})

    @routes.get("/nodes/{node}/findings", dependencies=READER)
    async def findings(node: Node, before: Before = LATEST, limit: Limit = 50) -> Response:
        return _json({"findings": await views.findings_at(context.pool, _hosted(context, node), before, limit)})

    @routes.get("/cases/{case}")
    async def of_case(
        case: Case,
        account: Annotated[Account, Depends(READERS)],
        epoch: Annotated[int, Query(ge=1, le=2**31 - 1)] = 1,
        sequence: Annotated[int, Query(ge=0, le=2**62)] = 0,
    ) -> Response:
        node = _hosted(context, case.partition("-")[0])
        if not account.works_for(node):
            raise NotAllowed(f"{account.post}（{account.staff}）不在 {node} 履职")
        position = Position(origin(node, "supervision"), epoch, sequence, "")
        current = not sequence or all([await context.current(view, position) for view in (views.CARDS, views.FINDINGS)])
        return _json(await views.of_case(context.pool, case), current=current)

    @routes.get("/replay", dependencies=MACHINE)
    async def replay(log: Log) -> Response:
        return _json(await views.replay(context.pool, log))

    return routes


def _hosted(context: Context, node: str) -> str:
    if not context.site.line(node):
        raise HTTPException(404)
    return node


def _json(content: Any, *, current: bool = True) -> Response:
    return Response(msgspec.json.encode(content), 200, {"X-Current": "yes" if current else "no"}, "application/json")
