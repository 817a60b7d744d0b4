"""The deadline service alive, for tests with a database: a House, intake beside it, and the ticker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from libs.eventlog import Consequence, Intent, MemoryLogs, New
from libs.testkit.house import COUNTY, TOWN, House, expect
from libs.wire import Recorded
from services.deadline.app import CODEC, subject
from services.deadline.clock.starting import clock_of, node_of
from services.deadline.events import Event
from services.deadline.tests.stories import CALENDAR, CASE, at
from services.deadline.ticker import Ticker

PINNED = {"statutory_days": 20, "promised_days": 10, "delivery_days": 10, "correction_days": 5, "item": "511A00001", "steps": []}


class Intake:
    """What intake would have published: facts of cases, numbered and chained."""

    def __init__(self) -> None:
        self._logs = MemoryLogs("intake", [COUNTY, TOWN])

    async def says(self, fact: str, on: str | datetime, case: str = CASE, **more: Any) -> Recorded:
        """The next fact of a case's node; more than clocks need may be in it."""
        moment = at(on) if isinstance(on, str) else on
        data = msgspec.json.encode({"case": case, "officer": "C0117", "at": moment, "imported": False, **more})
        log = self._logs.of(node_of(case))
        event = New(f"liandong.intake.{fact}.v1", data, moment)
        done = await log.append(Intent(subject=case, decide=lambda _stream: Consequence([event]), actor="C0117"))
        return (await log.feed(done.position.sequence - 1, 1))[0]

    async def feed(self, source: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        return await self._logs.of(source.split(":")[2]).feed(after, limit)


class Living:
    """One running deadline service. `house.time` is its clock."""

    def __init__(self, house: House) -> None:
        self.house, self.intake = house, Intake()
        self.ticker = Ticker(house.context, subject(CALENDAR))
        house.neighbours["intake"] = self.intake

    async def files(self, on: str | datetime = "2007-03-05", case: str = CASE, **more: Any) -> Recorded:
        """Intake says that a case was filed, under a promise of 10 working days."""
        return await self.intake.says("CaseFiled", on, case, node=node_of(case), pinned=PINNED, channel="counter", **more)

    async def hear(self, *facts: Recorded) -> None:
        """Hears as from the bus."""
        await self.house.hear(*facts)

    async def told(self, fact: str, on: str, case: str = CASE, **more: Any) -> None:
        """Intake says something, and it is heard."""
        await self.hear(await self.intake.says(fact, on, case, **more))

    async def clock(self, name: str, case: str = CASE) -> list[Event]:
        """The facts of a clock."""
        stream = await self.house.logs.of(node_of(case)).stream(clock_of(case, name))
        return [CODEC.decode(recorded) for recorded in stream]

    async def row(self, name: str, case: str = CASE) -> dict[str, Any]:
        """A clock as it is shown, once the view is current."""
        await self.house.shown()
        rows = await self.get(f"/cases/{case}/clocks")
        found: dict[str, Any] = next(row for row in rows if row["clock"] == clock_of(case, name))
        return found

    async def get(self, path: str, *, by: str = "operator", status: int = 200, **params: Any) -> Any:
        """Asks a query of the service."""
        return await self.house.get(f"/deadline{path}", by=by, status=status, **params)

    async def advance(self, timeline: str, to: datetime, *heard: Recorded, by: str = "operator", status: int = 200) -> Any:
        """Virtual time goes on, once `heard` has been heard; the answer's content, or the answer itself where it is refused."""
        body = {"to": to.isoformat(), "heard": [{"source": fact.source, "sequence": fact.sequence} for fact in heard]}
        path = f"/deadline/timelines/{timeline}/advance"
        answer = await self.house.http.post(path, json=body, headers=self.house.headers(by))
        content = expect(answer, status)
        return content if status == 200 else answer
