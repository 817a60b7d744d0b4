"""What the city is asked: numbers, one case across services, feeds and their archive, evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BaseModel

from libs.database import NOWHERE, Connection, Pool, reading
from libs.eventlog import Log
from libs.forms import Word
from libs.web import (
    Account,
    After,
    CasePath,
    Epoch,
    EpochPath,
    FeedEvent,
    FeedResponse,
    FeedSize,
    NodePath,
    SequenceQuery,
    ServicePath,
    Source,
    answer,
    require,
    row_answer,
)
from libs.wire import Malformed, Payload, Recorded, encode_page, node_of, origin
from services.hub.inbox import CityStream
from services.hub.views import CityCard, CityCase, CityClock, CityFinding, archive, city, registry, verify

ReaderOfCity = Annotated[Account, Depends(require("hub.read-city", anywhere=True))]
ReaderOfFeeds = Annotated[Account, Depends(require("hub.read-feeds", anywhere=True))]
CaseOfCity = row_answer("CaseOfCity", CityCase, without=("suspensions",), suspended=bool, node_name=str | None, address=str | None)
RecentCase = row_answer(
    "RecentCase",
    CityCase,
    without=("item", "suspensions", "decided_at", "closed_at", "finished_at", "ref", "timeline", "statutory_red"),
    suspended=bool,
    node_name=str | None,
    case=str,
)
ClockOfCity = row_answer("ClockOfCity", CityClock)
CardOfCity = row_answer("CardOfCity", CityCard, node_name=str | None, case=str, item_name=str | None)
FindingOfCity = row_answer("FindingOfCity", CityFinding, node_name=str | None, case=str)


class NodeOfCity(BaseModel):
    """A registered node: its numbers, its place in the network, how old its newest checkpoint is."""

    code: str
    name: str
    parent: str
    site: str
    address: str
    events: int
    open: int
    counter: int
    seen: datetime | None
    age_seconds: float | None
    state: str
    filed: int
    filed_today: int
    finished: int
    finished_today: int
    yellow: int
    red: int


class City(BaseModel):
    """The city at a glance; cards, findings and cases newest first."""

    now: datetime
    nodes: list[NodeOfCity]
    cards: list[CardOfCity]  # type: ignore[valid-type]
    findings: list[FindingOfCity]  # type: ignore[valid-type]
    recent: list[RecentCase]  # type: ignore[valid-type]


class TimelineEntry(BaseModel):
    """An event of a case's timeline, and its place in its chain; `verified`: a checkpoint vouches for it."""

    source: str
    epoch: int
    sequence: int
    hash: str
    type: str
    subject: str
    time: datetime
    recordedtime: datetime
    actor: str
    data: dict[str, Any]
    verified: bool


class OneCaseOfCity(BaseModel):
    """A case with its clocks and everything archived of it."""

    case: CaseOfCity  # type: ignore[valid-type]
    address: str | None
    clocks: list[ClockOfCity]  # type: ignore[valid-type]
    timeline: list[TimelineEntry]


class NodeOfLog(BaseModel):
    """What a replayed log came to at one node."""

    cases: int
    closed: int
    red: int


class CityLog(BaseModel):
    """What a replayed log came to, by the log's own case names."""

    cases: int
    closed: int
    red: list[str | None]
    yellow: list[str | None]
    statutory_red: list[str | None]
    findings: dict[str, list[str | None]]
    nodes: dict[str, NodeOfLog]
    feeds: dict[str, int]
    events: int


class Reached(BaseModel):
    """Whether the city has verified the feed up to the position asked for, within the time given."""

    reached: bool


class Feed(BaseModel):
    """How far a feed has come."""

    source: str
    epoch: int
    node: str
    verified: int
    waiting: int
    ahead: int
    hash: str
    state: str


class FeedFault(BaseModel):
    """The first fault of a feed."""

    source: str
    epoch: int
    sequence: int
    fault: str


class Verified(BaseModel):
    """What reading the archive again came to."""

    verified: bool
    events: int
    waiting: int
    faults: list[FeedFault]


class Evidence(BaseModel):
    """What did not fit."""

    kind: str
    node: str
    source: str
    epoch: int
    sequence: int
    because: str
    since: datetime


_payload: Payload[dict[str, Any]] = Payload(dict[str, Any])


class CityRows:
    """What of the city is shown to whom: the rows of the registered nodes that the account works for."""

    def __init__(self, pool: Pool, own: str) -> None:
        self._pool, self._own = pool, own

    @asynccontextmanager
    async def to(self, account: Account) -> AsyncIterator[tuple[Connection, Sequence[str]]]:
        """A connection that is shown these rows, and the nodes. Who works for the city's own node sees besides what came of no node."""
        nodes = account.among(await registry.nodes(self._pool))
        async with reading(self._pool, [*nodes, NOWHERE] if account.works_for(self._own) else nodes) as rows:
            yield rows, nodes


def router(pool: Pool, stream: CityStream, log: Log, now: Callable[[], datetime]) -> APIRouter:
    """The routes under `/hub`."""
    routes, shown = APIRouter(prefix="/hub", tags=["hub"]), CityRows(pool, node_of(log.source))

    @routes.get("/city", response_model=City)
    async def at_a_glance(account: ReaderOfCity) -> Response:
        async with shown.to(account) as (rows, nodes):
            return answer(await city.city(rows, nodes, now()))

    @routes.get("/cases/{case}", response_model=OneCaseOfCity)
    async def one_case(case: CasePath, account: ReaderOfCity) -> Response:
        async with shown.to(account) as (rows, _):
            if (found := await city.case(rows, case)) is None:
                raise HTTPException(404)
            timeline = [entry(event, verified=verified) for event, verified in await archive.of_case(rows, case)]
        return answer({**found, "timeline": timeline})

    @routes.get("/replay", response_model=CityLog)
    async def replay(log: Word, account: ReaderOfFeeds) -> Response:
        async with shown.to(account) as (rows, _):
            return answer(await city.replayed(rows, log))

    @routes.get("/wait", response_model=Reached)
    async def wait(
        source: Source,
        sequence: SequenceQuery,
        account: ReaderOfFeeds,
        epoch: Epoch = 1,
        timeout: Annotated[float, Query(gt=0, le=60)] = 2,
    ) -> Response:
        account.must_work_for(node_of(source))
        return answer({"reached": await stream.wait(source, epoch, sequence, timeout)})

    _archive(routes, shown, log)
    return routes


def _archive(routes: APIRouter, shown: CityRows, log: Log) -> None:
    @routes.get("/feeds", response_model=list[Feed])
    async def feeds(account: ReaderOfFeeds) -> Response:
        async with shown.to(account) as (rows, _):
            return answer(await archive.feeds(rows))

    @routes.get("/feed/{node}/{service}/{epoch}", response_class=FeedResponse, response_model=list[FeedEvent])
    async def feed(
        node: NodePath, service: ServicePath, epoch: EpochPath, account: ReaderOfFeeds, after: After = 0, limit: FeedSize = 500
    ) -> Response:
        async with shown.to(account) as (rows, _):
            return FeedResponse(encode_page(await archive.page(rows, (origin(node, service), epoch), after, 2**63 - 1, limit)))

    @routes.get("/verify", response_model=Verified)
    async def verified(account: ReaderOfFeeds) -> Response:
        told = await registry.told(log)
        async with shown.to(account) as (rows, _):
            return answer(await verify.verify(rows, log.source, told))

    @routes.get("/evidence", response_model=list[Evidence])
    async def evidence(account: ReaderOfFeeds) -> Response:
        async with shown.to(account) as (rows, _):
            return answer(await archive.evidence(rows))


def entry(event: Recorded, *, verified: bool) -> dict[str, Any]:
    """An event of a timeline: its payload as JSON (empty where it is none), its place in its chain."""
    names = ("source", "epoch", "sequence", "hash", "type", "subject", "time", "recordedtime", "actor")
    try:
        data = _payload.read(event.data)
    except Malformed:
        data = {}
    return {**{name: getattr(event, name) for name in names}, "data": data, "verified": verified}
