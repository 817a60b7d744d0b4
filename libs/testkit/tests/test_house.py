"""A House does with a service what the host does: opening, tasks, closing, raw records; and asks its queries as they are written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import APIRouter, Request

from libs.eventlog import Consequence, Intent, New
from libs.host import Around, Build, Context, Service
from libs.testkit.house import COUNTY, House, open_house

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, tzinfo=UTC)


class Shop:
    """A service that writes down what is done with it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.told, self.fails = asyncio.Event(), False

    def build(self, context: Context) -> Service:
        """The service, told what stands around it."""
        self.lines.append(f"built at {context.around.city}")
        return Service(
            "shop", self._router(), takes=self.take, tasks=(self.watch,), woken=(lambda: self.lines.append("woken"),),
            opening=(self._line("open"), self._line("opened")), closing=(self._line("close"), self._line("closed")),
        )  # fmt: skip

    def _router(self) -> APIRouter:
        routes = APIRouter()

        @routes.get("/shop")
        async def asked(
            request: Request, q: str = "", of: str = "", after: str = "", limit: int = 0, epoch: int = 1, sequence: int = 0
        ) -> Any:
            return dict(request.query_params)

        return routes

    def _line(self, what: str) -> Any:
        async def step() -> None:
            self.lines.append(what)

        return step

    async def take(self, records: Sequence[Any]) -> None:
        """Raw records."""
        self.lines.append(f"takes {[record.offset for record in records]}")

    async def watch(self) -> None:
        """Its task."""
        self.told.set()
        if self.fails:
            raise ValueError("no")
        try:
            await asyncio.Event().wait()
        finally:
            self.lines.append("last words")


def opened(build: Build, database: str) -> Any:
    return open_house(build, database, name="shop", around=Around(city="http://city"))


async def test_a_service_is_opened_takes_records_runs_its_tasks_and_is_closed(database: str) -> None:
    shop = Shop()
    async with opened(shop.build, database) as house:
        await house.take(SimpleNamespace(offset=3), SimpleNamespace(offset=4))
        async with house.tasks():
            await shop.told.wait()
        shop.lines.append("bye")
    assert shop.lines == ["built at http://city", "open", "opened", "takes [3, 4]", "last words", "bye", "close", "closed"]


async def test_a_service_is_closed_when_its_test_fails(database: str) -> None:
    shop = Shop()
    with pytest.raises(ZeroDivisionError):
        async with opened(shop.build, database):
            raise ZeroDivisionError
    assert shop.lines[-2:] == ["close", "closed"]


async def test_a_task_that_fails_fails_the_test(database: str) -> None:
    shop = Shop()
    shop.fails = True
    async with opened(shop.build, database) as house:
        with pytest.raises(AssertionError, match="task 0"):
            async with house.tasks():
                await shop.told.wait()


async def test_what_a_service_of_the_same_process_commits_wakes_it(database: str) -> None:
    shop, said = Shop(), Consequence([New("liandong.stall.Said.v1", b"{}", AT)])
    async with opened(shop.build, database) as house, open_house(lambda _: Service("stall"), database, name="stall") as other:
        house.stands_beside(other)
        await other.logs.of(COUNTY).append(Intent(subject="x", decide=lambda _stream: said, actor="C0117"))
    assert shop.lines.count("woken") == 1


async def asked(house: House, path: str, **more: Any) -> Any:
    return await house.get(path, by="clerk", **more)


async def test_queries_come_as_they_are_written(database: str) -> None:
    seen = {"position": {"source": "urn:liandong:511525:shop", "epoch": 1, "sequence": 9}}
    async with opened(Shop().build, database) as house:
        assert await asked(house, "/shop") == {}
        assert await asked(house, "/shop?q=a%20b&of=") == {"q": "a b", "of": ""}
        assert await asked(house, "/shop?q=a", after="c", limit=3) == {"q": "a", "after": "c", "limit": "3"}
        assert await asked(house, "/shop?q=a", seen=seen) == {"q": "a", "epoch": "1", "sequence": "9"}
