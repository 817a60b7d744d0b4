"""A bad night: the servers of a site go and come back. It waits, says so once, and goes on by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from structlog.testing import capture_logs

from libs.bus import Hears, Reader
from libs.contracts import Row
from libs.database import Connection, prepare, service_url
from libs.embedded import Kafka, Postgres, create_topics, free_port
from libs.eventlog import Consequence, Intent, New
from libs.host import Around, Build, Context, NeedsTheOperator, Node, Service, Site, SiteHost, run_site
from libs.host import process as around_site
from libs.host.running import imported
from libs.views import View
from libs.web import Accounts

pytestmark = pytest.mark.server
NODE = "511500"
SITE = Site(NODE, (Node(NODE, "宜宾市政务服务中心", ""),))
SAID = "liandong.intake.Said.v1"
ROWS = (Row("intake", "site", ("intake",), (), "own"), Row("deadline", "site", (), ("intake",), "own"))
UNSYNCED = {"fsync": "off"}
"""What was committed outlives the server, not the machine."""
NIGHT = 60.0
"""Seconds, far more than is meant: this is no timed test."""


class Said:
    """A fact as its hearer reads it."""


class Services:
    """A service that says things and shows them, and one that hears them."""

    def __init__(self) -> None:
        self.contexts: dict[str, Context] = {}
        self.heard = 0

    def build(self, name: str) -> Build:
        return {"intake": self._intake, "deadline": self._deadline}[name]

    def _intake(self, context: Context) -> Service:
        self.contexts["intake"] = context

        async def apply(connection: Connection, events: Any) -> None:
            await connection.execute("select 1")

        return Service("intake", views=(View("said", apply, frozenset({SAID})),))

    def _deadline(self, context: Context) -> Service:
        self.contexts["deadline"] = context

        async def apply(_connection: Connection, events: Any) -> list[Any]:
            self.heard += len(events)
            return []

        return Service("deadline", hears=(Hears("said", Reader({SAID: dict}), apply),))

    async def say(self) -> None:
        """Says one thing, and waits until it is shown."""
        consequence = Consequence([New(SAID, b"{}", datetime(2026, 11, 23, tzinfo=UTC))])
        intent = Intent(subject=f"case:{uuid.uuid4()}", decide=lambda _stream: consequence, actor="C0117")
        done = await self.contexts["intake"].logs.of(NODE).append(intent)
        assert await self.contexts["intake"].current("said", done.position, NIGHT)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    """Stands in for the services that a row is imported as."""
    found = Services()

    class Hosting(SiteHost):
        async def build(self, databases: Mapping[str, str], build: Callable[[str], Build] = imported) -> None:
            await super().build(databases, found.build)

    monkeypatch.setattr(around_site, "SiteHost", Hosting)
    return found


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A server that may be killed."""
    server = Postgres(tmp_path / "postgres", options=UNSYNCED)
    server.start()
    yield server
    server.erase()


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A broker that may be killed."""
    server = Kafka(tmp_path / "kafka")
    server.start()
    yield server
    server.erase()


def start(server: Postgres | Kafka) -> None:
    """Starts it again on its port and data; the site of this process stands still meanwhile."""
    server.stop()
    server.start()


def kill(server: Postgres | Kafka) -> None:
    """`kill -9`."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)


class Running:
    """A site that runs."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def ready(self, state: str) -> dict[str, Any]:
        """Waits until readiness says so; health itself always answers."""
        async with asyncio.timeout(NIGHT):
            while True:
                try:
                    assert (await self.client.get("/health/live")).status_code == 200
                    found = (await self.client.get("/health/ready")).json()
                    if found["state"] == state:
                        return {name: check["because"] for name, check in found["checks"].items() if check["because"]}
                except httpx2.ConnectError:
                    pass
                await asyncio.sleep(0.05)


@asynccontextmanager
async def running(databases: Mapping[str, str], bootstrap: str) -> AsyncIterator[Running]:
    port = free_port()
    around = Around(bootstrap=bootstrap, address=f"http://127.0.0.1:{port}", token="t")
    process = asyncio.create_task(run_site(SITE, ROWS, databases, around, Accounts(), host="127.0.0.1", port=port))
    try:
        async with httpx2.AsyncClient(base_url=around.address, timeout=30) as client:
            yield Running(client)
    finally:
        if not process.done():
            os.kill(os.getpid(), signal.SIGTERM)
        await process


def told(logged: list[Any], server: str) -> list[str]:
    """What the log has of a server's going and coming."""
    return [line["event"] for line in logged if line.get("server") == server]


def complaints(logged: list[Any]) -> list[Any]:
    """All other warnings and errors."""
    return [line for line in logged if line["log_level"] in {"warning", "error"} and line["event"] != "host.server_away"]


async def prepared(postgres: Postgres) -> dict[str, str]:
    return {name: await prepare(postgres.url(), name) for name in ("intake", "deadline")}


async def test_a_site_that_starts_while_its_database_is_away_waits_and_comes_by_itself(
    postgres: Postgres, kafka: Kafka, services: Services
) -> None:
    databases = await prepared(postgres)
    await create_topics(kafka.bootstrap, {f"{NODE}.intake.v1": (1, {})})
    kill(postgres)
    with capture_logs() as logged:
        async with running(databases, kafka.bootstrap) as site:
            because = await site.ready("down")
            assert because["intake"] == "opening"
            answer = await site.client.get("/site/status")
            assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "database-away", "2")
            start(postgres)
            await site.ready("up")
            await services.say()
    assert told(logged, "PostgreSQL") == ["host.server_away", "host.server_back"]


async def test_a_site_that_starts_while_its_broker_is_away_serves_and_hears_by_itself_later(
    postgres: Postgres, kafka: Kafka, services: Services
) -> None:
    databases = await prepared(postgres)
    await create_topics(kafka.bootstrap, {f"{NODE}.intake.v1": (1, {})})
    kill(kafka)
    with capture_logs() as logged:
        async with running(databases, kafka.bootstrap) as site:
            because = await site.ready("down")
            async with asyncio.timeout(NIGHT):
                while "away: Kafka" not in because.values():
                    because = await site.ready("down")
            await services.say()
            start(kafka)
            await site.ready("up")
            await hears(services, 1)
    assert told(logged, "Kafka") == ["host.server_away", "host.server_back"]


async def test_what_is_killed_while_the_site_runs_is_missed_once_and_everything_goes_on(
    postgres: Postgres, kafka: Kafka, services: Services
) -> None:
    databases = await prepared(postgres)
    await create_topics(kafka.bootstrap, {f"{NODE}.intake.v1": (1, {})})
    with capture_logs() as logged:
        async with running(databases, kafka.bootstrap) as site:
            await site.ready("up")
            await services.say()
            await hears(services, 1)
            for server in (postgres, kafka):
                kill(server)
                await site.ready("down")
                start(server)
                await site.ready("up")
                before = services.heard
                await services.say()
                await hears(services, before + 1)
    for name in ("PostgreSQL", "Kafka"):
        assert told(logged, name) == ["host.server_away", "host.server_back"]
    assert [line["event"] for line in complaints(logged)] == [], "nobody says it once more"


async def hears(services: Services, many: int) -> None:
    async with asyncio.timeout(NIGHT):
        while services.heard < many:  # noqa: ASYNC110 (as the site hears, from outside)
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        (lambda url: url.replace(":", ":x", 2).replace(":x//", "://"), "口令"),
        (lambda url: url + "x", "没有这个数据库"),
        (lambda url: url, "先运行 liandong migrate"),
    ],
    ids=["password", "database", "tables"],
)
async def test_what_waiting_does_not_mend_is_one_sentence(
    postgres: Postgres, services: Services, wrong: Callable[[str], str], because: str
) -> None:
    owner = postgres.url()
    await prepare(owner, "intake")
    if because.startswith("先"):
        connection = await asyncpg.connect(owner)
        await connection.execute("drop schema intake cascade")
        await connection.close()
    url = wrong(service_url(owner, "intake"))
    with pytest.raises(NeedsTheOperator, match=because):
        await run_site(SITE, ROWS[:1], {"intake": url}, Around(address="http://site"), Accounts(), host="127.0.0.1", port=0)


async def test_a_port_that_is_taken_is_one_sentence(services: Services) -> None:
    taken = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    with pytest.raises(NeedsTheOperator, match=f"端口 127.0.0.1:{port} 不能用"):
        await run_site(SITE, (), {}, Around(address="http://site"), Accounts(), host="127.0.0.1", port=port)
    taken.close()
    await taken.wait_closed()
