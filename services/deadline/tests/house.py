"""The deadline service as the host runs it: real log, real inbox, real view, real HTTP; facts come from an intake made of their JSON."""

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
from libs.workdays import Calendar
from services.deadline.app import CODEC, build, subject
from services.deadline.events import Event
from services.deadline.http_desk import Desk
from services.deadline.tests.stories import CASE, at

COUNTY, TOWN = "511525", "511525100"
SITE = Site(COUNTY, (Node(COUNTY, "高县", "511500"), Node(TOWN, "文江镇", COUNTY)))
STAFF = {"clerk": [Role.CLERK], "operator": [Role.OPERATOR], "stranger": [Role.CLERK]}
PINNED = {"statutory_days": 20, "promised_days": 10, "delivery_days": 10, "correction_days": 5, "item": "511A00001", "steps": []}


class Intake:
    """What intake would have published: facts of cases, numbered and chained."""

    def __init__(self) -> None:
        self._logs = MemoryLogs("intake", [COUNTY, TOWN])

    async def says(self, fact: str, on: str | datetime, case: str = CASE, **more: Any) -> Recorded:
        """The next fact of a case's node; more than clocks need may be in it."""
        moment = at(on) if isinstance(on, str) else on
        data = msgspec.json.encode({"case": case, "officer": "C0117", "at": moment, "imported": False, **more})
        log = self._logs.of(case.partition("-")[0])
        event = New(f"liandong.intake.{fact}.v1", data, moment)
        done = await log.append(Act(subject=case, decide=lambda _stream: Decision([event]), actor="C0117"))
        return (await log.feed(done.position.sequence - 1, 1))[0]

    async def files(self, on: str | datetime = "2007-03-05", case: str = CASE, **more: Any) -> Recorded:
        return await self.says("CaseFiled", on, case, node=case.partition("-")[0], pinned=PINNED, channel="counter", **more)

    async def feed(self, source: str, _epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        return await self._logs.of(source.split(":")[2]).feed(after, limit)


class House:
    """One running deadline service."""

    def __init__(self, pool: Pool, logs: PgLogs, now: datetime) -> None:
        self.pool, self.logs, self.time, self.intake = pool, logs, now, Intake()
        self.context = Context(site=SITE, logs=logs, pool=pool, now=lambda: self.time, current=self._current, process="p1")
        self.service: Service = build(self.context)
        self.projector = Projector(pool, self.service.views)
        self.inbox = Inbox(self.service.hears[0], pool, logs, self.intake.feed)
        self.calendar = Calendar.load()
        self.clocks = subject(self.calendar)
        self.desk = Desk(self.context, self.clocks, self.calendar)
        logs.woken.append(self.projector.wake)
        accounts = Accounts()
        places = {"stranger": ["511526"]}
        self._tokens = {name: accounts.issue(f"{name}-1", roles, places.get(name, [COUNTY]), name)[1] for name, roles in STAFF.items()}
        app = make_app("deadline", routers=[self.service.router], accounts=accounts, health=Health())
        self.http = AsyncClient(transport=ASGITransport(app=app), base_url="http://deadline")

    async def _current(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        return await self.projector.wait(view, position, timeout)

    async def hear(self, *facts: Recorded) -> None:
        """As from the bus: cursors, keys, parking."""
        await self.inbox.hear(facts)

    async def told(self, fact: str, on: str, case: str = CASE, **more: Any) -> None:
        """Intake says something, and it is heard."""
        await self.hear(await self.intake.says(fact, on, case, **more))

    async def clock(self, name: str, case: str = CASE) -> list[Event]:
        """The facts of a clock."""
        stream = await self.logs.of(case.partition("-")[0]).stream(f"clock:{case}:{name}")
        return [CODEC.decode(recorded) for recorded in stream]

    async def shown(self, name: str, case: str = CASE) -> dict[str, Any]:
        """A clock's row, once the view is current."""
        assert await self.desk.shown()
        rows = await self.get(f"/cases/{case}/clocks")
        found: dict[str, Any] = next(row for row in rows if row["clock"] == f"clock:{case}:{name}")
        return found

    async def get(self, path: str, *, by: str = "operator", status: int = 200, **params: Any) -> Any:
        """A query."""
        answer = await self.http.get(f"/deadline{path}", params=params, headers={"Authorization": f"Bearer {self._tokens[by]}"})
        assert answer.status_code == status, answer.text
        return answer.json()

    async def advance(self, timeline: str, to: datetime, *heard: Recorded, by: str = "operator", status: int = 200) -> Any:
        """Virtual time goes on."""
        body = {"to": to.isoformat(), "heard": [{"source": fact.source, "sequence": fact.sequence} for fact in heard]}
        headers = {"Authorization": f"Bearer {self._tokens[by]}"}
        answer = await self.http.post(f"/deadline/timelines/{timeline}/advance", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json() if status == 200 else answer


@asynccontextmanager
async def running(database: str) -> AsyncIterator[House]:
    """On Monday, 5 March 2007, 10 o'clock in Yibin."""
    pool = await open_pool(await prepare(database, "deadline"), "deadline", size=6)
    logs = PgLogs(pool, "deadline", [node.code for node in SITE.nodes])
    await logs.open()
    house = House(pool, logs, at("2007-03-05"))
    views = asyncio.create_task(house.projector.run())
    try:
        yield house
    finally:
        views.cancel()
        with suppress(asyncio.CancelledError):
            await views
        await house.http.aclose()
        await pool.close()
