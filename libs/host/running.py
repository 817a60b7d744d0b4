"""Runs the services of a site: log, views, relay, consumers and loops of each, started in the order of the roster.

They stop together; last those that read what the others have said, so that it can still go out before the link's last checkpoint.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, cast

import httpx2
import structlog
import uuid_utils

from libs.bus import STREAM_TURN_SECONDS, Ears, FeedPage, Inbox, Relay, site_topic
from libs.contracts import Row
from libs.database import Pool, open_pool, unopened_pool
from libs.eventlog import Checked, Logs, MemoryLogs, PgLogs, verify
from libs.host.context import Around, Build, Context, Service, Site
from libs.host.feeds import feed_page
from libs.host.loops import END_SECONDS, LAST_SECONDS, Loops
from libs.views import Projector
from libs.wire import Position, Recorded

_log = structlog.get_logger("host")

POOL: Final = 8
"""Connections of a service at most: appends, views, consumer, requests, and one for its relay."""

EARS_SECONDS: Final = 10.0
"""How long the consumers may take to end."""
LAST_WORDS_SECONDS: Final = 12.0
"""How long the loops may take of services that read the others: the link's sends its last checkpoint."""
CLOSE_SECONDS: Final = 2.0
"""How long a service may take to do what it does at its closing, and as long again to give back its connections."""
STOP_SECONDS: Final = EARS_SECONDS + END_SECONDS + LAST_WORDS_SECONDS + 2 * (LAST_SECONDS + 2 * CLOSE_SECONDS)
"""The longest a site takes to stop: the consumers, then the services that are read, then those that read them."""


def now() -> datetime:
    """The time it is. Rules never ask for it: they are told in their commands."""
    return datetime.now(UTC)


def imported(name: str) -> Build:
    """The `build` of the service `name`. Raises `ImportError` for a row of the roster without a folder."""
    return cast(Build, importlib.import_module(f"services.{name}.app").build)


class Hosted:
    """One service of a site."""

    def __init__(self, row: Row, site: Site, around: Around, process: str) -> None:
        self.row, self.name, self.site = row, row.name, site
        self._around, self._process = around, process
        self.pool: Pool = unopened_pool()
        self.logs: PgLogs | None = None
        self.relay: Relay | None = None
        self.service = Service(row.name)
        self.projector = Projector(self.pool, ())
        self.inboxes: list[Inbox] = []
        self.loops = Loops(f"{site.code} {row.name}")
        self._connected = False

    @property
    def reads(self) -> bool:
        """Whether it reads what the others have said, by their logs or by a topic of the whole city: then it stops after them."""
        return self.row.database == "logs" or bool(self.row.raw)

    async def open(self, build: Build, url: str, page: FeedPage, committed: Callable[[], None]) -> None:
        """Connects where there is a database (`url`), builds, and does what the service does at its opening; nothing runs yet.

        Raises `LookupError` for a database without an address.
        """
        logs: Logs = MemoryLogs(self.name, ())
        if self.row.database != "none":
            self.pool, self._connected = await open_pool(url, self.name, size=POOL), True
            logs = self.logs = await self._open_logs(committed)
        self.service = build(Context(self.site, logs, self.pool, now, self._current, self._process, self._around))
        self.projector = Projector(self.pool, self.service.views)
        self.inboxes = [Inbox(hears, self.pool, logs, page) for hears in self.service.hears]
        for step in self.service.opening:
            await step()

    async def _open_logs(self, committed: Callable[[], None]) -> PgLogs:
        logs = PgLogs(self.pool, self.name, [node.code for node in self.site.nodes], [self._wake, committed])
        await logs.open()
        if self.row.public:
            topic = site_topic(self.site.code, self.name)
            self.relay = Relay(pool=self.pool, schemas=[self.name], topic=topic, bootstrap=self._around.bootstrap)
        return logs

    def _wake(self) -> None:
        """Wakes relay and views: this service has committed."""
        if self.relay is not None:
            self.relay.wake()
        self.projector.wake()

    async def _current(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        return await self.projector.wait(view, position, timeout)

    def start(self, ears: Ears) -> bool:
        """Starts views, relay and loops, and hands the consumers to `ears`, which start last. True: there are consumers."""
        if self.service.views:
            self.loops.run("views", self.projector.run)
        if self.relay is not None:
            self.loops.run("relay", self.relay.run)
        for inbox in self.inboxes:
            topics = [site_topic(self.site.code, service) for service in self.row.neighbours]
            ears.hear(f"{self.site.code}-{self.name}-{inbox.name}", topics, inbox.take, save=inbox.save)
            self.loops.run(f"heal {inbox.name}", inbox.heal)
            self.loops.run(f"save {inbox.name}", inbox.keep)
        if self.service.takes is not None:
            ears.hear(f"{self.site.code}-{self.name}", self.row.raw, self.service.takes, turn=STREAM_TURN_SECONDS)
        for n, task in enumerate(self.service.tasks):
            self.loops.run(f"task {n}", task)
        return bool(self.inboxes) or self.service.takes is not None

    async def feed(self, node: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        """A page of one of its feeds. Raises `KeyError` for a node that is not hosted here, or where the service keeps no log."""
        if self.logs is None:
            raise KeyError(self.name)
        return await self.logs.of(node).feed(after, limit, epoch)

    async def verify(self) -> list[Checked]:
        """Checks every event of its log against its chain, node by node."""
        return [await verify(self.logs.of(node.code)) for node in self.site.nodes] if self.logs is not None else []

    async def ready(self) -> None:
        """Returns when the database answers, every loop runs and there is what the service needs besides; raises else."""
        if self.row.database != "none":
            await self.pool.fetchval("select 1")
        await self.loops.well()
        for need in self.service.needs:
            await need()

    async def stop(self) -> None:
        """Ends the loops, does what the service does at its closing, gives back the connections. What fails is logged; the rest is done."""
        await self.loops.stop(LAST_WORDS_SECONDS if self.reads else END_SECONDS)
        await within(CLOSE_SECONDS, self.name, self._close)
        if self._connected:
            await within(CLOSE_SECONDS, self.name, self.pool.close)

    async def _close(self) -> None:
        for chore in self.service.closing:
            try:
                await chore()
            except Exception as error:  # the others have to be done all the same
                _log.error("host.stop_failed", owner=self.name, exc_info=error)


async def within(seconds: float, owner: str, chore: Callable[[], Awaitable[object]]) -> None:
    """Does what is to be done at a stop. What fails, or takes longer than `seconds`, is logged and left behind: the rest has to stop too."""
    doing = asyncio.ensure_future(chore())
    await asyncio.wait([doing], timeout=seconds)
    if not doing.done():
        doing.cancel()
        _log.error("host.stop_takes_too_long", owner=owner, seconds=seconds)
    elif not doing.cancelled() and (error := doing.exception()) is not None:
        _log.error("host.stop_failed", owner=owner, exc_info=error)


class SiteHost:
    """The services of one site in this process, by name in the order of the roster."""

    def __init__(self, site: Site, rows: Iterable[Row], around: Around) -> None:
        rows = tuple(rows)
        names, published = frozenset(row.name for row in rows), tuple(row.name for row in rows if row.public)
        around = replace(around, services=names, published=published)
        process = str(uuid_utils.uuid7())
        self.site, self.around = site, around
        self.services = {row.name: Hosted(row, site, around, process) for row in rows}
        self._ears: Ears | None = None
        self._client = httpx2.AsyncClient(base_url=around.address, headers={"Authorization": f"Bearer {around.token}"}, timeout=10)

    @property
    def public(self) -> dict[str, Hosted]:
        """The services whose logs are published: what the site says."""
        return {name: hosted for name, hosted in self.services.items() if hosted.row.public}

    async def open(self, databases: Mapping[str, str], build: Callable[[str], Build] = imported) -> None:
        """Connects and builds every service; `databases` are their own addresses. Nothing runs yet. `stop` is due even if this fails."""
        page = feed_page(self._client)
        for name, hosted in self.services.items():
            await hosted.open(build(name), databases.get(name, ""), page, self._committed)

    def _committed(self) -> None:
        """Wakes every service that asked for it: one of this process has committed."""
        for hosted in self.services.values():
            for wake in hosted.service.woken:
                wake()

    async def start(self) -> None:
        """Starts every service; consumers begin when all are up."""
        ears = Ears(self.around.bootstrap)
        heard = [hosted.start(ears) for hosted in self.services.values()]
        if any(heard):
            self._ears = ears
            await ears.start()

    async def stop(self) -> None:
        """Ends the consumers, then together the services that are read, then those that read them; after `STOP_SECONDS` at the latest."""
        if self._ears is not None:
            await within(EARS_SECONDS, "ears", self._ears.stop)
        for reading in (False, True):
            await asyncio.gather(*(hosted.stop() for hosted in self.services.values() if hosted.reads is reading))
        await self._client.aclose()
