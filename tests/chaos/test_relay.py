"""A relay killed before and after the broker's acknowledgement, killed at any moment, frozen while another takes over: the topic has every event, in order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import uuid
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from libs.database import open_pool, prepare
from libs.embedded import create_topics
from libs.eventlog import PgLogs
from libs.wire import Position, Recorded, broken, from_headers
from tests.chaos.replaying import on_topic
from tests.chaos.victim import NODE, act

ROOT = Path(__file__).parents[2]
SEED = 20261124
PATIENCE = 60.0


class Way:
    """A log, a topic, and relays between them that are processes of their own."""

    def __init__(self, owner: str, url: str, logs: PgLogs, topic: str, bootstrap: str) -> None:
        self.owner, self.url, self.logs, self.topic, self.bootstrap = owner, url, logs, topic, bootstrap
        self.count = 0

    @classmethod
    async def made(cls, database: str, bootstrap: str) -> Way:
        url, topic = await prepare(database, "intake"), f"chaos-{uuid.uuid4().hex[:8]}"
        await create_topics(bootstrap, {topic: (1, {})})
        logs = PgLogs(await open_pool(url, "intake"), "intake", [NODE])
        await logs.open()
        return cls(database, url, logs, topic, bootstrap)

    async def append(self, many: int) -> None:
        await asyncio.gather(*(self.logs.of(NODE).append(act(n)) for n in range(self.count, self.count + many)))
        self.count += many

    async def relay(self, at: str = "") -> Process:
        command = [sys.executable, "-m", "tests.chaos.victim", "relay", self.url, at, self.topic, self.bootstrap]
        return await asyncio.create_subprocess_exec(*command, cwd=ROOT)

    async def saved(self) -> int:
        """The position that the relay has saved."""
        return await self.logs.pool.fetchval("select sequence from relay where target = $1", self.topic) or 0

    async def sent(self) -> None:
        """Until the relay has sent and saved everything."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if await self.saved() == self.count:
                    return
                await asyncio.sleep(0.05)

    async def arrived(self) -> list[Recorded]:
        """Everything on the topic, in its order."""
        return [from_headers(record.headers, record.value) for record in await on_topic(self.bootstrap, self.topic)]

    async def check(self) -> list[Recorded]:
        """Whoever drops what came before hears every event once, in order, on a sound chain. All that arrived, repeats included."""
        events, before = await self.arrived(), None
        for event in events:
            if before is not None and event.sequence <= before.sequence:
                continue
            assert broken(event, before) is None
            before = Position(event.source, event.epoch, event.sequence, event.hash)
        assert before is not None
        assert before.sequence == self.count
        return events


async def ended(process: Process, how: signal.Signals = signal.SIGKILL) -> None:
    if process.returncode is None:
        process.send_signal(how)
    async with asyncio.timeout(PATIENCE):
        await process.wait()


@pytest.mark.parametrize(("at", "arrives"), [("sending", False), ("acknowledged", True)])
async def test_a_relay_killed_around_the_acknowledgement_sends_everything_again(
    database: str, kafka_bootstrap: str, at: str, arrives: bool
) -> None:
    way = await Way.made(database, kafka_bootstrap)
    await way.append(50)
    dying = await way.relay(at)
    async with asyncio.timeout(PATIENCE):
        assert await dying.wait() == -signal.SIGKILL
    assert await way.saved() == 0
    assert bool(await way.arrived()) is arrives
    relay = await way.relay()
    await way.sent()
    await ended(relay)
    await way.check()
    await way.logs.pool.close()


async def killed_again_and_again(database: str, bootstrap: str, moments: Sequence[float]) -> None:
    way = await Way.made(database, bootstrap)
    for seconds in moments:
        relay = await way.relay()
        until = asyncio.get_running_loop().time() + 1.0 + seconds
        while asyncio.get_running_loop().time() < until:
            await way.append(10)
            await asyncio.sleep(0.01)
        await ended(relay)
    relay = await way.relay()
    await way.sent()
    await ended(relay)
    await way.check()
    await way.logs.pool.close()


def moments(seed: int, kills: int) -> list[float]:
    chance = random.Random(seed)
    found = [chance.uniform(0.0, 1.0) for _ in range(kills)]
    print(f"seed {seed}: killed after", ", ".join(f"{seconds:.2f} s" for seconds in found))
    return found


async def test_a_relay_killed_at_any_moment_loses_nothing(database: str, kafka_bootstrap: str) -> None:
    await killed_again_and_again(database, kafka_bootstrap, moments(SEED, 3))


@pytest.mark.slow
async def test_a_relay_killed_fifty_times_loses_nothing(database: str, kafka_bootstrap: str) -> None:
    await killed_again_and_again(database, kafka_bootstrap, moments(SEED + 1, 50))


async def test_a_relay_that_was_frozen_and_comes_back_after_another_took_over_breaks_no_order(database: str, kafka_bootstrap: str) -> None:
    way = await Way.made(database, kafka_bootstrap)
    await way.append(20)
    frozen = await way.relay()
    await way.sent()
    os.kill(frozen.pid, signal.SIGSTOP)
    await way.append(20)
    other = await way.relay()
    owner = await asyncpg.connect(way.owner)  # as the server does it when it finds the line dead
    held = (
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid() "
        "and database = (select oid from pg_database where datname = current_database())"
    )
    assert await owner.fetch(held)
    await owner.close()
    await way.sent()
    os.kill(frozen.pid, signal.SIGCONT)
    await way.append(20)
    await way.sent()
    await ended(other)
    await way.append(20)
    await way.sent()
    await ended(frozen)
    await way.check()
    await way.logs.pool.close()
