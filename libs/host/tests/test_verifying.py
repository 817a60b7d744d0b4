"""What was sent and signed has to be there: a log that was cut or written anew behind that is named, however well its own chain fits."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from httpx2 import ASGITransport, AsyncClient

from libs.authority import Post, posted
from libs.contracts import Row
from libs.database import prepare
from libs.eventlog import Consequence, Intent, New
from libs.host import Around, Node, Service, Site, SiteHost, site_app
from libs.host.tests.told import opened
from libs.web import Accounts
from libs.wire import Position

pytestmark = pytest.mark.server
NODE = "511525"
SITE = Site(NODE, (Node(NODE, "高县政务服务中心", "511500"),))
ROWS = (Row("link", "site", (), (), "logs"), Row("intake", "site", ("intake",), (), "own"))


@asynccontextmanager
async def county(database: str) -> AsyncIterator[tuple[SiteHost, AsyncClient]]:
    host = SiteHost(SITE, ROWS, Around(address="http://site", token="t"))
    await opened(host, {name: await prepare(database, name) for name in ("intake", "link")}, lambda name: lambda _: Service(name))
    accounts = Accounts()
    _, token = accounts.issue("O0001", posted([Post.OPERATOR], [NODE]), "运行维护")
    headers = {"Authorization": f"Bearer {token}"}
    async with AsyncClient(transport=ASGITransport(app=site_app(host, accounts)), base_url="http://site", headers=headers) as client:
        yield host, client
    await host.stop()


async def say(host: SiteHost, many: int) -> Position:
    logs = host.services["intake"].logs
    assert logs is not None
    consequence = Consequence([New("liandong.intake.Said.v1", b"{}", datetime(2026, 11, 23, tzinfo=UTC))])
    for _ in range(many):
        intent = Intent(subject=f"case:{uuid.uuid4()}", decide=lambda _stream: consequence, actor="C0117")
        done = await logs.of(NODE).append(intent)
    return done.position


async def sent(host: SiteHost, target: str, service: str, at: Position) -> None:
    """As the relay keeps it behind the broker's acknowledgement."""
    await host.services[service].pool.execute(
        "insert into relay (target, source, epoch, sequence, hash) values ($1, $2, $3, $4, $5)",
        target,
        at.source,
        at.epoch,
        at.sequence,
        at.hash,
    )


async def cut(database: str, last: Position) -> None:
    """Takes away what stands behind `last`, as somebody with every right would: the head says so too, and the chain fits."""
    owner = await asyncpg.connect(database)
    await owner.execute("alter table intake.event disable trigger all")
    await owner.execute("delete from intake.event where sequence > $1", last.sequence)
    await owner.execute("update intake.head set sequence = $1, hash = $2", last.sequence, last.hash)
    await owner.close()


async def verified(client: AsyncClient) -> dict[str, Any]:
    answer = await client.get("/site/verify")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_what_was_sent_and_is_there_is_well(database: str) -> None:
    async with county(database) as (host, client):
        await sent(host, "city.stream.v1", "link", await say(host, 3))
        await say(host, 1)
        assert (await verified(client))["verified"] is True


@pytest.mark.parametrize(("service", "target"), [("link", "city.stream.v1"), ("intake", f"{NODE}.intake.v1")])
async def test_a_tail_that_was_cut_behind_what_was_sent_is_named(database: str, service: str, target: str) -> None:
    async with county(database) as (host, client):
        kept = await say(host, 2)
        last = await say(host, 2)
        await sent(host, target, service, last)
        await cut(database, kept)
        found = await verified(client)
        assert found["verified"] is False
        bad = [row for row in found["origins"] if row["fault"]]
        assert [(row["source"], row["epoch"], row["sequence"]) for row in bad] == [(last.source, 1, 4)]
        assert bad[0]["fault"] == f"已发往 {target} 的第 4 号不在日志里：日志在发出之后被截短"


async def test_a_tail_that_was_written_anew_behind_what_was_sent_is_named(database: str) -> None:
    async with county(database) as (host, client):
        kept = await say(host, 2)
        last = await say(host, 2)
        await sent(host, "city.stream.v1", "link", last)
        await cut(database, kept)
        await say(host, 3)
        found = await verified(client)
        bad = [row for row in found["origins"] if row["fault"]]
        assert [(row["source"], row["sequence"]) for row in bad] == [(last.source, 4)]
        assert bad[0]["fault"] == "第 4 号不是已发往 city.stream.v1 的那一个：日志在发出之后被改写"
