"""The process around a site: told to stop, it answers what it was asked, stops its services in order, and only then ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from libs.authority import Post, posted
from libs.embedded import free_port
from libs.host import Around, Build, Service, SiteHost, run_site
from libs.host import process as around_site
from libs.host.process import Answering, listening, served
from libs.host.running import imported
from libs.host.tests.told import SITE, Told, row
from libs.web import Accounts


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Stands in for the services that a row is imported as."""
    services = Told()

    class Hosting(SiteHost):
        async def build(self, databases: Mapping[str, str], build: Callable[[str], Build] = imported) -> None:
            await super().build(databases, services.build if build is imported else build)

    monkeypatch.setattr(around_site, "SiteHost", Hosting)
    return services


async def answers(port: int) -> None:
    """Waits until the site answers."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, asyncio.timeout(30):
        while True:
            try:
                assert (await client.get("/health/live")).status_code == 200
                return
            except httpx2.TransportError:
                await asyncio.sleep(0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_that_is_told_to_stop_stops_its_services_first(told: Told, number: signal.Signals) -> None:
    port, accounts = free_port(), Accounts()
    running = run_site(SITE, [row("a")], {}, Around(address="http://site"), accounts, host="127.0.0.1", port=port)
    process = asyncio.create_task(running)
    await answers(port)
    assert told.lines == ["a open", "a runs"]
    accounts.issue("C0117", posted([Post.CLERK], [SITE.code]), "窗口受理")
    assert told.contexts["a"].around.granted("C0117") is not None, "the accounts that open the door are asked, as they are now"
    os.kill(os.getpid(), number)
    await process
    assert told.lines[2:] == ["a ends", "a close"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, "whoever comes after is as free as before"


async def test_a_start_is_given_up_when_the_process_is_told_to_stop(told: Told) -> None:
    told.waits["b"] = waiting = asyncio.Event()
    running = run_site(SITE, [row("a"), row("b"), row("c")], {}, Around(address="http://site"), Accounts(), host="127.0.0.1", port=0)
    process = asyncio.create_task(running)
    await waiting.wait()
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
    await process
    assert told.lines == ["a open", "b open", "a close", "b close", "c close"]


async def test_a_start_that_fails_is_told_and_what_was_opened_is_closed(told: Told) -> None:
    told.fails["b"] = "open"
    with pytest.raises(RuntimeError, match="b does not open"):
        await run_site(SITE, [row("a"), row("b")], {}, Around(address="http://site"), Accounts(), host="127.0.0.1", port=0)
    assert told.lines == ["a open", "b open", "a close", "b close"]


async def test_a_start_that_does_not_hear_the_signal_is_left_behind(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def deaf() -> None:
        begun.set()
        while not over.is_set():
            with suppress(asyncio.CancelledError):
                await over.wait()

    monkeypatch.setattr(around_site, "START_SECONDS", 0.05)
    monkeypatch.setattr(told, "build", lambda name: lambda _context: Service(name, opening=(deaf,)))
    running = run_site(SITE, [row("a")], {}, Around(address="http://site"), Accounts(), host="127.0.0.1", port=0)
    process = asyncio.create_task(running)
    await begun.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    _, waiting = await asyncio.wait([process], timeout=10)
    over.set()
    assert not waiting, "the process waits for the start it gave up"


DEAF = """
import asyncio, sys
from contextlib import suppress
from libs.host import Around, Service, loops, process, running
from libs.host.tests.told import SITE, row
from libs.web import Accounts

async def deaf():
    print("runs", flush=True)
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.get_running_loop().create_future()

loops.LAST_SECONDS = running.LAST_SECONDS = 0.1
running.END_SECONDS = 0.1
running.imported = lambda name: lambda _context: Service(name, tasks=(deaf,))
running.SiteHost.build.__defaults__ = (running.imported,)
site = process.run_site(SITE, [row("a")], {}, Around(address="http://site"), Accounts(), host="127.0.0.1", port=int(sys.argv[1]))
process.run_process(site)
print("ended", flush=True)
"""


def test_a_loop_that_does_not_end_does_not_keep_the_process_from_ending_but_shows_in_its_exit_code() -> None:
    command = [sys.executable, "-c", DEAF, str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "runs\n"
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == around_site.LEFT
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("proxies", "heard"), [((), "127.0.0.1 http"), (("127.0.0.1/32",), "203.0.113.9 https"), (("10.0.0.0/8",), "127.0.0.1 http")]
)
async def test_nobody_but_a_proxy_that_is_known_says_for_whom_it_asks(proxies: tuple[str, ...], heard: str) -> None:
    async def who(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{scope['client'][0]} {scope['scheme']}")(scope, receive, send)

    with listening("127.0.0.1", 0) as door:
        server = Answering(served(who, proxies))
        answering = asyncio.create_task(server.serve(sockets=[door]))
        said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        async with httpx2.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{door.getsockname()[1]}/", headers=said)
        server.end()
        await answering
    assert answer.text == heard
