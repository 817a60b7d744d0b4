"""What the city is asked: numbers, one case across services, feeds and their archive, evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Query, Response

from libs.database import Pool
from libs.web import Role, require
from libs.wire import Position, Recorded, broken, encode_page
from services.hub import views_archive, views_city
from services.hub.inbox import CityStream

READER = [Depends(require(Role.LEADER, Role.SUPERVISOR, Role.OPERATOR))]
Text = Annotated[str, Query(max_length=80)]


def answer(content: Any, status: int = 200) -> Response:
    """JSON as it is."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def router(pool: Pool, stream: CityStream, now: Callable[[], datetime]) -> APIRouter:
    """`/hub/…`"""
    routes = APIRouter(prefix="/hub", tags=["hub"], dependencies=READER)

    @routes.get("/city")
    async def city() -> Response:
        return answer(await views_city.city(pool, now()))

    @routes.get("/cases/{case}")
    async def case(case: str) -> Response:
        found = await views_city.case(pool, case)
        if found is None:
            raise HTTPException(404)
        timeline = [entry(event, verified=verified) for event, verified in await views_archive.of_case(pool, case)]
        return answer({**found, "timeline": timeline})

    @routes.get("/replay")
    async def replay(log: Text) -> Response:
        return answer(await views_city.replayed(pool, log))

    @routes.get("/wait")
    async def wait(
        source: Text, sequence: Annotated[int, Query(ge=0)], epoch: int = 1, timeout: Annotated[float, Query(gt=0, le=60)] = 2
    ) -> Response:
        reached = await stream.wait(source, epoch, sequence, timeout)
        return answer({"reached": reached}, 200 if reached else 504)

    _archive(routes, pool)
    return routes


def _archive(routes: APIRouter, pool: Pool) -> None:
    @routes.get("/feeds")
    async def feeds() -> Response:
        return answer(await views_archive.feeds(pool))

    @routes.get("/feed/{node}/{service}/{epoch}")
    async def feed(
        node: str, service: str, epoch: int, after: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 500
    ) -> Response:
        page = await views_archive.page(pool, (f"urn:liandong:{node}:{service}", epoch), after, 2**62, limit)
        return Response(encode_page(page), media_type="application/cloudevents-batch+json")

    @routes.get("/verify")
    async def verify() -> Response:
        return answer(await verified(pool))

    @routes.get("/evidence")
    async def evidence() -> Response:
        rows = await pool.fetch("select kind, node, source, epoch, sequence, because, since from evidence order by evidence desc limit 200")
        return answer([dict(row) for row in rows])


def entry(event: Recorded, *, verified: bool) -> dict[str, Any]:
    """An event of a timeline: its payload as JSON, its place in its chain."""
    names = ("source", "epoch", "sequence", "hash", "type", "subject", "time", "recordedtime", "actor")
    return {**{name: getattr(event, name) for name in names}, "data": msgspec.Raw(event.data or b"{}"), "verified": verified}


async def verified(pool: Pool) -> dict[str, Any]:
    """The whole archive read again, byte for byte: every feed a chain up to its verified position, every one vouched for to its end."""
    faults: list[dict[str, Any]] = []
    count = 0
    for feed in await views_archive.feeds(pool):
        before: Position | None = None
        async for events in views_archive.pages(pool, (feed["source"], feed["epoch"]), feed["archived"]):
            for event in events:
                if (fault := broken(event, before)) is not None:
                    faults.append({"source": event.source, "sequence": event.sequence, "fault": fault})
                    break
                before = Position(event.source, event.epoch, event.sequence, event.hash)
                count += 1
        if (before.sequence if before else 0) != feed["archived"] or feed["verified"] != feed["archived"] or feed["state"] != "live":
            faults.append(
                {"source": feed["source"], "sequence": feed["verified"], "fault": f"{feed['state']}, {feed['verified']} verified"}
            )
    return {"verified": not faults, "events": count, "faults": faults}
