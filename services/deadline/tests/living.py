"""The deadline service alive, for tests with a database: a House, intake beside it, and the ticker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from libs.testkit.house import COUNTY, TOWN, House, expect
from libs.testkit.neighbours import Neighbour
from libs.wire import Recorded
from services.deadline.app import CODEC, subject
from services.deadline.clock.starting import clock_of, node_of_case
from services.deadline.events import Event
from services.deadline.tests.stories import CALENDAR, CASE, DEPARTMENT, LIMITS
from services.deadline.ticker import Ticker


class Living:
    """One running deadline service. `house.time` is its clock."""

    def __init__(self, house: House) -> None:
        self.house, self.intake = house, Neighbour("intake", [COUNTY, TOWN])
        self.ticker = Ticker(house.context, subject(CALENDAR))
        house.neighbours["intake"] = self.intake

    async def files(self, on: str | datetime = "2007-03-05", case: str = CASE, **more: Any) -> Recorded:
        """Intake says that a case was filed, under a promise of 10 working days."""
        return await self.intake.says("CaseFiled", on, case, **{"pinned": {**LIMITS, "department": DEPARTMENT}, **more})

    async def hear(self, *facts: Recorded) -> None:
        """Hears as from the bus."""
        await self.house.hear(*facts)

    async def told(self, fact: str, on: str, case: str = CASE, **more: Any) -> None:
        """Intake says something, and it is heard."""
        await self.hear(await self.intake.says(fact, on, case, **more))

    async def clock(self, name: str, case: str = CASE) -> list[Event]:
        """The facts of a clock."""
        stream = await self.house.logs.of(node_of_case(case)).stream(clock_of(case, name))
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
