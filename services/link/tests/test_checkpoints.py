"""A node's signed word: what was sent, a counter that never comes again."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.database import open_pool, prepare, service_url
from libs.wire import Position, parse_checkpoint, public_of, signed_by
from services.link.app.checkpoints import LEASE, Checkpoints

pytestmark = pytest.mark.server
KEY = Ed25519PrivateKey.generate()
NODES = ["511525", "511525100"]


def at(node: str, service: str, sequence: int) -> Position:
    return Position(f"urn:liandong:{node}:{service}", 1, sequence, "sha256:" + f"{sequence:064x}")


def now() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


async def test_a_checkpoint_lists_everything_its_node_has_sent_and_is_signed(database: str) -> None:
    pool = await open_pool(await prepare(database, "link"), "link")
    seal = Checkpoints(pool, NODES, KEY, now)
    await seal.begin([at("511525", "intake", 5), at("511525100", "intake", 3)])
    ((key, value, headers),) = await seal.records([at("511525", "deadline", 2), at("511525", "intake", 9)])
    found = parse_checkpoint(value)
    assert (key, found.node, found.time) == (b"511525", "511525", now())
    assert found.feeds == (at("511525", "deadline", 2), at("511525", "intake", 9))
    assert signed_by(public_of(KEY)[1], value, dict(headers)["ce_signature"].decode())
    assert [parse_checkpoint(value).node for _, value, _ in await seal.idle()] == NODES
    await pool.close()


async def test_a_used_counter_never_comes_again_whatever_process_asks(database: str) -> None:
    pool = await open_pool(await prepare(database, "link"), "link")
    counters = []
    for _ in range(3):
        seal = Checkpoints(pool, ["511525"], KEY, now)
        await seal.begin([])
        for _ in range(LEASE + 5):
            ((_, value, _),) = await seal.idle()
            counters.append(parse_checkpoint(value).counter)
    assert counters == sorted(set(counters)), "strictly growing"
    await pool.close()


async def test_the_link_may_read_the_logs_and_nothing_more(database: str) -> None:
    await prepare(database, "intake")
    await prepare(database, "link")
    connection = await asyncpg.connect(service_url(database, "link"))
    assert await connection.fetch("select * from intake.event") == []
    for statement in ("insert into intake.head values ('x', 1, 1, 0, '')", "select * from intake.claim", "select * from intake.cursor"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()
