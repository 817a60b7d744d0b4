"""The routes of the deadline service: clocks of a case, clocks due at a node, the proof of a deadline, virtual time going on, and
the operator's word that the machine's time is right.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

from libs.eventlog import Codec
from libs.forms import CLOCK_NAME, Form, Moment, Word
from libs.host import Context
from libs.web import (
    Account,
    CasePath,
    Epoch,
    NodePath,
    NotYet,
    SequenceQuery,
    Source,
    answer,
    hosted,
    many,
    node_of_case,
    require,
    row_answer,
)
from libs.wire import Position, origin
from libs.workdays import Calendars, midnight
from services.deadline import views
from services.deadline.clock.holding import HELD, holding_at
from services.deadline.clock.proof import KINDS, Basis, Derivation, proof, state_text
from services.deadline.clock.starting import case_of
from services.deadline.events import ClockKind
from services.deadline.inbox import READER
from services.deadline.inbox.remembered import from_kept

if TYPE_CHECKING:
    from services.deadline.ticker import Ticker

ClockPath = Annotated[str, Path(max_length=100, pattern=f"^{CLOCK_NAME}$")]
ClockReader = Annotated[Account, Depends(require("deadline.read-clocks"))]
Confirming = Annotated[Account, Depends(require("deadline.confirm-time"))]
Replaying = Annotated[Account, Depends(require("deadline.read-replay"))]


ShownClock = row_answer("ShownClock", views.ShownClock, without=("stops",), kind_text=str, state_text=str)
Proof = row_answer("Proof", Basis, **get_type_hints(Derivation))


class HeardUpTo(Form):
    """A position in another service's feed."""

    source: Source
    sequence: Annotated[int, Field(ge=0, le=2**62)]
    epoch: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1


class AdvanceTime(Form):
    """How far virtual time goes on, and what must have been heard before."""

    to: Moment
    heard: Annotated[tuple[HeardUpTo, ...], Field(max_length=1000)] = ()


class DueClocks(BaseModel):
    """Clocks of a node, the most urgent first."""

    clocks: list[ShownClock]  # type: ignore[valid-type]


class ReplayedRungs(BaseModel):
    """How many promised clocks are red and how many reached yellow, and how many statutory ones are red."""

    red: int
    yellow: int
    statutory_red: int


class ReplayedClocks(ReplayedRungs):
    """The same for a whole log, and node by node."""

    nodes: dict[str, ReplayedRungs]


class Advanced(BaseModel):
    """How many clocks were asked while virtual time went on, and how many rungs they said."""

    ticked: int
    fired: int
    beyond: int
    """Clocks beyond the calendar, which were left out."""


class Confirmed(BaseModel):
    """What the operator's word came to: `confirmed` False where the machine's time was not in doubt. `now` is what it says."""

    site: str
    now: datetime
    confirmed: bool


def deadline_router(context: Context, codec: Codec, calendars: Calendars, ticker: Ticker) -> APIRouter:
    """The routes under `/deadline`."""
    routes = APIRouter(prefix="/deadline", tags=["deadline"])
    _clocks(routes, context)
    _proof(routes, context, codec, calendars)
    _time(routes, context, ticker)
    return routes


def _clocks(routes: APIRouter, context: Context) -> None:
    @routes.get("/cases/{case}/clocks", response_model=many(ShownClock))
    async def of_case(case: CasePath, account: ClockReader, epoch: Epoch = 1, sequence: SequenceQuery = 0) -> Response:
        node = hosted(context.site, node_of_case(case))
        current = not sequence or await context.current(views.VIEW, Position(origin(node, "deadline"), epoch, sequence, ""))
        async with context.reading(account) as rows:
            return answer([_shown(row, context.now()) for row in await views.clocks_of(rows, case)], current=current)

    @routes.get("/nodes/{node}/due", response_model=DueClocks)
    async def due(
        node: NodePath, account: ClockReader, until: Moment | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 200
    ) -> Response:
        now = context.now()
        async with context.reading(account) as rows:
            clocks = await views.due_at_node(rows, hosted(context.site, node), until or now + timedelta(days=1), limit)
        return answer({"clocks": [_shown(row, now) for row in clocks]})


def _proof(routes: APIRouter, context: Context, codec: Codec, calendars: Calendars) -> None:
    @routes.get("/clocks/{clock:path}/proof", response_model=Proof, dependencies=[Depends(require("deadline.read-clocks"))])
    async def of_clock(clock: ClockPath) -> Response:
        node = hosted(context.site, node_of_case(case_of(clock)))
        events = [codec.decode(recorded) for recorded in await context.logs.of(node).stream(clock)]
        if (found := proof(events, calendars, context.now())) is None:
            raise HTTPException(404)
        basis, derivation = found
        return answer({**asdict(basis), **asdict(derivation)})


def heard_up_to(form: AdvanceTime, audible: Container[str]) -> dict[str, tuple[int, int]]:
    """The furthest position of every feed. Raises `RequestValidationError` for a feed that is not `audible` here: it would be waited for for ever."""
    furthest: dict[str, tuple[int, int]] = {}
    for n, position in enumerate(form.heard):
        if position.source not in audible:
            place = ("body", "heard", n, "source")
            raise RequestValidationError([{"loc": place, "type": "not-audible", "msg": "这里听不到这个来源"}])
        furthest[position.source] = max(furthest.get(position.source, (0, 0)), (position.epoch, position.sequence))
    return furthest


def _time(routes: APIRouter, context: Context, ticker: Ticker) -> None:
    audible = {origin(node.code, service) for node in context.site.nodes for service in READER.services}

    @routes.post("/timelines/{timeline}/advance", response_model=Advanced, dependencies=[Depends(require("deadline.advance-time"))])
    async def advance(timeline: Word, form: AdvanceTime) -> Response:
        if (passed := await ticker.advance(timeline, form.to, heard_up_to(form, audible))) is None:
            raise NotYet("not-heard-yet", "所说的经过还没有全部听到，请稍后再试")
        if passed.failed:
            raise NotYet("clocks-failed", "有时钟没有走成，请稍后再试；一再如此的，看运行状态的 clocks_failed")
        return answer({"ticked": passed.ticked, "fired": passed.fired, "beyond": passed.beyond})

    @routes.post("/time/confirm", response_model=Confirmed)
    async def confirm(account: Confirming) -> Response:
        confirmed = await ticker.time.confirm(account.staff)
        return answer({"site": context.site.code, "now": context.now(), "confirmed": confirmed})

    @routes.get("/replay", response_model=ReplayedClocks)
    async def replay(log: Word, account: Replaying) -> Response:
        async with context.reading(account) as rows:
            found = await views.replay(rows, log)
        nodes = {row["node"]: {"red": row["red"], "yellow": row["yellow"], "statutory_red": row["statutory_red"]} for row in found}
        return answer({"nodes": nodes, **{key: sum(row[key] for row in found) for key in ("red", "yellow", "statutory_red")}})


def _held(row: dict[str, Any]) -> dict[str, Any]:
    """A clock's row; a clock of who holds the step names who holds it now, or, once it is over, who held it last."""
    holdings = from_kept(row.pop("holdings"))
    if not holdings or ClockKind(row["kind"]) not in HELD:
        return row
    last = holding_at(holdings, row["ended_at"] - datetime.resolution) if row["ended_at"] else holdings[-1]
    return {**row, "post": last.post, "officer": last.officer} if last else row


def _shown(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A clock's row with who answers for it, and with kind and state in words for people; what stops it only from a later day on does not stop it yet."""
    firsts = [date.fromisoformat(stop.partition(":")[2]) for stop in row.pop("stops").split()]
    if row["state"] == "stopped" and all(midnight(first) > now for first in firsts):
        row["state"] = "open"
    late = row["late"] if row["late"] is not None else row["due_at"] is not None and row["due_at"] <= now and not row["timeline"]
    return {**_held(row), "kind_text": KINDS[ClockKind(row["kind"])], "state_text": state_text(row["state"], late=late or row["reds"] > 0)}
