"""A site's services: opened and started in the order of the roster, stopped in reverse, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from httpx2 import ASGITransport, AsyncClient

from libs.contracts import Row
from libs.host import Around, Build, Context, Node, Service, Site, SiteHost, site_app
from libs.host.running import Hosted
from libs.web import Accounts

SITE = Site("511500", (Node("511500", "宜宾市政务服务中心", ""), Node("511502", "翠屏区政务服务中心", "511500")))


def row(name: str, *, public: bool = False, hears: tuple[str, ...] = (), database: str = "none") -> Row:
    return Row(name, "site", (name,) if public else (), hears, database)


class Told:
    """Services that write down what is done with them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.contexts: dict[str, Context] = {}
        self.fails: dict[str, str] = {}

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


async def test_services_start_in_order_and_stop_in_reverse() -> None:
    told, host = Told(), hosting(row("a"), row("b"))
    await host.open({}, told.build)
    assert told.lines == ["a open", "b open"]
    await host.start()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert told.lines[2:] == ["a runs", "b runs"]
    await host.stop()
    assert told.lines[4:] == ["b ends", "b close", "a ends", "a close"], "the first to start is the last to stop"


async def test_what_was_opened_is_closed_when_a_later_service_does_not_open() -> None:
    told, host = Told(), hosting(row("a"), row("b"), row("c"))
    told.fails["b"] = "open"
    with pytest.raises(RuntimeError, match="b does not open"):
        await host.open({}, told.build)
    await host.stop()
    assert told.lines == ["a open", "b open", "b close", "a close"]


async def test_a_service_that_does_not_close_keeps_no_other_from_closing() -> None:
    told, host = Told(), hosting(row("a"), row("b"))
    told.fails["b"] = "close"
    await host.open({}, told.build)
    await host.stop()
    assert told.lines[2:] == ["b close", "a close"]


async def test_a_service_is_told_what_stands_around_it() -> None:
    told, host = Told(), hosting(row("a", public=True), row("b"))
    await host.open({}, told.build)
    context = told.contexts["b"]
    assert (context.site, context.around.published, context.around.address) == (SITE, ("a",), "http://site")
    assert [context.around.stands(name) for name in ("a", "b", "c")] == [True, True, False]
    assert context.process == told.contexts["a"].process
    with pytest.raises(LookupError, match="no signing key"):
        context.around.signing_key()
    with pytest.raises(KeyError):
        context.logs.of("511500")
    await host.stop()


async def test_readiness_is_of_every_service_and_pages_are_the_ones_that_are_brought() -> None:
    told, host = Told(), hosting(row("a"), row("b"))
    await host.open({}, told.build)
    app = site_app(host, Accounts())
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://site") as client:
        assert set((await client.get("/health/ready")).json()["checks"]) == {"a", "b"}
        host.services["b"].loops.down.add("views")
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["checks"]["b"]["because"]) == (503, "RuntimeError")
        assert (await client.get("/sign-in")).status_code == 404, "nobody brought pages"
    await host.stop()


class Listening:
    """Ears that only write down who listens where."""

    def __init__(self) -> None:
        self.groups: dict[str, list[str]] = {}

    def hear(self, group: str, topics: object, _take: object) -> None:
        self.groups[group] = list(topics)  # type: ignore[call-overload]


async def test_the_row_says_which_topics_are_taken_raw() -> None:
    async def take(_records: object) -> None:
        raise AssertionError

    hosted = Hosted(row("hub", hears=("city.stream.v1",)), SITE, Around(), "p")
    await hosted.open(lambda _: Service("hub", takes=take), "", None, lambda: None)  # type: ignore[arg-type]
    ears = Listening()
    assert hosted.start(ears) is True  # type: ignore[arg-type]
    assert ears.groups == {"511500-hub": ["city.stream.v1"]}
    await hosted.stop()
