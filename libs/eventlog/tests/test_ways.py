"""Both ways into the log give the same answers as its twin in memory; a batch whose outcome is unknown is never tried twice; few commits for few."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import product

import pytest

from libs.database import Connection, open_pool, prepare, service_url
from libs.decider import Refused
from libs.eventlog import Claim, Claimed, Consequence, Done, Intent, MemoryLogs, New, PgLogs, Scope, Unknown, sql, verify
from libs.eventlog.batch import Settled
from libs.eventlog.committer import FEW, MANY
from libs.eventlog.lanes import Entry, Lanes
from libs.eventlog.rows import columns
from libs.eventlog.tests.acts import end_connections
from libs.eventlog.writing import Writer
from libs.wire import Recorded

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, tzinfo=UTC)
NODES = ("511525", "511525100")
SCOPES: Sequence[Scope] = ("http", "inbox", "import")


@pytest.fixture
async def logs(database: str) -> AsyncIterator[PgLogs]:
    pool = await open_pool(await prepare(database, "intake"), "intake")
    made = PgLogs(pool, "intake", NODES, floor=(0, 0))
    await made.open()
    yield made
    await pool.close()


def says(subject: str, key: str = "") -> Intent:
    return Intent(subject=subject, decide=lambda _s: Consequence([New("liandong.example.Said.v1", b"x", AT)]), actor="C0117", key=key)


def drawn(chance: random.Random) -> Intent:
    """An act as it may come: on few streams, with few keys and claims, some refused, some that change nothing, some that break."""
    places = [Claim("placement", place) for place in chance.sample("ABC", chance.choice((0, 0, 1, 2)))]
    over = [Claim("placement", place) for place in chance.sample("ABC", chance.choice((0, 0, 0, 1)))]
    texts = [str(chance.randrange(1000)).encode() for _ in range(chance.choice((0, 1, 1, 1, 3)))]
    luck = chance.random()

    def decide(stream: Sequence[Recorded]) -> Consequence:
        if luck < 0.1 and stream:
            raise Refused("closed", "已办结")
        if luck > 0.97:
            raise ZeroDivisionError
        seen = b",".join(event.data for event in stream[-2:])
        return Consequence([New("liandong.example.Said.v1", text + b":" + seen[:20], AT) for text in texts], places, over)

    return Intent(
        subject=f"case-{chance.randrange(8)}",
        decide=decide,
        actor="C0117",
        key=chance.choice(("", "", f"k{chance.randrange(12)}")),
        scope=chance.choice(SCOPES),
        digest=chance.choice("aaab"),
        expected=chance.choice((None, None, None, {0, 1}, range(1, 99))),
        last=chance.random() < 0.3,
    )


def told(outcome: Done | Exception) -> object:
    """What can be compared of an answer: identities, hashes and recorded times are each store's own."""
    if isinstance(outcome, Exception):
        return type(outcome).__name__, str(outcome)
    events = [(e.sequence, e.version, e.subject, e.data) for e in outcome.events]
    return outcome.position.sequence, outcome.version, outcome.repeated, events


async def written(writer: Writer, connection: Connection, intents: Sequence[tuple[str, Intent]]) -> list[tuple[str, object]]:
    """The answers of a writer, batch by batch as the committer puts them together, in the order in which they were decided."""
    waiting, order = Lanes(), list[Entry]()
    for source, intent in intents:
        waiting.put(Entry(source, intent, asyncio.get_running_loop().create_future()))
    answers: dict[int, Settled] = {}
    while waiting:
        batch = waiting.take(10)
        settled = await writer.write(connection, batch)
        found = {(source, one.intent.subject): one for source, mine in settled.items() for one in mine}
        put_off = [entry for entry in batch if (one := found[entry.source, entry.intent.subject]).done is None and one.error is None]
        done = [entry for entry in batch if entry not in put_off]
        answers.update({id(entry): found[entry.source, entry.intent.subject] for entry in done})
        order += done
        waiting.put_back(put_off)
        waiting.release(done)
    ended = [(entry.source, answers[id(entry)]) for entry in order]
    return [(source, told(outcome)) for source, one in ended if (outcome := one.done or one.error) is not None]


@pytest.mark.parametrize("seed", range(12))
async def test_all_ways_and_the_twin_give_the_same_answers(database: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One act at a time against the twin; ten at a time the ways against each other: free and locked, with the events in the call and copied."""
    url = await prepare(database, "intake")
    for together in (1, 60):
        chance = random.Random(seed * 100 + together)
        acts = [(chance.choice(NODES), drawn(chance)) for _ in range(120)]
        results, streams = [], []
        for locked, copied in product((False, True), repeat=2):
            monkeypatch.setattr("libs.eventlog.writing.COPY_FROM", 1 if copied else 400)
            pool = await open_pool(url, "intake")
            logs = PgLogs(pool, f"way-{together}-{locked}-{copied}".lower(), NODES, floor=(0, 0))
            await logs.open()
            writer = Writer(clock=lambda: 0.0)
            if locked:
                writer.lock()
            answers = list[tuple[str, object]]()
            async with pool.acquire() as connection:
                await connection.execute("set idle_in_transaction_session_timeout = 0")  # a busy machine may take its second
                asked = [(logs.of(node).source, act) for node, act in acts]
                for start in range(0, len(asked), together):
                    answers += await written(writer, connection, asked[start : start + together])
            results.append([(source.split(":")[2], answer) for source, answer in answers])
            streams.append([[(e.subject, e.version, e.data) for e in await logs.of(node).feed(limit=1000)] for node in NODES])
            assert [(await verify(logs.of(node))).fault for node in NODES] == [None, None]
            await pool.close()
        assert results == results[:1] * 4
        assert streams == streams[:1] * 4
        assert len(streams[0][0]) > 20
        if together == 1:
            twin = MemoryLogs("intake", NODES)
            assert [(node, told(await outcome_of(twin, node, act))) for node, act in acts] == results[0]


async def outcome_of(logs: MemoryLogs, node: str, act: Intent) -> Done | Exception:
    try:
        return await logs.of(node).append(act)
    except Exception as error:
        return error


def meanwhile(url: str, *acts: Intent) -> None:
    """Another process appends, and its commits have returned."""

    async def append() -> None:
        async with await open_pool(url, "intake") as pool:
            for act in acts:
                await PgLogs(pool, "intake", NODES).of(NODES[0]).append(act)

    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, append()).result()


class Overtaken:
    """An act during whose first decision another process does `acts`."""

    def __init__(self, url: str, acts: Sequence[Intent], claims: Sequence[Claim] = ()) -> None:
        self.seen: list[int] = []
        self._url, self._acts, self._claims = url, acts, claims

    def decide(self, stream: Sequence[Recorded]) -> Consequence:
        self.seen.append(len(stream))
        if len(self.seen) == 1:
            meanwhile(self._url, *self._acts)
        return Consequence([New("liandong.example.Said.v1", str(len(stream)).encode(), AT)], self._claims)


async def test_what_was_decided_on_a_head_that_moved_is_decided_again(logs: PgLogs, database: str) -> None:
    over = Overtaken(service_url(database, "intake"), [says("case-1"), says("case-2")])
    done = await logs.of(NODES[0]).append(Intent(subject="case-1", decide=over.decide, actor="C1"))
    assert (over.seen, done.version, done.position.sequence, done.events[0].data) == ([0, 1], 2, 3, b"1")
    assert (await verify(logs.of(NODES[0]))).fault is None


async def test_a_claim_and_a_key_that_came_meanwhile_are_honoured(logs: PgLogs, database: str) -> None:
    url, place = service_url(database, "intake"), Claim("placement", "A")
    takes = Intent(subject="case-2", decide=lambda _s: Consequence([], [place]), actor="C1")
    over = Overtaken(url, [takes], [place])
    with pytest.raises(Claimed):
        await logs.of(NODES[0]).append(Intent(subject="case-1", decide=over.decide, actor="C1"))
    kept = Intent(subject="case-2", decide=lambda _s: Consequence([]), actor="C1", key="k")
    again = Overtaken(url, [kept])
    logs.writer.unlock()
    assert (await logs.of(NODES[0]).append(Intent(subject="case-1", decide=again.decide, actor="C1", key="k"))).repeated
    assert (over.seen, again.seen, await logs.of(NODES[0]).feed()) == ([0, 0], [0], []), "both moved the head, neither wrote an event"


def places(subject: str, claims: Sequence[Claim], over: Sequence[Claim] = ()) -> Intent:
    return Intent(subject=subject, decide=lambda _s: Consequence([New("liandong.example.Said.v1", b"x", AT)], claims, over), actor="C1")


async def test_an_act_that_claims_takes_two_trips_and_one_whose_claim_is_held_is_told_so(logs: PgLogs) -> None:
    """A claim that is made and ended at once is asked for: it is not written, so that nothing else would say that it is held."""
    place, asked = Claim("placement", "A"), list[str]()
    async with logs.pool.acquire() as connection:
        connection.add_query_logger(lambda told: asked.append(told.query))
        answers = [
            await written(Writer(clock=lambda: 0.0), connection, [(logs.of(NODES[0]).source, act)])
            for act in (
                places("case-1", [place]),
                places("case-2", [place]),
                places("case-3", [place], [place]),
                places("case-4", [place, place]),
            )
        ]
    assert [type(answer) for ((_, answer),) in answers] == [tuple] * 4
    assert [answer[0] for ((_, answer),) in answers] == [1, "Claimed", "Claimed", "Claimed"]  # type: ignore[index]
    ours = [query for query in asked if query in (sql.LOAD_ACTS, sql.LOCK_ACTS, sql.TAKEN, sql.WRITE_ACTS)]
    assert ours[:3] == [sql.LOAD_ACTS, sql.WRITE_ACTS, sql.LOAD_ACTS], "the driver's own questions about types are no part of it"
    assert [event.subject for event in await logs.of(NODES[0]).feed()] == ["case-1"]


async def test_a_claim_that_is_made_twice_in_one_act_is_made_once(logs: PgLogs) -> None:
    place = Claim("placement", "A")
    done = await logs.of(NODES[0]).append(places("case-1", [place, place]))
    assert (done.version, await logs.of(NODES[0]).taken([place])) == (1, {place})


async def test_an_unknown_outcome_is_not_tried_again(logs: PgLogs, database: str) -> None:
    decided: list[str] = []

    def cut(_stream: Sequence[Recorded]) -> Consequence:
        decided.append("once")
        with ThreadPoolExecutor(1) as aside:
            aside.submit(asyncio.run, end_connections(database)).result()
        return Consequence([New("liandong.example.Said.v1", b"x", AT)])

    with pytest.raises(Unknown):
        await logs.of(NODES[0]).append(Intent(subject="case-1", decide=cut, actor="C1"))
    assert decided == ["once"]
    assert await logs.of(NODES[0]).feed() == []


async def test_a_value_the_driver_cannot_send_fails_alone(logs: PgLogs) -> None:
    bad = Intent(subject="case-2", decide=lambda _s: Consequence([New("liandong.example.Said.v1", 7, AT)]), actor="C1")  # type: ignore[arg-type]
    told = await asyncio.gather(*(logs.of(NODES[0]).append(one) for one in (says("case-1"), bad, says("case-3"))), return_exceptions=True)
    assert [isinstance(one, Done) for one in told] == [True, False, True]
    assert not isinstance(told[1], Unknown)


async def test_few_who_come_behind_a_commit_share_the_next_and_a_lone_caller_does_not_wait(database: str) -> None:
    async with waiting_an_hour(database) as (logs, commits):
        await logs.of(NODES[0]).append(says("first"))
        assert len(commits) == 1, "nothing was committed before it: it does not wait an hour"
        await together(logs, FEW)
        assert len(commits) == 2


@pytest.mark.parametrize("callers", [FEW, 16, MANY])
async def test_as_many_as_were_answered_need_not_wait_for_more(database: str, callers: int) -> None:
    async with waiting_an_hour(database) as (logs, commits):
        await asyncio.gather(*(logs.of(NODES[n % 2]).append(says(f"first-{n}")) for n in range(callers)))
        before = len(commits)
        await together(logs, callers)
        assert len(commits) == before + 1


async def test_who_asks_again_when_all_were_answered_waits_for_nobody(database: str) -> None:
    async with waiting_an_hour(database, at_least=0.0) as (logs, commits):
        for callers in (1, 1, 3, 3, 1 + 3):
            await asyncio.gather(*(logs.of(NODES[0]).append(says(f"{len(commits)}-{n}")) for n in range(callers)))
        assert len(commits) == 5


async def test_callers_who_come_one_by_one_share_a_commit(database: str) -> None:
    async with waiting_an_hour(database, at_least=0.0) as (logs, commits):
        await asyncio.gather(*(logs.of(NODES[0]).append(says(f"first-{n}")) for n in range(3)))
        before = len(commits)
        alone = asyncio.ensure_future(logs.of(NODES[0]).append(says("alone")))
        await asyncio.sleep(0.1)
        assert not alone.done(), "where three were answered one does not go on alone"
        await asyncio.gather(alone, *(logs.of(NODES[0]).append(says(f"other-{n}")) for n in range(FEW - 1)))
        assert len(commits) == before + 1


@asynccontextmanager
async def waiting_an_hour(database: str, at_least: float = 3600.0) -> AsyncIterator[tuple[PgLogs, list[int]]]:
    """Logs in which few wait an hour for others to share a commit, `at_least` so long however many came back; the commits."""
    pool = await open_pool(await prepare(database, "intake"), "intake")
    logs = PgLogs(pool, "intake", NODES, floor=(at_least, 3600.0))
    await logs.open()
    commits: list[int] = []
    logs.woken.append(lambda: commits.append(1))
    async with asyncio.timeout(60):
        yield logs, commits
    await pool.close()


async def together(logs: PgLogs, enough: int) -> None:
    """So many acts: all but one of them wait, and the last is enough."""
    few = [asyncio.ensure_future(logs.of(NODES[n % 2]).append(says(f"case-{n}"))) for n in range(enough - 1)]
    await asyncio.sleep(0.1)
    assert not any(one.done() for one in few)
    await asyncio.gather(*few, logs.of(NODES[0]).append(says("the last")))


async def test_a_copied_batch_keeps_its_heads_no_longer_than_a_second_when_its_process_freezes(logs: PgLogs) -> None:
    """In the free way too: the heads are locked until the events are copied behind the call."""
    async with logs.pool.acquire() as connection, connection.transaction():
        await connection.execute(sql.WRITE_ACTS, *columns({}, {}, AT, copied=True))
        assert await connection.fetchval("show idle_in_transaction_session_timeout") == "1s"
