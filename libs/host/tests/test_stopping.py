"""A site stops: together what is read, then what reads it, whatever fails on the way, and within the time it says it takes."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

import pytest
from structlog.testing import capture_logs

from libs.database import prepare
from libs.host import SITE_STOP_SECONDS, Build, Service
from libs.host.running import STOP_SECONDS
from libs.host.tests.told import Told, hosting, opened, row


@pytest.mark.server
async def test_the_services_stop_together_and_then_those_that_read_them(database: str) -> None:
    reading = row("hub", hears=("city.stream.v1",)), row("link", database="logs")
    told, host = Told(), hosting(*reading, row("b"), row("c"))
    await opened(host, {"link": await prepare(database, "link")}, told.build)
    for hosted in host.services.values():
        hosted.start()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    told.lines.clear()
    assert await host.stop(), "nothing failed"
    assert told.lines == [
        "b ends", "c ends", "b close", "c close",
        "hub ends", "link ends", "hub close", "link close",
    ]  # fmt: skip


async def test_what_was_opened_is_closed_when_a_later_service_does_not_open() -> None:
    told, host = Told(), hosting(row("a"), row("b"), row("c"))
    told.fails["b"] = "open"
    with pytest.raises(RuntimeError, match="b does not open"):
        await opened(host, {}, told.build)
    await host.stop()
    assert told.lines == ["a open", "b open", "a close", "b close", "c close"]


async def test_a_service_that_does_not_close_keeps_no_other_from_closing() -> None:
    told, host = Told(), hosting(row("a"), row("b"))
    told.fails["a"] = "close"
    await opened(host, {}, told.build)
    with capture_logs() as logged:
        assert not await host.stop(), "it is said that something failed"
    assert told.lines[2:] == ["a close", "b close"]
    assert [(line["event"], line["owner"]) for line in logged] == [("host.stop_failed", "a")]


@pytest.mark.server
async def test_after_a_start_that_failed_half_way_everything_is_closed(database: str) -> None:
    told, host = Told(), hosting(*(row(name, database="own") for name in ("a", "b", "c")))
    urls = {name: await prepare(database, name) for name in host.services}
    told.fails["b"] = "open"
    with pytest.raises(RuntimeError, match="b does not open"):
        await opened(host, urls, told.build)
    pools = {name: hosted.pool for name, hosted in host.services.items()}
    assert await pools["a"].fetchval("select 1") == 1
    with capture_logs() as logged:
        await host.stop()
    assert logged == [], "what was never asked does not fail to close"
    assert [name for name, pool in pools.items() if pool.is_closing()] == ["a", "b", "c"]


async def test_a_database_without_an_address_is_told_before_anybody_asks_it() -> None:
    told, host = Told(), hosting(row("a"), row("b", database="own"))
    with pytest.raises(LookupError, match="b has no address of a database"):
        await opened(host, {"a": "postgresql://somewhere"}, told.build)
    await host.stop()


async def test_a_closing_that_was_cancelled_keeps_no_other_from_being_done() -> None:
    told, host = Told(), hosting(row("a"), row("b"))
    done: list[str] = []

    async def cancelled() -> None:
        raise asyncio.CancelledError("of a task it waited for")

    async def other() -> None:
        done.append("the other closing of a")

    await opened(host, {}, told.build)
    host.services["a"].service = Service("a", closing=(cancelled, other))
    assert not await host.stop()
    assert (done, told.lines[2:]) == (["the other closing of a"], ["b close"])


async def test_a_closing_that_never_becomes_a_task_keeps_no_other_from_being_done() -> None:
    told, host = Told(), hosting(row("hub", hears=("city.stream.v1",)), row("a"))

    def broken() -> asyncio.Future[None]:
        raise TypeError("not even a coroutine")

    await opened(host, {}, told.build)
    host.services["a"].service = Service("a", closing=(broken,))
    host.services["a"].loops.stop = broken  # type: ignore[method-assign,assignment]
    with capture_logs() as logged:
        assert not await host.stop()
    assert told.lines[2:] == ["hub close"], "those that read the others are stopped all the same: the last checkpoint goes out"
    assert {line["event"] for line in logged} == {"host.stop_failed"}


async def test_what_cannot_end_its_consumers_stops_its_services_all_the_same() -> None:
    told, host = Told(), hosting(row("a"))
    await opened(host, {}, told.build)

    async def aclose() -> None:
        raise RuntimeError("the client does not close")

    host._client.aclose = aclose  # type: ignore[method-assign]
    assert not await host.stop()
    assert told.lines[1:] == ["a close"]


async def test_a_stop_that_is_cancelled_itself_is_done_to_its_end() -> None:
    told, host = Told(), hosting(row("a"), row("hub", hears=("city.stream.v1",)))
    await opened(host, {}, told.build)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await go_on.wait()
        told.lines.append("a closed slowly")

    host.services["a"].service = Service("a", closing=(slow,))
    stopping = asyncio.create_task(host.stop())
    await begun.wait()
    stopping.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert told.lines[2:] == ["a closed slowly", "hub close"]


# --- the time it takes -------------------------------------------------------------------------------------------------------------------


class Hasty(selectors.SelectSelector):
    """Waits for nothing: it is at once as late as it would have been."""

    ahead = 0.0

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0 if timeout is not None else None)
        if not found:
            self.ahead += timeout or 0.0
        return found


class HastyLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes without waiting."""

    def __init__(self) -> None:
        self.hasty = Hasty()
        super().__init__(self.hasty)

    def time(self) -> float:
        return super().time() + self.hasty.ahead


class Deaf:
    """Services, their pools and the site's consumers that do not end when they are told to, until `over`."""

    def __init__(self) -> None:
        self.over, self.begun = False, 0

    async def loop(self) -> None:
        """Goes on, whatever it is told."""
        self.begun += 1
        while not self.over:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                continue

    def build(self, name: str) -> Build:
        """A service with a loop and a closing that do not end."""
        return lambda _context: Service(name, tasks=(self.loop,), closing=(self.loop,))

    async def close(self) -> None:
        """Of a pool."""
        await self.loop()


async def stopping(deaf: Deaf) -> float:
    """How many seconds a site takes to stop in which nothing ends by itself."""
    host = hosting(row("hub", hears=("city.stream.v1",)), *(row(name) for name in "abcdef"))
    await opened(host, {}, deaf.build)
    await host.start()
    host.loops.run("consumers", deaf.loop)
    host._client.aclose = deaf.loop  # type: ignore[method-assign]
    for hosted in host.services.values():
        hosted._connected, hosted.pool = True, deaf  # type: ignore[assignment]
    clock = asyncio.get_running_loop()
    await asyncio.sleep(0)
    began = clock.time()
    assert not await host.stop(), "what was left behind is told"
    deaf.over = True
    return clock.time() - began


def test_a_site_in_which_nothing_ends_stops_in_the_time_it_says() -> None:
    deaf = Deaf()
    with asyncio.Runner(loop_factory=HastyLoop) as runner, capture_logs() as logged:
        took = runner.run(stopping(deaf))
    assert STOP_SECONDS - 1 < took < STOP_SECONDS + 1, "not longer, however many services there are"
    assert SITE_STOP_SECONDS > STOP_SECONDS, "requests are answered first"
    assert [line["event"] for line in logged].count("host.loop_does_not_end") == 8
    assert {line["owner"] for line in logged if line["event"] == "host.stop_takes_too_long"} == {"site", "hub", *"abcdef"}
