"""The door to the deadline service: clocks of a case, what is due, the proof of a deadline, and virtual time going on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.web import Account, NotAllowed, Role, require
from libs.wire import Position, origin
from services.deadline import views
from services.deadline.clock_proof import KINDS, state_text
from services.deadline.events import ClockKind
from services.deadline.http_desk import Desk, node_of

WORD: Final = r"^[^\x00-\x1f\x7f]+$"
Node = Annotated[str, Path(pattern=r"^\d{6}(\d{3}(\d{3})?)?$")]
Case = Annotated[str, Path(pattern=r"^\d{6,12}-\d{8}-\d{6}-\d$")]
Clock = Annotated[str, Path(pattern=r"^clock:\d{6,12}-\d{8}-\d{6}-\d:[a-z]+(:\d{1,6})?$")]
Log = Annotated[str, Query(min_length=1, max_length=100, pattern=WORD)]
Timeline = Annotated[str, Path(min_length=1, max_length=100, pattern=WORD)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(1990, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))]
Number = Annotated[int, Field(ge=0, le=2**62)]


class Heard(BaseModel):
    """A position in another service's feed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: Annotated[str, Field(max_length=100)]
    sequence: Number
    epoch: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1


class Advance(BaseModel):
    """How far virtual time goes on, and what must have been heard before."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    to: Moment
    heard: Annotated[tuple[Heard, ...], Field(max_length=1000)] = ()


class Ticked(BaseModel):
    """Clocks that were asked, rungs they said."""

    ticked: int
    fired: int


Reader = Annotated[Account, Depends(require())]
READER: Final = [Depends(require())]
OPERATOR: Final = [Depends(require(Role.OPERATOR, Role.SITE))]


def deadline_router(desk: Desk) -> APIRouter:
    """`/deadline/…`"""
    routes = APIRouter(prefix="/deadline", tags=["deadline"])
    _clocks(routes, desk)
    _time(routes, desk)
    return routes


def _clocks(routes: APIRouter, desk: Desk) -> None:
    pool = desk.context.pool

    @routes.get("/cases/{case}/clocks")
    async def of_case(
        case: Case,
        account: Reader,
        epoch: Annotated[int, Query(ge=1, le=2**31 - 1)] = 1,
        sequence: Annotated[int, Query(ge=0, le=2**62)] = 0,
    ) -> Response:
        node = _for(account, desk.hosted(case.partition("-")[0]))
        current = not sequence or await desk.context.current(views.CLOCKS, Position(origin(node, "deadline"), epoch, sequence, ""))
        return _json([_shown(row, desk.context.now()) for row in await views.clocks_of(pool, case)], current=current)

    @routes.get("/clocks/{clock:path}/proof")
    async def proof(clock: Clock, account: Reader) -> Response:
        _for(account, desk.hosted(node_of(clock)))
        basis, derivation = await desk.proof(clock)
        return _json({**asdict(basis), **asdict(derivation)})

    @routes.get("/nodes/{node}/due", dependencies=READER)
    async def due(node: Node, until: Moment | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> Response:
        now = desk.context.now()
        rows = await views.due_at_node(pool, desk.hosted(node), until or now + timedelta(days=1), limit)
        return _json({"clocks": [_shown(row, now) for row in rows]})

    @routes.get("/replay", dependencies=OPERATOR)
    async def replay(log: Log) -> Response:
        rows = await views.replay(pool, log)
        nodes = {row["node"]: {"red": row["red"], "yellow": row["yellow"], "statutory_red": row["statutory_red"]} for row in rows}
        return _json({"nodes": nodes, **{key: sum(row[key] for row in rows) for key in ("red", "yellow", "statutory_red")}})


def _time(routes: APIRouter, desk: Desk) -> None:
    @routes.post("/timelines/{timeline}/advance", response_model=Ticked, dependencies=OPERATOR)
    async def advance(timeline: Timeline, form: Advance) -> Response:
        heard = {position.source: (position.epoch, position.sequence) for position in form.heard}
        return _json(await desk.advance(timeline, form.to, heard))


def _for(account: Account, node: str) -> str:
    if not account.works_for(node):
        raise NotAllowed(f"{account.post}（{account.staff}）不在 {node} 履职")
    return node


def _shown(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A row with words for people."""
    late = row["late"] if row["late"] is not None else row["due_at"] is not None and row["due_at"] <= now and not row["timeline"]
    return {**row, "kind_text": KINDS[ClockKind(row["kind"])], "state_text": state_text(row["state"], late=late or row["reds"] > 0)}


def _json(content: Any, *, current: bool = True) -> Response:
    return Response(msgspec.json.encode(content), 200, {"X-Current": "yes" if current else "no"}, "application/json")
