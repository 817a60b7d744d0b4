"""A site's services answering HTTP: their routes, the operator's, one problem for every fault of a log, health; and 503 until all is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from libs import eventlog
from libs.host.away import GONE
from libs.host.operate import operate_router
from libs.host.running import SiteHost
from libs.telemetry import Health
from libs.web import Accounts, Problem, Rule, make_app, problem_for, record_reads, respond
from libs.workdays import UnknownCalendar

_log = structlog.get_logger("host")

AWAY: Final = "数据库暂时连不上，请稍后再试"


def _value(fault: asyncpg.DataError) -> Problem:
    """The driver's word on a value it cannot send is no sign that the database is away: it should have been refused at the door."""
    _log.error("fault", fault=type(fault).__name__, exc_info=fault)
    return Problem(status=500, code="fault", title="系统出错")


PROBLEMS: Final[Sequence[Rule[Any]]] = (
    problem_for(eventlog.Conflict, 412, "changed-meanwhile", more=lambda e: {"found": e.found}),
    problem_for(eventlog.KeyReused, 422, "key-reused", title="这个幂等键已用于另一项请求"),
    problem_for(eventlog.Claimed, 409, "taken", title="已被占用", more=lambda e: {"scope": e.scope}),
    problem_for(eventlog.TooLarge, 413, "too-large"),
    problem_for(eventlog.Unwritable, 422, "unwritable", title="含有无法保存的字符"),
    problem_for(eventlog.Busy, 503, "busy", retry_after=1),
    problem_for(UnknownCalendar, 500, "unknown-calendar", title="没有这一版日历，不能推算时限", more=lambda e: {"version": e.version}),
    problem_for(eventlog.Unknown, 503, "unknown-outcome", title="结果未知，请用同一幂等键重试", retry_after=1, told=False),
    *(Rule(kind, lambda _: _away()) for kind in (OSError, *GONE)),
    Rule(asyncpg.DataError, _value),
)
"""How the faults of a log, and of a calendar that is not there, are answered by every service. That a database is away is told once for all."""


def _away() -> Problem:
    return Problem(status=503, code="database-away", title=AWAY, headers={"Retry-After": "2"}, told=False)


def site_app(host: SiteHost, accounts: Accounts) -> FastAPI:
    """The site's application over built services, in the order of the roster."""
    health = Health(**{name: hosted.ready for name, hosted in host.services.items()})
    health.add("site", host.ready)
    services = [hosted.service for hosted in host.services.values()]
    app = make_app(
        f"联动 {host.site.node(host.site.code).name}",
        routers=[*(service.router for service in services), operate_router(host)],
        accounts=accounts,
        health=health,
        pages=next((service.pages for service in services if service.pages is not None), None),
        problems=PROBLEMS,
        site=host.site.code,
        entrance=next((service.door for service in services if service.door is not None), None),
        catalogue=True,
    )
    record_reads(app, host.around.reads)
    return app


class NotOpenYet:
    """In front of a site that may not be open yet: until it is, everything but its health is answered that the database is away."""

    def __init__(self, app: ASGIApp, host: SiteHost) -> None:
        self._app, self._host = app, host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._host.opened or scope["type"] != "http" or scope["path"].startswith("/health/"):
            await self._app(scope, receive, send)
        else:
            await respond(Request(scope), _away(), None)(scope, receive, send)
