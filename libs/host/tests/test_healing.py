"""One refused connection does not end the healing of a gap, and while a node's facts are not heard readiness is not green."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn

from libs.authority import Post, posted
from libs.bus import Hears, Reader
from libs.contracts import Row
from libs.database import Connection, prepare
from libs.eventlog import Consequence, Intent, New
from libs.host import Around, Build, Context, Service, SiteHost, site_app
from libs.host.process import Answering
from libs.host.tests.told import SITE, opened
from libs.telemetry import NotReady
from libs.web import Accounts

pytestmark = pytest.mark.server
SAID = "liandong.intake.Said.v1"
ROWS = (Row("intake", "site", ("intake",), (), "own"), Row("deadline", "site", (), ("intake",), "own"))
PATIENCE = 60.0


def services(heard: list[str]) -> Any:
    """A service that says things, and one that hears them."""

    async def apply(_connection: Connection, events: Any) -> list[Any]:
        heard.extend(event.subject for event in events)
        return []

    def build(name: str) -> Build:
        def made(_context: Context) -> Service:
            return Service(name, hears=(Hears("said", Reader({SAID: dict}), apply),) if name == "deadline" else ())

        return made

    return build


def said(subject: str) -> Intent:
    consequence = Consequence([New(SAID, b"{}", datetime(2026, 11, 23, tzinfo=UTC))])
    return Intent(subject=subject, decide=lambda _stream: consequence, actor="C0117")


async def not_ready(host: SiteHost) -> str:
    try:
        await host.services["deadline"].ready()
    except NotReady as no:
        return str(no)
    return ""


async def test_a_gap_that_cannot_be_healed_is_named_and_healed_when_it_can(database: str) -> None:
    place, accounts, heard = socket.socket(), Accounts(), list[str]()
    place.bind(("127.0.0.1", 0))  # taken from now on, so that nobody else listens there, and refusing until it is served
    port = place.getsockname()[1]
    _, token = accounts.issue("system:site", posted([Post.SITE], [SITE.code]), "本部署服务")
    host = SiteHost(SITE, ROWS, Around(address=f"http://127.0.0.1:{port}", token=token))
    await opened(host, {name: await prepare(database, name) for name in ("intake", "deadline")}, services(heard))
    intake, deadline = host.services["intake"], host.services["deadline"]
    assert intake.logs is not None
    events = [event for n in range(3) for event in (await intake.logs.of(SITE.code).append(said(f"case:{n}"))).events]
    deadline.start()
    await deadline.inboxes[0].hear(events[2:])
    async with asyncio.timeout(PATIENCE):
        while deadline.loops.failed.get("heal said", 0) < 3:
            await asyncio.sleep(0.02)
            assert heard == []
    assert await not_ready(host) == "loops: heal said"
    server = Answering(uvicorn.Config(site_app(host, accounts), log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve([place]))
    async with asyncio.timeout(PATIENCE):
        while len(heard) < 3 or await not_ready(host):  # noqa: ASYNC110 (readiness is asked, as from outside)
            await asyncio.sleep(0.05)
    assert heard == ["case:0", "case:1", "case:2"]
    server.end()
    await serving
    await host.stop()
