"""Supervision as the host runs it: real log, real inbox, real views, real HTTP; other services' facts are made of their JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import msgspec
from httpx2 import ASGITransport, AsyncClient

from libs.bus.inbox import Inbox
from libs.database import Pool, open_pool, prepare
from libs.eventlog import Act, Decision, MemoryLogs, New, PgLogs
from libs.host import Context, Node, Service, Site
from libs.telemetry import Health
from libs.views import Projector
from libs.web import Accounts, Role, make_app
from libs.wire import Position, Recorded
from services.supervision.app import build
from services.supervision.tests.stories import CASE, at

COUNTY, TOWN = "511525", "511525100"
SITE = Site(COUNTY, (Node(COUNTY, "高县", "511500"), Node(TOWN, "文江镇", COUNTY)))
STAFF = {"supervisor": [Role.SUPERVISOR], "operator": [Role.OPERATOR], "clerk": [Role.CLERK], "stranger": [Role.SUPERVISOR]}


class House:
    """One running supervision."""

    def __init__(self, pool: Pool, logs: PgLogs) -> None:
        self.pool, self.logs = pool, logs
        self.others = {name: MemoryLogs(name, [COUNTY, TOWN]) for name in ("intake", "deadline")}
        context = Context(site=SITE, logs=logs, pool=pool, now=lambda: at("2007-03-05"), current=self._current, process="p1")
        self.service: Service = build(context)
        self.projector = Projector(pool, self.service.views)
        self.inbox = Inbox(self.service.hears[0], pool, logs, self.feed)
        logs.woken.append(self.projector.wake)
        accounts = Accounts()
        places = {"stranger": ["511526"]}
        self._tokens = {name: accounts.issue(f"{name}-1", roles, places.get(name, [COUNTY]), name)[1] for name, roles in STAFF.items()}
        app = make_app("supervision", routers=[self.service.router], accounts=accounts, health=Health())
        self.http = AsyncClient(transport=ASGITransport(app=app), base_url="http://supervision")

    async def _current(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        return await self.projector.wait(view, position, timeout)

    async def feed(self, source: str, _epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        _, _, node, service = source.split(":")
        return await self.others[service].of(node).feed(after, limit)

    async def says(self, service: str, fact: str, on: str | datetime, case: str = CASE, **more: Any) -> Recorded:
        """The next fact of another service at the case's node."""
        moment = at(on) if isinstance(on, str) else on
        data = msgspec.json.encode({"case": case, "officer": "C0117", "at": moment, "imported": False, **more})
        event = New(f"liandong.{service}.{fact}.v1", data, moment)
        log = self.others[service].of(case.partition("-")[0])
        done = await log.append(Act(subject=case, decide=lambda _stream: Decision([event]), actor="C0117"))
        return (await log.feed(done.position.sequence - 1, 1))[0]

    async def case_says(self, fact: str, on: str | datetime, case: str = CASE, **more: Any) -> Recorded:
        return await self.says("intake", fact, on, case, **more)

    async def rung(self, fact: str, on: str, **more: Any) -> Recorded:
        said = {"clock": f"clock:{CASE}:promised", "kind": "promised", "node": COUNTY, "generation": 0, "due_at": at("2007-03-20")}
        return await self.says("deadline", fact, on, **{**said, **more})

    async def hear(self, *facts: Recorded) -> None:
        """As from the bus, and shown."""
        await self.inbox.hear(facts)
        for head in [head for head in await self.logs.heads() if head.sequence]:
            for view in self.service.views:
                assert await self.projector.wait(view.name, head)

    async def get(self, path: str, *, by: str = "supervisor", status: int = 200, **params: Any) -> Any:
        """A query."""
        answer = await self.http.get(f"/supervision{path}", params=params, headers={"Authorization": f"Bearer {self._tokens[by]}"})
        assert answer.status_code == status, answer.text
        return answer.json()


@asynccontextmanager
async def running(database: str) -> AsyncIterator[House]:
    """Supervision over `database`, its views following."""
    pool = await open_pool(await prepare(database, "supervision"), "supervision")
    logs = PgLogs(pool, "supervision", [node.code for node in SITE.nodes])
    await logs.open()
    house = House(pool, logs)
    views = asyncio.create_task(house.projector.run())
    try:
        yield house
    finally:
        views.cancel()
        with suppress(asyncio.CancelledError):
            await views
        await house.http.aclose()
        await pool.close()
