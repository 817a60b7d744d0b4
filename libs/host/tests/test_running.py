"""A site's services: opened and started in the order of the roster, told what stands around them, ready when all are."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from httpx2 import ASGITransport, AsyncClient

from libs.host import Around, Build, Context, NeedsTheOperator, Service, site_app
from libs.host.running import Hosted
from libs.host.tests.told import SITE, Told, Unheard, hosting, opened, row
from libs.vault import made_up_vault
from libs.web import Accounts, WatchedRead
from libs.web.accounts import NotAllowed


async def test_services_open_and_start_in_the_order_of_the_roster() -> None:
    told, host = Told(), hosting(row("a"), row("b"))
    await opened(host, {}, told.build)
    assert told.lines == ["a open", "b open"]
    await host.start()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert told.lines[2:] == ["a runs", "b runs"]
    await host.stop()


async def test_a_service_is_told_what_stands_around_it() -> None:
    told, host = Told(), hosting(row("a", public=True), row("b"))
    await opened(host, {}, told.build)
    context = told.contexts["b"]
    assert (context.site, context.around.published, context.around.address) == (SITE, ("a",), "http://site")
    assert [context.around.stands(name) for name in ("a", "b", "c")] == [True, True, False]
    assert context.process == told.contexts["a"].process
    assert context.around.granted("C0117") is None, "without accounts nobody is known"
    with pytest.raises(LookupError, match="没有给本进程签名的私钥"):
        context.around.signing_key()
    with pytest.raises(KeyError):
        context.logs.of("511500")
    await host.stop()


async def test_a_vault_is_asked_by_the_services_behind_the_one_that_brings_it() -> None:
    told, host, vault = Told(), hosting(row("a"), row("b"), row("c")), made_up_vault()

    def build(name: str) -> Build:
        def made(context: Context) -> Service:
            return replace(told.build(name)(context), vault=vault if name == "b" else None)

        return made

    await opened(host, {}, build)
    assert [told.contexts[name].around.vault is vault for name in ("a", "b", "c")] == [False, False, True]
    assert not await told.contexts["a"].around.vault.known("subj-x", SITE.code), "ahead of it nobody is known"
    await host.stop()


async def test_what_records_reads_is_asked_by_every_service_of_the_site_whenever_it_was_built() -> None:
    told, host, read = Told(), hosting(row("a"), row("b"), row("c")), list[WatchedRead]()

    async def record(reading: WatchedRead) -> None:
        read.append(reading)

    def build(name: str) -> Build:
        def made(context: Context) -> Service:
            return replace(told.build(name)(context), reads=record if name == "b" else None)

        return made

    reading = WatchedRead("A9001", "hub.read-city", "", "/hub/city")
    with pytest.raises(NotAllowed, match="每次查阅都须记录"):
        await host.around.reads(reading)
    await opened(host, {}, build)
    for around in (host.around, *(context.around for context in told.contexts.values())):
        await around.reads(reading)
    assert read == [reading] * 4
    await host.stop()


async def test_readiness_is_of_every_service_and_pages_are_the_ones_that_are_brought() -> None:
    told, host = Told(), hosting(row("a"), row("b"))
    await opened(host, {}, told.build)
    app = site_app(host, Accounts())

    async def fails() -> None:
        raise ValueError("no")

    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://site") as client:
        assert set((await client.get("/health/ready")).json()["checks"]) == {"a", "b", "site"}
        host.services["b"].loops.run("views", fails, pause=3600)
        await asyncio.sleep(0)
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["checks"]["b"]["because"]) == (503, "loops: views")
        assert (await client.get("/sign-in")).status_code == 404, "nobody brought pages"
    await host.stop()


async def test_a_service_that_needs_the_operator_is_not_ready() -> None:
    told, host = Told(), hosting(row("a"), row("b"))
    await opened(host, {}, told.build)
    waiting = [NeedsTheOperator("somebody has to look")]

    async def need() -> None:
        for fault in waiting:
            raise fault

    hosted = host.services["b"]
    hosted.service = replace(hosted.service, needs=(need,))
    async with AsyncClient(transport=ASGITransport(app=site_app(host, Accounts())), base_url="http://site") as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["checks"]["b"]["because"]) == (503, "NeedsTheOperator")
        waiting.clear()
        assert (await client.get("/health/ready")).status_code == 200
    await host.stop()


async def test_the_row_says_which_topics_are_taken_raw() -> None:
    async def take(_records: object) -> None:
        raise AssertionError

    hosted = Hosted(row("hub", hears=("city.stream.v1",)), SITE, Around(), "p")
    hosted.build(lambda _: Service("hub", takes=take), None, Around())  # type: ignore[arg-type]
    ears = Unheard()
    hosted.listen(ears)  # type: ignore[arg-type]
    assert ears.groups == {"511500-hub": ["city.stream.v1"]}
    await hosted.stop()
