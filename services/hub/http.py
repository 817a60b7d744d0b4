"""What the city is asked: numbers, one case across services, feeds and their archive, evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from libs.database import Pool
from libs.forms import Word
from libs.web import CasePath, Epoch, NodePath, Role, SequenceQuery, answer, require
from libs.wire import Recorded, encode_page
from services.hub.inbox import CityStream
from services.hub.views import archive, city, verify

READERS = [Depends(require(Role.LEADER, Role.SUPERVISOR, Role.OPERATOR))]
Source = Annotated[str, Query(max_length=80, pattern=r"^urn:liandong:[0-9]{6,12}:[a-z][a-z0-9-]*$")]
ServicePath = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
EpochPath = Annotated[int, Path(ge=1, le=2**31 - 1)]
_payload = msgspec.json.Decoder(dict[str, Any]).decode


def router(pool: Pool, stream: CityStream, now: Callable[[], datetime]) -> APIRouter:
    """The routes under `/hub`."""
    routes = APIRouter(prefix="/hub", tags=["hub"], dependencies=READERS)

    @routes.get("/city")
    async def at_a_glance() -> Response:
        return answer(await city.city(pool, now()))

    @routes.get("/cases/{case}")
    async def one_case(case: CasePath) -> Response:
        found = await city.case(pool, case)
        if found is None:
            raise HTTPException(404)
        timeline = [entry(event, verified=verified) for event, verified in await archive.of_case(pool, case)]
        return answer({**found, "timeline": timeline})

    @routes.get("/replay")
    async def replay(log: Word) -> Response:
        return answer(await city.replayed(pool, log))

    @routes.get("/wait")
    async def wait(
        source: Source, sequence: SequenceQuery, epoch: Epoch = 1, timeout: Annotated[float, Query(gt=0, le=60)] = 2
    ) -> Response:
        reached = await stream.wait(source, epoch, sequence, timeout)
        return answer({"reached": reached}, 200 if reached else 504)

    _archive(routes, pool)
    return routes


def _archive(routes: APIRouter, pool: Pool) -> None:
    @routes.get("/feeds")
    async def feeds() -> Response:
        return answer(await archive.feeds(pool))

    @routes.get("/feed/{node}/{service}/{epoch}")
    async def feed(
        node: NodePath, service: ServicePath, epoch: EpochPath, after: SequenceQuery = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 500
    ) -> Response:
        page = await archive.page(pool, (f"urn:liandong:{node}:{service}", epoch), after, 2**63 - 1, limit)
        return Response(encode_page(page), media_type="application/cloudevents-batch+json")

    @routes.get("/verify")
    async def verified() -> Response:
        return answer(await verify.verify(pool))

    @routes.get("/evidence")
    async def evidence() -> Response:
        return answer(await archive.evidence(pool))


def entry(event: Recorded, *, verified: bool) -> dict[str, Any]:
    """An event of a timeline: its payload as JSON (empty where it is none), its place in its chain."""
    names = ("source", "epoch", "sequence", "hash", "type", "subject", "time", "recordedtime", "actor")
    try:
        data = _payload(event.data)
    except msgspec.DecodeError:
        data = {}
    return {**{name: getattr(event, name) for name in names}, "data": data, "verified": verified}
