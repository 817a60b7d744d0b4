"""The catalogue as the host runs it: real log, real view, real HTTP, without the bus."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import httpx2

from libs.database import open_pool, prepare
from libs.eventlog import PgLogs
from libs.host import Context, Node, Site
from libs.telemetry import Health
from libs.views import Projector
from libs.web import Accounts, Role, make_app
from libs.wire import Position
from services.catalogue.app import build

NODE: Final = "511525"
GOOD: Final = "11511301008778183N"
SITE: Final = Site(NODE, (Node(NODE, "高县", "511500"),))


class House:
    """A catalogue, and somebody who may edit it."""

    def __init__(self, client: httpx2.AsyncClient, logs: PgLogs, projector: Projector) -> None:
        self.client, self.logs, self.projector = client, logs, projector

    async def send(self, data: bytes, name: str = "items.csv") -> httpx2.Response:
        return await self.client.post(f"/catalogue/nodes/{NODE}/imports", params={"name": name}, content=data)

    async def taken(self, data: bytes) -> dict[str, Any]:
        answer = await self.send(data)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def show(self) -> None:
        """Brings the view to the log's end."""
        while await self.projector.step(self.projector.views[0]):
            pass

    async def counts(self) -> dict[str, int]:
        await self.show()
        found: dict[str, int] = (await self.client.get(f"/catalogue/nodes/{NODE}/counts")).json()
        return found


@asynccontextmanager
async def open_house(database: str) -> AsyncIterator[House]:
    """In a fresh database."""
    pool = await open_pool(await prepare(database, "catalogue"), "catalogue")
    logs = PgLogs(pool, "catalogue", [NODE])
    await logs.open()

    async def current(view: str, position: Position, timeout: float = 0.05) -> bool:
        return await house.projector.wait(view, position, timeout)

    service = build(Context(SITE, logs, pool, lambda: datetime.now(UTC), current, "test"))
    accounts = Accounts()
    _, token = accounts.issue("E0001", [Role.EDITOR], [NODE], "事项目录")
    app = make_app("test", routers=[service.router], accounts=accounts, health=Health(), max_body=32 * 1024 * 1024)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://t", headers={"Authorization": f"Bearer {token}"}) as client:
        house = House(client, logs, Projector(pool, service.views))
        yield house
    await pool.close()
