"""A process killed inside its append, between commit and reply, and at any moment: what was acknowledged is there once, and so is what is repeated."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from libs.database import open_pool, prepare
from libs.eventlog import PgLogs, verify
from tests.chaos.victim import NODE, act

ROOT = Path(__file__).parents[2]
SEED = 20261123


async def kill_one(url: str, at: str, first: int, last: int, seconds: float | None = None) -> set[int]:
    """Lets a process append until it kills itself, or for so many seconds: the commands it got an answer for."""
    command = [sys.executable, "-m", "tests.chaos.victim", "append", url, at, str(first), str(last)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = [await process.stdout.readline()]  # it works: its first answer, or its end
    if seconds is not None:
        await asyncio.sleep(seconds)
        process.kill()
    rest = await process.stdout.read()
    await process.wait()
    return {int(line) for line in [*said, *rest.splitlines(keepends=True)] if line.endswith(b"\n")}


async def repeated(url: str, many: int) -> Counter[str]:
    """Repeats every command by its key, checks the chain, and counts the events of each key."""
    pool = await open_pool(url, "intake")
    logs = PgLogs(pool, "intake", [NODE])
    await logs.open()
    await asyncio.gather(*(logs.of(NODE).append(act(n)) for n in range(many)))
    checked = await verify(logs.of(NODE))
    assert (checked.fault, checked.events) == (None, many)
    events = [event for page in range(0, many, 1000) for event in await logs.of(NODE).feed(page, 1000)]
    await pool.close()
    assert [event.sequence for event in events] == list(range(1, many + 1))
    return Counter(event.data.decode() for event in events)


@pytest.mark.parametrize(("at", "written"), [("deciding", False), ("answering", True)])
async def test_a_process_killed_in_its_append_leaves_all_of_a_batch_or_nothing(database: str, at: str, written: bool) -> None:
    url = await prepare(database, "intake")
    assert await kill_one(url, at, 0, 40) == set(), "nobody was answered"
    pool = await open_pool(url, "intake")
    assert bool(await pool.fetchval("select count(*) from event")) is written
    await pool.close()
    assert set((await repeated(url, 40)).values()) == {1}


async def killed_again_and_again(database: str, seed: int, kills: int) -> None:
    chance, url = random.Random(seed), await prepare(database, "intake")
    moments = [chance.uniform(0.0, 0.4) for _ in range(kills)]
    print(f"seed {seed}: killed after", ", ".join(f"{seconds:.2f} s" for seconds in moments))
    acknowledged: set[int] = set()
    first = 0
    for seconds in moments:
        acknowledged |= await kill_one(url, "", first, first + 100_000, seconds)
        first = max(acknowledged) + 1
    pool = await open_pool(url, "intake")
    keys = {int(row["key"].rpartition("-")[2]) for row in await pool.fetch("select key from claim where key like 'key-%'")}
    await pool.close()
    assert acknowledged <= keys, "what was acknowledged is there"
    assert set((await repeated(url, max(keys) + 1)).values()) == {1}


async def test_a_process_killed_at_any_moment_loses_and_doubles_nothing(database: str) -> None:
    await killed_again_and_again(database, SEED, kills=3)


@pytest.mark.slow
async def test_a_process_killed_fifty_times_loses_and_doubles_nothing(database: str) -> None:
    await killed_again_and_again(database, SEED + 1, kills=50)
