"""Append: against pyeventsourcing, plain inserts, COPY, and itself in two processes."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import asyncpg
import msgspec
import uvloop
from uuid_utils import uuid7

from libs.database import open_pool, prepare
from libs.eventlog import Consequence, Done, Intent, New, PgLogs
from libs.wire import Recorded, chain_hash, genesis
from tests.bench.report import Row, paired

AT: Final = datetime(2026, 11, 23, tzinfo=UTC)
DATA: Final = b'{"case":"511525-20261123-000001-7","officer":"C0117","at":"2026-11-23T00:00:00Z","channel":"counter"}'
NODE: Final = "511525"
CALLERS: Final = 64
COLUMNS: Final = (
    "feed", "sequence", "source", "version", "subject", "id", "type", "time", "recordedtime", "actor", "recipient",
    "correlationid", "causationid", "traceparent", "prevhash", "hash", "data",
)  # fmt: skip


async def fresh(owner: str) -> str:
    """A new database of its own; its address as owner."""
    name = f"bench_{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(owner)
    await connection.execute(f'create database "{name}"')
    await connection.close()
    return urlsplit(owner)._replace(path=f"/{name}").geturl()


async def opened(owner: str) -> PgLogs:
    """An empty log."""
    logs = PgLogs(await open_pool(await prepare(owner, "intake"), "intake"), "intake", [NODE])
    await logs.open()
    return logs


def act(subject: str, events: int = 1, key: str = "") -> Intent:
    """A command whose stream is loaded and folded, and that says `events` things."""

    def decide(stream: Sequence[Recorded]) -> Consequence:
        assert len(stream) < 1_000_000
        return Consequence([New("liandong.example.Said.v1", DATA, AT)] * events)

    return Intent(subject=subject, decide=decide, actor="C0117", key=key, digest="d" * 64)


async def load(logs: PgLogs, count: int, events: int = 1, callers: int = CALLERS) -> float:
    """Commands a second from `callers` that each wait for their answer."""
    run, log = uuid.uuid4().hex[:8], logs.of(NODE)
    left = iter(range(count))

    async def caller() -> None:
        for n in left:
            await log.append(act(f"{run}-{n % (count // 3 + 1)}", events, f"{run}-{n}"))

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return count / (time.perf_counter() - began)


class Peer:
    """pyeventsourcing on the same PostgreSQL: new aggregates, one event each, from threads."""

    def __init__(self, owner: str) -> None:
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate

        parts = urlsplit(owner)
        env = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": parts.path.lstrip("/"),
            "POSTGRES_HOST": str(parts.hostname),
            "POSTGRES_PORT": str(parts.port),
            "POSTGRES_USER": str(parts.username),
            "POSTGRES_PASSWORD": unquote(parts.password or ""),
            "POSTGRES_POOL_SIZE": "8",
            "POSTGRES_MAX_OVERFLOW": "16",
        }
        self.make = Aggregate
        self.app: Application[Any] = Application(env)
        self.threads = 1

    def rate(self, count: int, threads: int) -> float:
        share = count // threads

        def work() -> None:
            for _ in range(share):
                self.app.save(self.make())

        workers = [threading.Thread(target=work) for _ in range(threads)]
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return share * threads / (time.perf_counter() - began)

    def best(self, count: int) -> None:
        """Finds its best number of threads."""
        self.threads = max((1, 4, 16), key=lambda threads: self.rate(count, threads))


async def against_peer(owner: str, rounds: int, count: int) -> Row:
    logs, peer = await opened(await fresh(owner)), Peer(await fresh(owner))
    await load(logs, count)
    await asyncio.to_thread(peer.best, count // 20)
    ours, theirs = await paired(rounds, lambda: load(logs, count), lambda: asyncio.to_thread(peer.rate, count // 10, peer.threads))
    await logs.pool.close()
    peer.app.close()
    note = f"its best: {peer.threads} threads"
    return Row("command → append, one event, 64 callers", "pyeventsourcing, same PostgreSQL", 15, "commands/s", ours, theirs, note=note)


async def rows_of(logs: PgLogs, count: int) -> list[tuple[Any, ...]]:
    """What is in the log, as rows."""
    found = await logs.pool.fetch(f"select {', '.join(COLUMNS)} from event order by sequence limit $1", count)
    return [tuple(row.values()) for row in found]


async def against_inserts(owner: str, rounds: int, count: int) -> Row:
    database = await fresh(owner)
    logs = await opened(database)
    await load(logs, count)
    rows = await rows_of(logs, count)
    plain = await asyncpg.create_pool(database, min_size=8, max_size=8)
    await plain.execute("create table plain (like intake.event including all)")
    statement = f"insert into plain values ({', '.join(f'${n + 1}' for n in range(len(COLUMNS)))})"

    async def inserts() -> float:
        await plain.execute("truncate plain")
        left = iter(rows)

        async def writer() -> None:
            async with plain.acquire() as connection:
                for row in left:
                    await connection.execute(statement, *row)

        began = time.perf_counter()
        await asyncio.gather(*(writer() for _ in range(8)))
        return len(rows) / (time.perf_counter() - began)

    ours, theirs = await paired(rounds, lambda: load(logs, count), inserts)
    await plain.close()
    await logs.pool.close()
    return Row("the same", "the same rows as plain single-row inserts, 8 connections", 1.5, "rows/s", ours, theirs)


async def bulk(owner: str, rounds: int, count: int) -> Row:
    database = await fresh(owner)
    logs = await opened(database)
    await load(logs, count // 5, 5, 2000)
    events = [event for page in range(0, count, 2000) for event in await logs.of(NODE).feed(page, 2000)]
    plain = await asyncpg.connect(database)
    await plain.execute("create table plain (like intake.event including all)")

    async def ours() -> float:
        run = uuid.uuid4().hex[:8]
        acts = [act(f"{run}-{n % (count // 15 + 1)}", 5, f"{run}-{n}") for n in range(count // 5)]
        began = time.perf_counter()
        told = await logs.of(NODE).append_all(acts)
        rate = 5 * len(told) / (time.perf_counter() - began)
        assert all(isinstance(one, Done) for one in told)
        return rate

    async def copy() -> float:
        await plain.execute("truncate plain")
        began = time.perf_counter()
        await plain.copy_records_to_table("plain", records=stamped(events), columns=COLUMNS)
        return len(events) / (time.perf_counter() - began)

    a, b = await paired(rounds, ours, copy)
    await plain.close()
    await logs.pool.close()
    return Row("bulk append, five events per command", "COPY of the same rows, hashed and stamped in Python", 0.7, "events/s", a, b)


def stamped(events: Sequence[Recorded]) -> list[tuple[Any, ...]]:
    """The least a peer has to do that keeps the same rows: number, identify, chain and hash each event."""
    rows, before, now = list[tuple[Any, ...]](), genesis(), datetime.now(UTC)
    for number, old in enumerate(events, start=1):
        draft = msgspec.structs.replace(old, id=str(uuid7()), sequence=number, recordedtime=now, prevhash=before, hash="")
        before = chain_hash(draft)
        rows.append(
            (
                1, number, old.source, old.version, old.subject, draft.id, old.type, old.time, now, old.actor, old.to,
                old.correlationid, old.causationid, old.traceparent, draft.prevhash, before, old.data,
            )
        )  # fmt: skip
    return rows


async def two_processes(owner: str, rounds: int, count: int) -> list[Row]:
    url = await prepare(await fresh(owner), "intake")
    shares: list[float] = []

    async def one() -> float:
        return sum(await _processes(url, 1, count))

    async def two() -> float:
        rates = await _processes(url, 2, count)
        shares.append(100 * min(rates) / sum(rates))
        return sum(rates)

    ours, theirs = await paired(rounds, two, one)
    return [
        Row("the same, two processes on one origin", "one process", 1.0, "commands/s", ours, theirs),
        Row("share of the slower of the two", "fairness", 40, "%", shares),
    ]


async def _processes(url: str, many: int, count: int) -> list[float]:
    """Commands a second of each of `many` processes that load for the same time."""
    command = [sys.executable, "-m", "tests.bench.append", url, str(count / 4000)]
    root = Path(__file__).parents[2]
    pipe = asyncio.subprocess.PIPE
    started = [await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=root) for _ in range(many)]
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline(), "a process that loads did not begin"
    return [float(said) for said, _ in await asyncio.gather(*(process.communicate(b"begin\n") for process in started))]


async def _alone(url: str, seconds: float) -> None:
    logs = PgLogs(await open_pool(url, "intake"), "intake", [NODE])
    await logs.open()
    run, done = uuid.uuid4().hex[:8], 0
    await load(logs, 300)
    sys.stdout.write("warm\n")
    sys.stdout.flush()
    sys.stdin.readline()  # processes begin together when all are warm: one that had the machine to itself would be too quick
    end = time.perf_counter() + seconds

    async def caller(place: int) -> None:
        nonlocal done
        n = 0
        while time.perf_counter() < end:
            await logs.of(NODE).append(act(f"{run}-{place}-{n % 50}", key=f"{run}-{place}-{n}"))
            n += 1
            done += 1

    await asyncio.gather(*(caller(place) for place in range(CALLERS)))
    await logs.pool.close()
    sys.stdout.write(f"{done / seconds}\n")


if __name__ == "__main__":
    uvloop.run(_alone(sys.argv[1], float(sys.argv[2])))
