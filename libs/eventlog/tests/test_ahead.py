"""While a batch is written the next one is prepared: the answers are the twin's, and what goes on from a batch that was not written is thrown away."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from libs.database import Connection, service_url
from libs.eventlog import Claim, Consequence, Done, Intent, MemoryLogs, PgLogs, Unknown, sql, verify
from libs.eventlog.lanes import Entry
from libs.eventlog.rows import columns
from libs.eventlog.tests.test_ways import NODES, drawn, logs, meanwhile, places, says
from libs.eventlog.writing import Stamped, Writer
from libs.wire import Recorded

__all__ = ["logs"]
pytestmark = pytest.mark.server


class CutError(Exception):
    """The batch is not written."""


def entries(log: PgLogs, *intents: Intent) -> list[Entry]:
    source = log.of(NODES[0]).source
    return [Entry(source, intent, asyncio.get_running_loop().create_future()) for intent in intents]


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each look ahead came to something; batches are small, so that there are many."""
    found: list[bool] = []
    look = Writer.look_ahead

    async def looking(self: Writer, connection: Connection, entries: Sequence[Entry], behind: Stamped) -> Stamped | None:
        stamped = await look(self, connection, entries, behind)
        found.append(stamped is not None)
        return stamped

    monkeypatch.setattr(Writer, "look_ahead", looking)
    monkeypatch.setattr("libs.eventlog.committer.MANY", 2)
    for module in ("committer", "postgres"):
        monkeypatch.setattr(f"libs.eventlog.{module}.MAX_BATCH", 12)
    return found


def told(outcome: Done | Exception) -> object:
    """What does not depend on which stream came first."""
    if isinstance(outcome, Exception):
        return type(outcome).__name__, str(outcome)
    return outcome.version, outcome.repeated, [(e.version, e.subject, e.data) for e in outcome.events]


@pytest.mark.parametrize("seed", range(4))
async def test_what_was_prepared_ahead_gives_the_answers_of_the_twin(logs: PgLogs, prepared: list[bool], seed: int) -> None:
    chance, twin = random.Random(seed), MemoryLogs("intake", NODES)
    acts = [replace(act, subject=f"case-{n % 40}", decide=without_claims(act)) for n, act in enumerate(drawn(chance) for _ in range(400))]
    answers = await logs.of(NODES[0]).append_all(acts)
    assert list(map(told, answers)) == list(map(told, await twin.of(NODES[0]).append_all(acts)))
    assert (await verify(logs.of(NODES[0]))).fault is None
    assert any(prepared)


def without_claims(act: Intent) -> object:
    """Who comes first on a claim depends on the batches: that is compared elsewhere."""
    return lambda stream: Consequence(act.decide(stream).events)


@pytest.mark.parametrize("seed", range(4))
async def test_claims_made_and_ended_ahead_are_held_by_one(logs: PgLogs, prepared: list[bool], seed: int) -> None:
    chance = random.Random(seed)
    acts = [replace(drawn(chance), subject=f"case-{n % 40}", key="", expected=None) for n in range(400)]
    answers = await logs.of(NODES[0]).append_all(acts)
    events = [event.sequence for one in answers if isinstance(one, Done) for event in one.events]
    assert sorted(events) == list(range(1, len(events) + 1)), "what was acknowledged is there once"
    assert (await verify(logs.of(NODES[0]))).fault is None
    assert not any(isinstance(one, Unknown) for one in answers)
    assert prepared


async def test_what_goes_on_from_a_batch_that_was_not_written_is_thrown_away(logs: PgLogs, database: str) -> None:
    """Another process wrote as often as the batch would have: the head alone does not tell."""
    first, second, writer, flying = entries(logs, says("case-1")), entries(logs, says("case-2")), logs.writer, list[Stamped]()

    def cut(stamped: Stamped) -> None:
        flying.append(stamped)
        raise CutError

    async with logs.pool.acquire() as connection, logs.pool.acquire() as other:
        with pytest.raises(CutError):
            await writer.write(connection, first, None, cut)
        ahead = await writer.look_ahead(other, second, flying[0])
        assert ahead is not None
        meanwhile(service_url(database, "intake"), says("case-3"))
        await writer.write(connection, second, ahead)
    assert [(event.subject, event.sequence) for event in await logs.of(NODES[0]).feed()] == [("case-3", 1), ("case-2", 2)]
    assert (await verify(logs.of(NODES[0]))).fault is None


async def test_what_another_process_writes_behind_the_batch_in_flight_is_seen(logs: PgLogs, database: str) -> None:
    first, seen, flying = entries(logs, says("case-1")), list[int](), list[Stamped]()

    def decide(stream: Sequence[Recorded]) -> Consequence:
        seen.append(len(stream))
        return says("case-2").decide(stream)

    second = entries(logs, Intent(subject="case-2", decide=decide, actor="C1"))
    async with logs.pool.acquire() as connection, logs.pool.acquire() as other:
        await logs.writer.write(connection, first, None, flying.append)
        ahead = await logs.writer.look_ahead(other, second, flying[0])
        meanwhile(service_url(database, "intake"), says("case-2"))
        await logs.writer.write(connection, second, ahead)
    assert (seen, (await verify(logs.of(NODES[0]))).fault) == ([0, 1], None)
    assert [event.version for event in await logs.of(NODES[0]).stream("case-2")] == [1, 2]


async def test_a_claim_that_passes_is_not_decided_ahead(logs: PgLogs) -> None:
    place, flying = Claim("placement", "A"), list[Stamped]()
    async with logs.pool.acquire() as connection, logs.pool.acquire() as other:
        await logs.writer.write(connection, entries(logs, places("case-1", [place])), None, flying.append)
        passing = entries(logs, places("case-2", [place], [place]))
        assert await logs.writer.look_ahead(other, passing, flying[0]) is None


async def test_a_copied_batch_keeps_the_head_no_longer_than_a_second_when_its_process_freezes(logs: PgLogs) -> None:
    """In the free way too: the head is locked until the events are copied behind the call."""
    flying: list[Stamped] = []

    def cut(stamped: Stamped) -> None:
        flying.append(stamped)
        raise CutError

    async with logs.pool.acquire() as connection:
        with pytest.raises(CutError):
            await logs.writer.write(connection, entries(logs, says("case-1")), None, cut)
        async with connection.transaction():
            await connection.execute(sql.WRITE_ACTS, *columns(flying[0].heads, flying[0].batches, flying[0].now, copied=True))
            assert await connection.fetchval("show idle_in_transaction_session_timeout") == "1s"
