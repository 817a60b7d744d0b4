"""Runs the services of a site: log, views, relay, consumers and loops of each, started in the order of the roster.

They stop together; last those that read what the others have said, so that it can still go out before the link's last checkpoint.
"""

from __future__ import annotations

import asyncio
import importlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, cast

import httpx2
import structlog
import uuid_utils

from libs.bus import STREAM_RECORDS, STREAM_TURN_SECONDS, Ears, FeedPage, Inbox, Relay, site_topic
from libs.contracts import Row
from libs.database import Pool, open_pool, unopened_pool
from libs.eventlog import Checked, Logs, MemoryLogs, PgLogs, verify
from libs.host.away import Servers, SiteServer
from libs.host.context import Around, Build, Chore, Context, Service, Site
from libs.host.feeds import feed_page
from libs.host.loops import END_SECONDS, LAST_SECONDS, Loops
from libs.host.opening import patiently
from libs.telemetry import NotReady
from libs.views import Projector
from libs.web import LateReads
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
HOSTED_SECONDS: Final = LAST_WORDS_SECONDS + LAST_SECONDS + 2 * CLOSE_SECONDS + 1
"""Longer than a service takes to stop, whatever it does."""
STOP_SECONDS: Final = EARS_SECONDS + END_SECONDS + LAST_WORDS_SECONDS + 3 * LAST_SECONDS + 5 * CLOSE_SECONDS
"""The longest a site takes to stop: the consumers, then the services that are read, then those that read them."""


def now() -> datetime:
    """The time it is. Rules never ask for it: they are told in their commands."""
    return datetime.now(UTC)


def imported(name: str) -> Build:
    """The `build` of the service `name`. Raises `ImportError` for a row of the roster without a folder."""
    return cast(Build, importlib.import_module(f"services.{name}.app").build)


class Hosted:
    """One service of a site."""

    def __init__(self, row: Row, site: Site, around: Around, process: str, servers: Servers | None = None) -> None:
        self.row, self.name, self.site = row, row.name, site
        self._around, self._process = around, process
        self.pool: Pool = unopened_pool()
        self.logs: PgLogs | None = None
        self.relay: Relay | None = None
        self.service = Service(row.name)
        self.projector = Projector(self.pool, ())
        self.inboxes: list[Inbox] = []
        self.servers = servers or Servers()
        self.loops = Loops(f"{site.code} {row.name}", servers=self.servers)
        self.opened = False
        """Whether its log is open and what it does at its opening is done."""
        self._steps: deque[Chore] = deque()
        self._connected = False

    @property
    def reads(self) -> bool:
        """Whether it reads what the others have said, by their logs or by a topic of the whole city: then it stops after them."""
        return self.row.database == "logs" or bool(self.row.raw)

    async def connect(self, url: str, committed: Callable[[], None]) -> None:
        """Makes pool, log and relay over its database (`url`), where it has one; nobody is asked anything yet.

        Raises `LookupError` for a database without an address.
        """
        if self.row.database == "none":
            return
        self.pool, self._connected = await open_pool(url, self.name, size=POOL), True
        self.logs = PgLogs(self.pool, self.name, [node.code for node in self.site.nodes], [self._wake, committed])
        self._steps.append(self.logs.open)
        if self.row.public:
            topic, rings = site_topic(self.site.code, self.name), {self.name: self.logs.ring}
            self.relay = Relay(pool=self.pool, schemas=[self.name], topic=topic, bootstrap=self._around.bootstrap, rings=rings)

    def build(self, build: Build, page: FeedPage, around: Around) -> None:
        """Builds the service; `around` has the rings of all that is published, and what the services ahead of it let it ask."""
        logs: Logs = self.logs if self.logs is not None else MemoryLogs(self.name, ())
        self.service = build(Context(self.site, logs, self.pool, now, self._current, self._process, around))
        self.projector = Projector(self.pool, self.service.views, self.logs.ring if self.logs is not None else None)
        self.inboxes = [Inbox(hears, self.pool, logs, page, self._around.known) for hears in self.service.hears]
        self._steps.extend(self.service.opening)

    async def open(self) -> None:
        """Opens its log, and does what the service does at its opening; asked again, goes on where it did not come further."""
        while self._steps:
            await self._steps[0]()
            self._steps.popleft()
        self.opened = True

    def _wake(self) -> None:
        """Wakes relay and views: this service has committed."""
        if self.relay is not None:
            self.relay.wake()
        self.projector.wake()

    async def _current(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        return await self.projector.wait(view, position, timeout)

    def start(self) -> None:
        """Starts views, relay and loops."""
        if self.service.views:
            self.loops.run("views", self.projector.run)
            self.loops.run("view positions", self.projector.keep_saving)
        if self.relay is not None:
            self.loops.run("relay", self.relay.run)
        for inbox in self.inboxes:
            self.loops.run(f"heal {inbox.name}", inbox.heal)
            self.loops.run(f"save {inbox.name}", inbox.keep)
        for n, task in enumerate(self.service.tasks):
            self.loops.run(f"task {n}", task)

    def listen(self, ears: Ears) -> None:
        """Hands its consumers to `ears`."""
        for inbox in self.inboxes:
            topics = [site_topic(self.site.code, service) for service in self.row.neighbours]
            ears.hear(f"{self.site.code}-{self.name}-{inbox.name}", topics, inbox.take, save=inbox.save)
        if self.service.takes is not None:
            group, takes, saves = f"{self.site.code}-{self.name}", self.service.takes, self.service.saves
            ears.hear(group, self.row.raw, takes, save=saves, turn=STREAM_TURN_SECONDS, most=STREAM_RECORDS)

    async def feed(self, node: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        """A page of one of its feeds. Raises `KeyError` for a node that is not hosted here, or where the service keeps no log."""
        if self.logs is None:
            raise KeyError(self.name)
        return await self.logs.of(node).feed(after, limit, epoch)

    async def heads(self) -> Sequence[Position]:
        """The heads of its logs."""
        return await self.logs.heads() if self.logs is not None else []

    async def verify(self) -> list[Checked]:
        """Checks every event of its log against its chain, node by node."""
        return [await verify(self.logs.of(node.code)) for node in self.site.nodes] if self.logs is not None else []

    async def ready(self) -> None:
        """Returns when it is open, its database answers, every loop runs, every view goes on and there is what the service needs besides; raises else."""
        if not self.opened:
            raise NotReady("opening")
        await self.servers.well()
        if self.row.database != "none":
            await self._answers()
        await self.loops.well()
        await self.projector.well()
        for need in self.service.needs:
            await need()

    async def _answers(self) -> None:
        try:
            await self.pool.fetchval("select 1")
        except Exception as fault:
            if (server := await self.servers.blamed(fault)) is not None:
                raise NotReady(f"away: {server.name}") from fault
            raise

    async def stop(self) -> bool:
        """Ends the loops, does what the service does at its closing, gives back the connections; whether all of it went as it should."""
        seconds = LAST_WORDS_SECONDS if self.reads else END_SECONDS
        done = [await within(seconds + 2 * LAST_SECONDS, self.name, lambda: self.loops.stop(seconds))]
        done += await asyncio.gather(*(within(CLOSE_SECONDS, self.name, chore) for chore in self.service.closing))
        if self._connected:
            done.append(await within(CLOSE_SECONDS, self.name, self.pool.close))
        return all(done) and not self.loops.left


async def within(seconds: float, owner: str, chore: Callable[[], Awaitable[object]]) -> bool:
    """Does what is to be done at a stop. What fails, or takes longer than `seconds`, is logged and left behind: the rest has to stop too.

    Whether it was done, and has not said `False` itself.
    """

    async def do() -> bool:
        return await chore() is not False

    doing = asyncio.create_task(do())
    await asyncio.wait([doing], timeout=seconds)
    if not doing.done():
        doing.cancel()
        _log.error("host.stop_takes_too_long", owner=owner, seconds=seconds)
    elif doing.cancelled():
        _log.error("host.stop_failed", owner=owner, error="what it waited for was cancelled")
    elif (error := doing.exception()) is not None:
        _log.error("host.stop_failed", owner=owner, exc_info=error)
    else:
        return doing.result()
    return False


class SiteHost:
    """The services of one site in this process, by name in the order of the roster."""

    def __init__(self, site: Site, rows: Iterable[Row], around: Around, servers: Iterable[SiteServer] = ()) -> None:
        rows = tuple(rows)
        names, published = frozenset(row.name for row in rows), tuple(row.name for row in rows if row.public)
        self._reads = LateReads(around.reads)
        around = replace(around, services=names, published=published, reads=self._reads)
        process = str(uuid_utils.uuid7())
        self.site, self.around, self.servers = site, around, Servers(*servers)
        self.services = {row.name: Hosted(row, site, around, process, self.servers) for row in rows}
        self.loops = Loops(site.code, servers=self.servers)
        """The loops of the site itself: its consumers, and the look at its servers."""
        self._client = httpx2.AsyncClient(base_url=around.address, headers={"Authorization": f"Bearer {around.token}"}, timeout=10)
        self._stopping: asyncio.Task[bool] | None = None

    @property
    def public(self) -> dict[str, Hosted]:
        """The services whose logs are published: what the site says."""
        return {name: hosted for name, hosted in self.services.items() if hosted.row.public}

    async def build(self, databases: Mapping[str, str], build: Callable[[str], Build] = imported) -> None:
        """Builds every service; `databases` are their own addresses. Nothing runs yet, nobody was asked. `stop` is due even if this fails."""
        page = feed_page(self._client)
        for name, hosted in self.services.items():
            await hosted.connect(databases.get(name, ""), self._committed)
        rings = {name: hosted.logs.ring for name, hosted in self.public.items() if hosted.logs is not None}
        around = replace(self.around, rings=rings)
        for name, hosted in self.services.items():
            hosted.build(build(name), page, around)
            around = replace(around, vault=hosted.service.vault or around.vault)
            self._reads.by = hosted.service.reads or self._reads.by

    async def open(self) -> None:
        """Opens every service, in order. A server that is away is waited for; `NeedsTheOperator` where waiting would not help."""
        self.loops.run("servers", self.servers.watch)
        for hosted in self.services.values():
            await patiently(hosted.name, hosted.open, self.servers)

    @property
    def opened(self) -> bool:
        """Whether every service is open."""
        return all(hosted.opened for hosted in self.services.values())

    def _committed(self) -> None:
        """Wakes every service that asked for it: one of this process has committed."""
        for hosted in self.services.values():
            for wake in hosted.service.woken:
                wake()

    async def start(self) -> None:
        """Starts every service; consumers begin when all are up."""
        for hosted in self.services.values():
            hosted.start()
        ears = Ears(self.around.bootstrap)
        for hosted in self.services.values():
            hosted.listen(ears)
        for group, hear in ears.loops.items():
            self.loops.run(f"hear {group}", hear)

    async def ready(self) -> None:
        """Returns when the site's servers answer and its own loops run; raises else."""
        await self.servers.well()
        await self.loops.well()

    async def stop(self) -> bool:
        """Ends the consumers, then together the services that are read, then those that read them; after `STOP_SECONDS` at the latest.

        It is done to its end, and once, whoever is cancelled that waits for it. Whether nothing failed and nothing was left behind.
        """
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop())
        told: asyncio.CancelledError | None = None
        while not self._stopping.done():
            try:
                await asyncio.wait([self._stopping])
            except asyncio.CancelledError as cancelled:
                told = cancelled
        if told is not None:
            raise told
        return self._stopping.result()

    async def _stop(self) -> bool:
        done = [await within(EARS_SECONDS + 2 * LAST_SECONDS, "site", lambda: self.loops.stop(EARS_SECONDS))]
        for reading in (False, True):
            ending = (within(HOSTED_SECONDS, name, hosted.stop) for name, hosted in self.services.items() if hosted.reads is reading)
            done += await asyncio.gather(*ending)
        done.append(await within(CLOSE_SECONDS, "site", self._client.aclose))
        return all(done) and not self.loops.left
