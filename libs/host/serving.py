"""A site's services answering HTTP: their routes, the operator's, one problem for every fault of a log, health; and the process around it."""

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
    *(
        problem_for(kind, 503, "database-away", retry_after=2)
        for kind in (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError)
    ),
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
    )


class Answering(uvicorn.Server):
    """Leaves signals to the site: uvicorn would raise them once more, and end the process before its services have stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def end(self) -> None:
        """Takes no more requests; `serve` returns when those it has are answered, after `REQUESTS_SECONDS` at the latest."""
        self.should_exit = True


class ToldToStop:
    """While this is open, the first SIGTERM or SIGINT does what is in `then`; later ones do nothing, for the site is stopping already."""

    def __init__(self, then: Callable[[], object]) -> None:
        self.then, self.told = then, False

    def _tell(self) -> None:
        if not self.told:
            self.told = True
            self.then()

    def __enter__(self) -> Self:
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._tell)
        return self

    def __exit__(self, *_: object) -> None:
        for number in SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)


async def run_site(
    site: Site, rows: Iterable[Row], databases: Mapping[str, str], around: Around, accounts: Accounts, *, host: str, port: int
) -> None:
    """Runs a site's services until the process is told to stop, then stops them, also those of a start that failed half way or was given up."""
    running = SiteHost(site, rows, replace(around, knows=accounts.knows))
    starting = asyncio.ensure_future(_started(running, databases))
    with ToldToStop(starting.cancel) as stop:
        try:
            await starting
            if stop.told:
                return
            app = site_app(running, accounts)
            server = Answering(
                uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=REQUESTS_SECONDS)
            )
            stop.then = server.end
            await server.serve()
        except asyncio.CancelledError:
            if not stop.told:
                raise
        finally:
            await running.stop()


async def _started(running: SiteHost, databases: Mapping[str, str]) -> None:
    await running.open(databases)
    await running.start()
