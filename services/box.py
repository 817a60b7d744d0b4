"""A whole site in one process: every service, the link to the city, the pages, and at the city the hub."""

from __future__ import annotations

import functools
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
import uvicorn
import uvloop
from fastapi import APIRouter, FastAPI
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs import eventlog, telemetry
from libs.bus.inbox import FeedPage
from libs.bus.topics import CITY_STREAM
from libs.host import Build, Node, Site, SiteHost
from libs.host.operate import operate_router
from libs.telemetry import Health
from libs.web import Accounts, Rule, make_app, problem_for
from libs.wire import Recorded, decode_page
from services.catalogue import app as catalogue
from services.dashboard import app as dashboard
from services.deadline import app as deadline
from services.hub import app as hub
from services.intake import app as intake
from services.link import app as link
from services.supervision import app as supervision

SERVICES: Final[Mapping[str, Build]] = {
    "catalogue": catalogue.build,
    "intake": intake.build,
    "deadline": deadline.build,
    "supervision": supervision.build,
}
"""What every site runs. The order is that in which they start."""
MAX_BODY: Final = 32 * 1024 * 1024

PROBLEMS: Final[Sequence[Rule[Any]]] = (
    problem_for(eventlog.Conflict, 412, "changed-meanwhile", more=lambda e: {"expected": e.expected, "found": e.found}),
    problem_for(eventlog.KeyReused, 422, "key-reused", title="这个幂等键已用于另一项请求"),
    problem_for(eventlog.Claimed, 409, "taken", title="已被占用", more=lambda e: {"scope": e.scope}),
    problem_for(eventlog.TooLarge, 413, "too-large"),
    problem_for(eventlog.Unwritable, 422, "unwritable", title="含有无法保存的字符"),
    problem_for(eventlog.Busy, 503, "busy", retry_after=1),
    problem_for(eventlog.Unknown, 503, "unknown-outcome", title="结果未知，请用同一幂等键重试", retry_after=1),
    *(
        problem_for(kind, 503, "database-away", retry_after=2)
        for kind in (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError)
    ),
)


class Settings(BaseSettings):
    """What a site is told: by environment, `LIANDONG_…`, no default secrets."""

    model_config = SettingsConfigDict(env_prefix="LIANDONG_", env_nested_delimiter="__")

    site: str
    """Code of the principal node."""
    nodes: tuple[dict[str, str], ...]
    """`{code, name, parent}` of every node hosted here."""
    databases: dict[str, SecretStr]
    """Address per service, with the service's own role; also `link`, and `hub` at the city."""
    kafka: str
    port: int
    host: str = "127.0.0.1"
    accounts: Path
    key: Path
    """The site's signing key; it never leaves the site."""
    feed_token: SecretStr
    """With which this site's consumers read this site's feeds."""
    city: str
    """Address of the city's site, for pages that link there."""
    registry: Path | None = None
    """At the city: who is in the network, a JSON file of sites with keys and nodes."""
    otlp: str | None = None
    json_logs: bool = True

    def as_site(self) -> Site:
        """The site as services see it."""
        return Site(self.site, tuple(Node(n["code"], n["name"], n.get("parent", "")) for n in self.nodes))

    def known(self) -> dict[str, Any]:
        """The registry's file, read."""
        found: dict[str, Any] = json.loads(self.registry.read_text(encoding="utf-8")) if self.registry else {"sites": []}
        return found

    def url(self, service: str) -> str:
        return self.databases[service].get_secret_value()


def feed_page(client: httpx2.AsyncClient) -> FeedPage:
    """The owner's feed API over HTTP."""

    async def page(source: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        _, _, node, service = source.split(":")
        answer = await client.get(f"/feed/{node}/{service}/{epoch}", params={"after": after, "limit": limit})
        answer.raise_for_status()
        return decode_page(answer.content)

    return page


@dataclass(slots=True)
class Running:
    """Everything of the site that runs."""

    host: SiteHost
    up: link.Link
    city: hub.Hub | None

    @classmethod
    async def open(cls, settings: Settings, client: httpx2.AsyncClient) -> Running:
        """Connects and builds every part; nothing runs yet."""
        site = settings.as_site()
        urls = {name: settings.url(name) for name in SERVICES}
        host = await SiteHost.open(site, SERVICES, urls, settings.kafka, feed_page(client))
        up = await link.build(site, settings.url("link"), list(SERVICES), settings.kafka, settings.key)
        for hosted in host.services.values():
            hosted.logs.woken.append(up.wake)
        city = await hub.build(settings.url("hub"), site, settings.known()) if "hub" in settings.databases else None
        if city is not None:
            host.ears.hear(f"{site.code}-hub", [CITY_STREAM], city.take)
        return cls(host, up, city)

    def routers(self) -> list[APIRouter]:
        """All HTTP faces."""
        return [*self.host.routers(), operate_router(self.host), *([self.city.router] if self.city else [])]

    async def start(self) -> None:
        await self.host.start()
        await self.up.start()

    async def stop(self) -> None:
        await self.host.stop()
        await self.up.stop()
        if self.city is not None:
            await self.city.stop()


def build(settings: Settings, running: Running, desk: dashboard.Desk) -> FastAPI:
    """The site's application over everything that runs; the busiest faces first."""
    site = settings.as_site()
    health = Health()
    for hosted in running.host.services.values():
        health.add(hosted.name, _database(hosted.pool))
    hub_here = running.city is not None
    pages = dashboard.pages(site, hub=hub_here)
    shown = dashboard.build(site, desk, pages, city=settings.city, hub=hub_here)
    return make_app(
        f"联动 {site.node(site.code).name}",
        routers=[*running.routers(), shown],
        accounts=Accounts.load(settings.accounts),
        health=health,
        pages=pages,
        problems=PROBLEMS,
        site=site.code,
        catalogue=True,
        max_body=MAX_BODY,
    )


async def run(settings: Settings) -> None:
    """Runs the site until it is told to stop: answers first, then hears; stops in reverse."""
    base = f"http://{settings.host}:{settings.port}"
    token = settings.feed_token.get_secret_value()
    desk = dashboard.Desk(base, token)
    async with httpx2.AsyncClient(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=10) as client:
        running = await Running.open(settings, client)
        config = uvicorn.Config(
            build(settings, running, desk),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
        await running.start()
        try:
            await uvicorn.Server(config).serve()
        finally:
            await running.stop()
            await desk.close()


def _database(pool: asyncpg.Pool[asyncpg.Record]) -> Callable[[], Awaitable[object]]:
    return functools.partial(pool.fetchval, "select 1")


def serve() -> None:
    """The process of a site."""
    settings = Settings()  # type: ignore[call-arg]  # the environment says
    telemetry.setup("box", site=settings.site, json=settings.json_logs, otlp_endpoint=settings.otlp)
    uvloop.run(run(settings))
