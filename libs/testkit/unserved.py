"""Every service of the roster over nothing: a log in memory, no database, no servers. What it consists of can be looked at, nobody can be asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.contracts import Row, roster
from libs.database import unopened_pool
from libs.eventlog import MemoryLogs
from libs.host import PROBLEMS, Around, Context, Node, Service, Site, SiteHost, imported
from libs.host.operate import operate_router
from libs.telemetry import Health
from libs.web import Accounts, make_app

CITY: Final = Site("511500", (Node("511500", "宜宾市政务服务中心", ""),))


async def built(row: Row) -> Service:
    """The service of the row."""
    names, published = frozenset(known.name for known in roster()), tuple(known.name for known in roster() if known.public)
    around = Around(
        bootstrap="localhost:1", address="http://site", city="http://site", signing_key=Ed25519PrivateKey.generate,
        services=names, published=published,
    )  # fmt: skip

    async def current(*_: Any, **__: Any) -> bool:
        raise AssertionError("nobody asks")

    logs = MemoryLogs(row.name, [CITY.code])
    return imported(row.name)(Context(CITY, logs, unopened_pool(), lambda: datetime.now(UTC), current, "test", around))


async def description() -> dict[str, Any]:
    """What the city's site says of all its routes, as OpenAPI."""
    services = [await built(row) for row in roster()]
    routers = [*(service.router for service in services), operate_router(SiteHost(CITY, roster(), Around(address="http://site")))]
    app = make_app("all", routers=routers, accounts=Accounts(), health=Health(), problems=PROBLEMS)
    for service in services:
        for step in service.closing:
            await step()
    return app.openapi()
