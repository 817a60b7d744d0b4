"""What an operator and other services ask of a site: how far everything is, what is parked, its feeds (docs/wire.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Response
from pydantic import BaseModel, ConfigDict

from libs.bus import parking
from libs.forms import Form
from libs.host.running import Hosted, SiteHost
from libs.host.verifying import verified
from libs.web import Account, After, EpochPath, FeedEvent, FeedResponse, FeedSize, NodePath, RowNumbers, ServicePath, require
from libs.wire import Recorded, encode_page, node_of

_STATUS = """
select h.source, h.epoch, h.sequence, h.hash, h.sequence - coalesce(r.sequence, 0) as relay_depth
from head h left join relay r on r.source = h.source and r.target = $1 where h.sequence > 0 order by h.source"""
_CURSORS = "select consumer, source, epoch, sequence, behind from cursor where sequence > 0 or behind order by consumer, source"


class Head(BaseModel):
    """How far a log has come, and how many of its events the relay has still to send."""

    source: str
    epoch: int
    sequence: int
    hash: str
    relay_depth: int


class ConsumerAt(BaseModel):
    """How far a consumer has come with a feed; `behind`: something is missing and is being pulled."""

    consumer: str
    source: str
    epoch: int
    sequence: int
    behind: bool


class Behind(BaseModel):
    """A view that lags, by so many events."""

    view: str
    source: str
    lag: int


class StoppedView(BaseModel):
    """Where a view stands that cannot show an event, and why."""

    source: str
    epoch: int
    sequence: int
    because: str


class ServiceStatus(BaseModel):
    """How far everything of a service is; services add figures of their own."""

    model_config = ConfigDict(extra="allow")
    heads: list[Head]
    cursors: list[ConsumerAt]
    views_behind: list[Behind]
    parked: int
    loops_failed: dict[str, int]
    loops_down: list[str]
    views_stopped: dict[str, StoppedView]


class SiteStatus(BaseModel):
    """How far every service is that publishes; its servers that are away; the loops of the site itself, and loops and views of the services
    that publish nothing (hub, link), behind their names: `link task 0`.
    """

    site: str
    loops_failed: dict[str, int]
    loops_down: list[str]
    views_stopped: dict[str, StoppedView]
    away: list[str]
    services: dict[str, ServiceStatus]


class VerifiedLog(BaseModel):
    """What reading a log came to: its first fault, or none."""

    source: str
    epoch: int
    events: int
    sequence: int
    fault: str | None


class SiteVerified(BaseModel):
    """What reading every log of the site came to."""

    verified: bool
    origins: list[VerifiedLog]


class ParkedRow(BaseModel):
    """A record that could not be applied, and why."""

    service: str
    number: int
    consumer: str
    where: str
    sequence: int
    subject: str
    reason: str
    since: datetime


class Retried(BaseModel):
    """How many parked records were applied, and how many wait still."""

    applied: int
    parked: int


class Dismissed(BaseModel):
    """How many parked records were given up."""

    dismissed: int


class SomeRows(Form):
    """Rows by the numbers that are shown; none named: all."""

    numbers: RowNumbers | None = None


class NamedRows(Form):
    """Rows by the numbers that are shown."""

    numbers: RowNumbers


def may(act: str, *, anywhere: bool = False) -> Any:
    """A dependency of a route: whoever asks may do this act."""
    return Depends(require(act, anywhere=anywhere))


def operate_router(host: SiteHost) -> APIRouter:
    """`/site/…` for `liandong status`, `parked` and `verify`; `/feed/…` for whoever missed something."""
    router = APIRouter(tags=["operate"])

    @router.get(
        "/feed/{node}/{service}/{epoch}", response_class=FeedResponse, response_model=list[FeedEvent], dependencies=[may("site.read-feed")]
    )
    async def feed(node: NodePath, service: ServicePath, epoch: EpochPath, after: After = 0, limit: FeedSize = 500) -> Response:
        return FeedResponse(encode_page(await _feed(host, node, service, epoch, after, limit)))

    @router.get("/site/status", response_model=SiteStatus)
    async def status(account: Annotated[Account, may("site.read-status", anywhere=True)]) -> dict[str, Any]:
        services = {name: await _status(hosted, _shown_to(account, host.site.code)) for name, hosted in host.public.items()}
        return {"site": host.site.code, **_own(host), "away": host.servers.away, "services": services}

    @router.get("/site/verify", response_model=SiteVerified, dependencies=[may("site.verify-logs")])
    async def verify_all() -> dict[str, Any]:
        found = await verified(host)
        rows = [{"source": v.source, "epoch": v.epoch, "events": v.events, "sequence": v.sequence, "fault": v.fault} for v in found]
        return {"verified": all(v.fault is None for v in found), "origins": rows}

    @router.get("/site/parked", response_model=list[ParkedRow], dependencies=[may("site.read-parked")])
    async def parked() -> list[dict[str, Any]]:
        return [row for name, hosted in host.services.items() if hosted.inboxes for row in await _parked(name, hosted)]

    @router.post("/site/parked/{service}/retry", response_model=Retried, dependencies=[may("site.retry-parked")])
    async def retry(service: ServicePath, rows: SomeRows | None = None) -> dict[str, int]:
        numbers = rows.numbers if rows else None
        results = [await inbox.retry(numbers) for inbox in _hearing(host, service).inboxes]
        return {"applied": sum(applied for applied, _ in results), "parked": sum(left for _, left in results)}

    @router.post("/site/parked/{service}/dismiss", response_model=Dismissed, dependencies=[may("site.dismiss-parked")])
    async def dismiss(service: ServicePath, rows: NamedRows) -> dict[str, int]:
        return {"dismissed": await parking.dismiss(_hearing(host, service).pool, rows.numbers)}

    return router


def _hearing(host: SiteHost, name: str) -> Hosted:
    """The service, if it hears others."""
    if name not in host.services or not host.services[name].inboxes:
        raise HTTPException(404)
    return host.services[name]


async def _feed(host: SiteHost, node: str, service: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
    try:
        return await host.public[service].feed(node, epoch, after, limit)
    except KeyError:
        raise HTTPException(404) from None


def _own(host: SiteHost) -> dict[str, Any]:
    """Loops and views of the site that belong to no service that publishes."""
    others = [(name, hosted) for name, hosted in host.services.items() if not hosted.row.public]
    failed = {f"{name} {what}": times for name, hosted in others for what, times in hosted.loops.failed.items()}
    down = {f"{name} {what}" for name, hosted in others for what in hosted.loops.down}
    stopped = {f"{name} {view}": stands for name, hosted in others for view, stands in hosted.projector.stopped.items()}
    return {
        "loops_failed": host.loops.failed | failed,
        "loops_down": sorted(host.loops.down | down),
        "views_stopped": {view: msgspec.structs.asdict(stands) for view, stands in stopped.items()},
    }


def _shown_to(account: Account, site: str) -> Callable[[str], bool]:
    """Whether the account is told of a feed: who works for the site of every one, anybody else of those of their nodes."""
    return lambda source: account.works_for(site) or account.works_for(node_of(source))


async def _status(hosted: Hosted, shown: Callable[[str], bool]) -> dict[str, Any]:
    pool, sent_as = hosted.pool, hosted.relay.topic if hosted.relay else ""
    return {
        "heads": [dict(row) for row in await pool.fetch(_STATUS, sent_as) if shown(row["source"])],
        "cursors": [dict(row) for row in await pool.fetch(_CURSORS) if shown(row["source"])],
        "views_behind": [
            {"view": view, "source": source, "lag": lag}
            for view, source, lag in hosted.projector.behind(await hosted.heads())
            if shown(source)
        ],
        "parked": await pool.fetchval("select count(*) from parked"),
        "loops_failed": hosted.loops.failed,
        "loops_down": sorted(hosted.loops.down),
        "views_stopped": {view: msgspec.structs.asdict(stands) for view, stands in hosted.projector.stopped.items()},
        **({key: await ask() for key, ask in hosted.service.status.items()}),
    }


async def _parked(service: str, hosted: Hosted) -> list[dict[str, Any]]:
    rows = await parking.parked(hosted.pool)
    return [
        {
            "service": service,
            "number": row.parked,
            "consumer": row.consumer,
            "where": row.source or f"{row.topic}/{row.partition}/{row.offset}",
            "sequence": row.sequence,
            "subject": row.subject,
            "reason": row.reason,
            "since": row.since.isoformat(),
        }
        for row in rows
    ]
