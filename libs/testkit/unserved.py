"""Every service of the roster over nothing: a log in memory, no database, no servers. What it consists of can be looked at, nobody can be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from libs.contracts import Row, roster, standing
from libs.database import unopened_pool
from libs.eventlog import MemoryLogs
from libs.host import PROBLEMS, Around, Context, Node, Service, Site, SiteHost, imported
from libs.host.operate import operate_router
from libs.telemetry import Health
from libs.web import Accounts, make_app

CITY: Final = Site("511500", (Node("511500", "宜宾市政务服务中心", ""),))


ALL: Final = frozenset(row.name for row in roster())


async def built(row: Row, names: frozenset[str] = ALL) -> Service:
    """The service of the row, beside those of these names."""
    published = tuple(known.name for known in roster() if known.public and known.name in names)
    around = Around(
        bootstrap="localhost:1", address="http://site", city="http://site", signing_key=Ed25519PrivateKey.generate,
        services=names, published=published,
    )  # fmt: skip

    async def current(*_: Any, **__: Any) -> bool:
        raise AssertionError("nobody asks")

    logs = MemoryLogs(row.name, [CITY.code])
    return imported(row.name)(Context(CITY, logs, unopened_pool(), lambda: datetime.now(UTC), current, "test", around))


@asynccontextmanager
async def application(accounts: Accounts, at: str = "city") -> AsyncIterator[FastAPI]:
    """A site's application over services that have nothing behind them: all of the city's, or those of every site ("site")."""
    rows = standing(at)
    services = [await built(row, frozenset(known.name for known in rows)) for row in rows]
    routers = [*(service.router for service in services), operate_router(SiteHost(CITY, rows, Around(address="http://site")))]
    pages = next(service.pages for service in services if service.pages is not None)
    yield make_app(
        "all", routers=routers, accounts=accounts, health=Health(), pages=pages, problems=PROBLEMS, site=CITY.code, catalogue=True
    )
    for row, service in zip(rows, services, strict=True):
        for step in service.closing if not row.database else ():  # what was never opened cannot be closed
            await step()


async def description() -> dict[str, Any]:
    """What the city's site says of all its routes, as OpenAPI."""
    async with application(Accounts()) as app:
        return app.openapi()
