"""A site's services answering HTTP: their routes, the operator's, one problem for every fault of a log, health."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, Self

import asyncpg
import uvicorn
from fastapi import FastAPI

from libs import eventlog
from libs.contracts import Row
from libs.host.context import Around, Site
from libs.host.operate import operate_router
from libs.host.running import STOP_SECONDS, SiteHost
from libs.telemetry import Health
from libs.web import Accounts, Rule, make_app, problem_for
from libs.workdays import UnknownCalendar

MAX_BODY: Final = 32 * 1024 * 1024
"""Bytes of a request: a list of items comes in one."""
REQUESTS_SECONDS: Final = 5
"""How long requests may take to be answered when the site is told to stop."""
SITE_STOP_SECONDS: Final = REQUESTS_SECONDS + STOP_SECONDS
"""The longest a site's process takes to stop; whoever runs it waits longer before it is killed."""
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

PROBLEMS: Final[Sequence[Rule[Any]]] = (
    problem_for(eventlog.Conflict, 412, "changed-meanwhile", more=lambda e: {"found": e.found}),
    problem_for(eventlog.KeyReused, 422, "key-reused", title="这个幂等键已用于另一项请求"),
    problem_for(eventlog.Claimed, 409, "taken", title="已被占用", more=lambda e: {"scope": e.scope}),
    problem_for(eventlog.TooLarge, 413, "too-large"),
    problem_for(eventlog.Unwritable, 422, "unwritable", title="含有无法保存的字符"),
    problem_for(eventlog.Busy, 503, "busy", retry_after=1),
    problem_for(UnknownCalendar, 500, "unknown-calendar", title="没有这一版日历，不能推算时限", more=lambda e: {"version": e.version}),
    problem_for(eventlog.Unknown, 503, "unknown-outcome", title="结果未知，请用同一幂等键重试", retry_after=1),
    *(problem_for(kind, 503, "database-away", title=AWAY_TITLE, retry_after=2, told=False) for kind in AWAY),
    Rule(asyncpg.DataError, fault_of_ours),
)
"""How the faults of a log, and of a calendar that is not there, are answered by every service."""


def site_app(host: SiteHost, accounts: Accounts) -> FastAPI:
    """The site's application over opened services, in the order of the roster."""
    health = Health(**{name: hosted.ready for name, hosted in host.services.items()})
    services = [hosted.service for hosted in host.services.values()]
    return make_app(
        f"联动 {host.site.node(host.site.code).name}",
        routers=[*(service.router for service in services), operate_router(host)],
        accounts=accounts,
        health=health,
        pages=next((service.pages for service in services if service.pages is not None), None),
        problems=PROBLEMS,
        site=host.site.code,
        catalogue=True,
        max_body=MAX_BODY,
    )
