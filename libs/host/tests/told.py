"""A site of services that write down what is done with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from libs.contracts import Row
from libs.host import Around, Build, Context, Node, Service, Site, SiteHost

SITE = Site("511500", (Node("511500", "宜宾市政务服务中心", ""), Node("511502", "翠屏区政务服务中心", "511500")))


def row(name: str, *, public: bool = False, hears: tuple[str, ...] = (), database: str = "none") -> Row:
    return Row(name, "site", (name,) if public else (), hears, database)


class Told:
    """Services that write down what is done with them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.contexts: dict[str, Context] = {}
        self.fails: dict[str, str] = {}
        """What a service does not do, by its name: "open" or "close"."""
        self.waits: dict[str, asyncio.Event] = {}
        """Services whose opening never ends, with what tells that it began."""

    def build(self, name: str) -> Build:
        def build(context: Context) -> Service:
            self.contexts[name] = context
            return Service(name, opening=(self._step(name, "open"),), tasks=(self._loop(name),), closing=(self._step(name, "close"),))

        return build

    def _step(self, name: str, what: str) -> Callable[[], asyncio.Future[None]]:
        async def step() -> None:
            self.lines.append(f"{name} {what}")
            if self.fails.get(name) == what:
                raise RuntimeError(f"{name} does not {what}")
            if what == "open" and name in self.waits:
                self.waits[name].set()
                await asyncio.Event().wait()

        return lambda: asyncio.ensure_future(step())

    def _loop(self, name: str) -> Callable[[], asyncio.Future[None]]:
        async def loop() -> None:
            self.lines.append(f"{name} runs")
            try:
                await asyncio.Event().wait()
            finally:
                self.lines.append(f"{name} ends")

        return lambda: asyncio.ensure_future(loop())


def hosting(*rows: Row, address: str = "http://site") -> SiteHost:
    return SiteHost(SITE, rows, Around(address=address, token="t"))


async def opened(host: SiteHost, databases: Mapping[str, str], build: Callable[[str], Build]) -> None:
    """Builds and opens the services."""
    await host.build(databases, build)
    await host.open()


class Unheard:
    """Ears that only write down who listens where."""

    def __init__(self) -> None:
        self.groups: dict[str, list[str]] = {}

    def hear(self, group: str, topics: Iterable[str], _take: object, **_how: object) -> None:
        """A group and its topics."""
        self.groups[group] = list(topics)
