"""The link as a site runs it: woken by every commit, everything sent up with checkpoints, the last one when the site stops."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.contracts import Row, roster
from libs.database import prepare
from libs.embedded import create_topics
from libs.eventlog import Consequence, Intent, New
from libs.host import Around, Build, Node, Service, Site, SiteHost, imported
from libs.wire import CHECKPOINT_TYPE, parse_checkpoint, public_of, signed_by
from services.link import app

pytestmark = pytest.mark.server
KEY = Ed25519PrivateKey.generate()
NODE = "511525"
SITE = Site(NODE, (Node(NODE, "高县政务服务中心", "511500"),))
AT = datetime(2026, 11, 23, tzinfo=UTC)
LINK = next(row for row in roster() if row.name == "link")
INTAKE = Row("intake", "site", ("intake",), (), "own")


def said(subject: str) -> Intent:
    """An intent that says one thing of `subject`."""
    consequence = Consequence([New("liandong.intake.Said.v1", b"{}", AT)])
    return Intent(subject=subject, decide=lambda _stream: consequence, actor="C0117")


def build(name: str) -> Build:
    """The link as it is; a service beside it that only has a log."""
    return imported(name) if name == "link" else lambda _context: Service(name)


@asynccontextmanager
async def running(database: str, bootstrap: str) -> AsyncIterator[SiteHost]:
    """A site of a link and one service, in the roster's order."""
    urls = {row.name: await prepare(database, row.name) for row in (LINK, INTAKE)}
    host = SiteHost(SITE, (LINK, INTAKE), Around(bootstrap=bootstrap, address="http://site", signing_key=lambda: KEY))
    try:
        await host.open(urls, build)
        await host.start()
        yield host
    finally:
        await host.stop()


async def arrived(bootstrap: str, topic: str, enough: Any) -> list[Any]:
    """What was sent up, as soon as there is enough of it."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    found: list[Any] = []
    try:
        async with asyncio.timeout(60):
            while not enough(found):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found.extend(records)
    finally:
        await consumer.stop()
    return found


def checkpoints(records: Sequence[Any]) -> list[Any]:
    """The checkpoints among them, their signatures verified."""
    found = [record for record in records if dict(record.headers)["ce_type"] == CHECKPOINT_TYPE.encode()]
    for record in found:
        assert signed_by(public_of(KEY)[1], record.value, dict(record.headers)["ce_signature"].decode())
    return [parse_checkpoint(record.value) for record in found]


async def test_every_commit_goes_up_and_the_last_checkpoint_when_the_site_stops(
    database: str, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = f"city-{uuid.uuid4().hex[:8]}"
    await create_topics(kafka_bootstrap, {topic: (1, {}), f"{NODE}.intake.v1": (1, {})})
    monkeypatch.setattr(app, "CITY_STREAM", topic)
    monkeypatch.setattr("libs.bus.relay.POLL_SECONDS", 3600.0)  # only being woken can send anything up
    async with running(database, kafka_bootstrap) as host:
        await arrived(kafka_bootstrap, topic, lambda found: len(found) == 1)
        logs = host.services["intake"].logs
        assert logs is not None
        done = await logs.of(NODE).append(said("case:1"))
        up = await arrived(kafka_bootstrap, topic, lambda found: len(found) == 3)
        assert [checkpoint.feeds for checkpoint in checkpoints(up)] == [(), (done.position,)]
    up = await arrived(kafka_bootstrap, topic, lambda found: len(found) == 4)
    last = checkpoints(up)[-1]
    assert (last.node, last.feeds, last.counter) == (NODE, (done.position,), 3), "said at the stop, after the service had stopped"


async def test_a_link_without_a_key_does_not_start(database: str) -> None:
    host = SiteHost(SITE, (replace(LINK),), Around(address="http://site"))
    with pytest.raises(LookupError, match="signing key"):
        await host.open({"link": await prepare(database, "link")})
    await host.stop()
