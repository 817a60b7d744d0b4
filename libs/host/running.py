"""Runs services: log, views, relay, consumers and loops of each, started in order, stopped in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
import uuid_utils

from libs.bus.inbox import FeedPage, Inbox
from libs.bus.kafka import Ears
from libs.bus.relay import Relay
from libs.bus.topics import site_topic
from libs.database import Pool, open_pool
from libs.eventlog import PgLogs
from libs.host.context import Context, Service, Site
from libs.views import Projector
from libs.wire import Position

_log = structlog.get_logger("host")

Build = Callable[[Context], Service]
POOL = 8
"""Connections of a service at most: appends, views, consumer, requests, and one for its relay."""


def now() -> datetime:
    """The clock of the edge; rules get it in their commands."""
    return datetime.now(UTC)


class Hosted:
    """One service of a site, running."""

    def __init__(self, site: Site, name: str, build: Build, *, process: str, bootstrap: str) -> None:
        self.site, self.name, self.process = site, name, process
        self._build, self._bootstrap = build, bootstrap
        self.inboxes: list[Inbox] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, url: str, page: FeedPage) -> Service:
        """Connects and builds; nothing runs yet."""
        self.pool: Pool = await open_pool(url, self.name, size=POOL)
        self.logs = PgLogs(self.pool, self.name, [node.code for node in self.site.nodes])
        await self.logs.open()
        self.relay = Relay(pool=self.pool, schemas=[self.name], topic=site_topic(self.site.code, self.name), bootstrap=self._bootstrap)
        context = Context(site=self.site, logs=self.logs, pool=self.pool, now=now, current=self._current, process=self.process)
        self.service = self._build(context)
        self.projector = Projector(self.pool, self.service.views)
        self.logs.woken.extend([self.relay.wake, self.projector.wake])
        self.inboxes = [Inbox(hears, self.pool, self.logs, page) for hears in self.service.hears]
        return self.service

    async def _current(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        return await self.projector.wait(view, position, timeout)

    def start(self, ears: Ears) -> None:
        """Views, relay, loops; the consumers are handed to `ears`, which start last."""
        self._run(self.projector.run(), "views")
        self._run(self.relay.run(), "relay")
        for inbox in self.inboxes:
            topics = [site_topic(self.site.code, service) for service in sorted(inbox.hears.reader.services)]
            ears.hear(f"{self.site.code}-{self.name}-{inbox.name}", topics, inbox.take)
            self._run(inbox.heal(), f"heal {inbox.name}")
        for n, task in enumerate(self.service.tasks):
            self._run(task(), f"task {n}")

    def _run(self, coroutine: Coroutine[Any, Any, None] | Awaitable[None], what: str) -> None:
        async def loop() -> None:
            await coroutine

        task = asyncio.create_task(loop(), name=f"{self.site.code} {self.name} {what}")
        task.add_done_callback(_ended)
        self._tasks.append(task)

    async def stop(self) -> None:
        """Ends the loops and closes the connections."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self.pool.close()


def _ended(task: asyncio.Task[None]) -> None:
    """A loop that ends by itself is a fault nobody should overlook."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("host.loop_died", task=task.get_name(), exc_info=error)


@dataclass(slots=True)
class SiteHost:
    """All services of one site in this process."""

    site: Site
    services: dict[str, Hosted]
    ears: Ears

    @classmethod
    async def open(cls, site: Site, builds: Mapping[str, Build], urls: Mapping[str, str], bootstrap: str, page: FeedPage) -> SiteHost:
        """Connects every service; `urls` are the services' own database addresses."""
        process = str(uuid_utils.uuid7())
        services = {name: Hosted(site, name, build, process=process, bootstrap=bootstrap) for name, build in builds.items()}
        for name, hosted in services.items():
            await hosted.open(urls[name], page)
        return cls(site, services, Ears(bootstrap))

    async def start(self) -> None:
        for hosted in self.services.values():
            hosted.start(self.ears)
        await self.ears.start()

    async def stop(self) -> None:
        await self.ears.stop()
        for hosted in reversed(list(self.services.values())):
            await hosted.stop()

    def routers(self) -> Sequence[Any]:
        """The HTTP faces of all services."""
        return [hosted.service.router for hosted in self.services.values()]
