"""Intake as the host runs it: real log, real view, real HTTP, without the bus."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
from httpx2 import ASGITransport, AsyncClient, Response

from libs.database import Pool, open_pool, prepare
from libs.eventlog import Conflict, KeyReused, PgLogs
from libs.host import Context, Node, Service, Site
from libs.telemetry import Health
from libs.views import Projector
from libs.web import Accounts, Role, make_app, problem_for
from libs.wire import Position, Recorded
from services.intake.app import build
from services.intake.inbox import PUBLISHED

COUNTY, TOWN = "511525", "511525100"
SITE = Site(COUNTY, (Node(COUNTY, "高县", "511500"), Node(TOWN, "文江镇", COUNTY)))
ITEM = "511A00001"
STAFF = {
    "clerk": [Role.CLERK],
    "examiner": [Role.EXAMINER],
    "approver": [Role.APPROVER],
    "operator": [Role.OPERATOR],
}
PROBLEMS = (problem_for(Conflict, 412, "changed-meanwhile"), problem_for(KeyReused, 422, "key-reused"))


def published(item: str = ITEM, *, node: str = COUNTY, version: int = 1, effective: str = "2007-01-01", **more: Any) -> Recorded:
    """What the catalogue says of a procedure, with more than intake reads."""
    said = {
        "item": item,
        "name": "取水许可",
        "version": version,
        "regime": "licence",
        "kind": "promised",
        "statutory_days": 20,
        "promised_days": 10,
        "delivery_days": 10,
        "extension_days": 10,
        "extension_moves_promise": False,
        "correction_days": 5,
        "steps": [{"name": "现场核查", "post": "审查岗", "role": "work", "limit_days": 5, "two_officers": True}],
        "basis": "《取水许可和水资源费征收管理条例》",
        "effective": effective,
        **more,
    }
    return heard(PUBLISHED, f"procedure:{item}", said, node)


def heard(kind: str, subject: str, said: dict[str, Any], node: str = COUNTY) -> Recorded:
    """A fact of another service, as the bus hands it on."""
    now = datetime(2007, 1, 1, tzinfo=UTC)
    return Recorded(
        source=f"urn:liandong:{node}:{kind.split('.')[1]}",
        epoch=1,
        sequence=1,
        id=str(uuid4()),
        type=kind,
        subject=subject,
        time=now,
        recordedtime=now,
        actor="editor-1",
        prevhash="",
        hash="",
        data=msgspec.json.encode(said),
    )


class House:
    """One running intake."""

    def __init__(self, pool: Pool, logs: PgLogs, now: datetime, process: str) -> None:
        self.pool, self.logs, self.time, self.process = pool, logs, now, process
        context = Context(site=SITE, logs=logs, pool=pool, now=lambda: self.time, current=self._current, process=process)
        self.service: Service = build(context)
        self.projector = Projector(pool, self.service.views)
        logs.woken.append(self.projector.wake)
        accounts = Accounts()
        self._tokens = {name: accounts.issue(f"{name}-1", roles, [COUNTY], name)[1] for name, roles in STAFF.items()}
        self._tokens["stranger"] = accounts.issue("clerk-9", [Role.CLERK], ["511526"], "clerk")[1]
        self._app = make_app("intake", routers=[self.service.router], accounts=accounts, health=Health(), problems=PROBLEMS)
        self.http = AsyncClient(transport=ASGITransport(app=self._app), base_url="http://intake")

    async def _current(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        return await self.projector.wait(view, position, timeout)

    async def hear(self, *facts: Recorded) -> list[Any]:
        """What the bus does: rows in a transaction; the effects are given back."""
        async with self.pool.acquire() as connection, connection.transaction():
            return list(await self.service.hears[0].apply(connection, facts))

    async def settle(self) -> None:
        """The loop of the service that voids what dead processes left."""
        for task in self.service.tasks:
            await task()

    async def post(
        self, path: str, form: object = None, *, by: str = "clerk", key: str = "", version: int | None = None, status: int = 200
    ) -> dict[str, Any]:
        """A command; answered as expected or the test fails with the answer."""
        headers = {"Authorization": f"Bearer {self._tokens[by]}", "Idempotency-Key": key or str(uuid4())}
        headers |= {} if version is None else {"If-Match": f'"{version}"'}
        content = None if form is None else json.dumps(form)
        headers |= {"Content-Type": "application/json"} if content else {}
        return _expect(await self.http.post(f"/intake{path}", content=content, headers=headers), status)

    async def get(self, path: str, *, by: str = "clerk", status: int = 200, **params: Any) -> dict[str, Any]:
        """A query."""
        headers = {"Authorization": f"Bearer {self._tokens[by]}"}
        return _expect(await self.http.get(f"/intake{path}", params=params, headers=headers), status)

    async def file(self, node: str = COUNTY, *, key: str = "", item: str = ITEM, status: int = 201) -> dict[str, Any]:
        """A case at the counter."""
        form = {"item": item, "channel": "counter", "materials": ["申请书"]}
        return await self.post(f"/nodes/{node}/cases", form, key=key, status=status)

    async def show(self, done: dict[str, Any]) -> dict[str, Any]:
        """The case as its page shows it after an act."""
        position = done["position"]
        return await self.get(f"/cases/{done['case']}", epoch=position["epoch"], sequence=position["sequence"])

    def pass_days(self, days: int) -> date:
        """Time goes by."""
        self.time += timedelta(days=days)
        return self.time.date()


def _expect(answer: Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


@asynccontextmanager
async def running(database: str, *, now: datetime = datetime(2007, 3, 5, 2, 0, tzinfo=UTC), process: str = "p1") -> AsyncIterator[House]:
    """Intake over `database`, its view following; starting it again with another `process` is a restart."""
    url = await prepare(database, "intake")
    pool = await open_pool(url, "intake")
    logs = PgLogs(pool, "intake", [node.code for node in SITE.nodes])
    await logs.open()
    house = House(pool, logs, now, process)
    views = asyncio.create_task(house.projector.run())
    try:
        yield house
    finally:
        while not views.done():  # wait_for of Python 3.11 may swallow a cancellation that meets a wake-up
            views.cancel()
            await asyncio.wait([views], timeout=1)
        await house.http.aclose()
        await pool.close()
