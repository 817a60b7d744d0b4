"""The link, running: woken by every commit, everything sent up with checkpoints, a last one when it stops; what its role may read."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.database import prepare, service_url
from libs.embedded import create_topics
from libs.eventlog import Consequence, Intent, New
from libs.host import Around, Node, Service, Site
from libs.testkit.house import House, open_house
from libs.wire import CHECKPOINT_TYPE, parse_checkpoint, public_of, signed_by
from services.link import app

pytestmark = pytest.mark.server
KEY = Ed25519PrivateKey.generate()
NODE = "511525"
SITE = Site(NODE, (Node(NODE, "高县政务服务中心", "511500"),))
AT = datetime(2026, 11, 23, tzinfo=UTC)


def said(subject: str) -> Intent:
    """An intent that says one thing of `subject`."""
    consequence = Consequence([New("liandong.example.Said.v1", b"{}", AT)])
    return Intent(subject=subject, decide=lambda _stream: consequence, actor="C0117")


@asynccontextmanager
async def running(database: str, bootstrap: str) -> AsyncIterator[tuple[House, House]]:
    """A service that only has a log, and the link beside it in the same process."""
    around = Around(bootstrap=bootstrap, signing_key=lambda: KEY, published=("intake",))
    async with (
        open_house(lambda _context: Service("intake"), database, name="intake", site=SITE) as intake,
        open_house(app.build, database, name="link", site=SITE, around=around) as link,
    ):
        link.stands_beside(intake)
        yield intake, link


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


async def test_every_commit_goes_up_and_a_last_checkpoint_when_the_link_stops(
    database: str, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = f"city-{uuid.uuid4().hex[:8]}"
    await create_topics(kafka_bootstrap, {topic: (1, {})})
    monkeypatch.setattr(app, "CITY_STREAM", topic)
    monkeypatch.setattr("libs.bus.relay.POLL_SECONDS", 3600.0)  # only being woken can send anything up
    async with running(database, kafka_bootstrap) as (intake, link):
        async with link.tasks():
            await arrived(kafka_bootstrap, topic, lambda found: len(found) == 1)
            done = await intake.logs.of(NODE).append(said("case:1"))
            up = await arrived(kafka_bootstrap, topic, lambda found: len(found) == 3)
            assert [checkpoint.feeds for checkpoint in checkpoints(up)] == [(), (done.position,)]
        up = await arrived(kafka_bootstrap, topic, lambda found: len(found) >= 4)
    said_last = checkpoints(up)  # stopped before the broker's word came, it sends the event and its checkpoint again before its last words
    assert (said_last[-1].node, said_last[-1].feeds) == (NODE, (done.position,))
    assert [checkpoint.counter for checkpoint in said_last] == list(range(1, len(said_last) + 1))
    assert len(said_last) >= 3


async def test_a_link_without_a_key_does_not_start(database: str) -> None:
    with pytest.raises(LookupError, match="私钥"):
        async with open_house(app.build, database, name="link"):
            pass


async def test_a_counter_of_a_node_is_leased_once_whatever_process_asks(database: str) -> None:
    leased = []
    for process in ("p1", "p2"):
        around = Around(signing_key=lambda: KEY)
        async with open_house(app.build, database, name="link", process=process, around=around) as link:
            leased += [await app.lease(link.pool, node, 1000) for node in (NODE, NODE, "511525100")]
    assert leased == [1000, 2000, 1000, 3000, 4000, 2000]


async def test_the_link_may_read_the_logs_and_nothing_more(database: str) -> None:
    await prepare(database, "intake")
    await prepare(database, "link")
    connection = await asyncpg.connect(service_url(database, "link"))
    assert await connection.fetch("select * from intake.event") == []
    for statement in ("insert into intake.head values ('x', 1, 1, 0, '')", "select * from intake.claim", "select * from intake.cursor"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()
