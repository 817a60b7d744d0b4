"""What any log promises; run against PostgreSQL and its twin in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Sequence

import msgspec
import pytest

from libs.decider import Refused
from libs.eventlog import Claim, Claimed, Conflict, Consequence, Done, Intent, KeyReused, Logs, New, Scope, TooLarge, verify
from libs.eventlog.tests.acts import AT, intent, says
from libs.wire import Recorded, broken, genesis

ANY_VERSION = range(1, 2**63)
"""What `If-Match: *` takes: whichever there is."""


async def test_events_are_numbered_without_gaps_and_chained(logs: Logs) -> None:
    log = logs.of("511525")
    await asyncio.gather(*(log.append(intent(f"case-{n}", says("a", "b", "c"))) for n in range(50)))
    feed = await log.feed(limit=1000)
    assert [event.sequence for event in feed] == list(range(1, 151))
    assert feed[0].prevhash == genesis()
    before = None
    for event in feed:
        assert broken(event, before) is None
        before = (await log.head()).__class__(event.source, event.epoch, event.sequence, event.hash)
    assert before == await log.head()
    checked = await verify(log, page=40)
    assert checked.fault is None
    assert checked.events == 150


async def test_a_stream_comes_back_as_it_was_written(logs: Logs) -> None:
    log = logs.of("511525")
    done = await log.append(
        Intent(subject="case-1", decide=says("哈", "b"), actor="C0117", key="k", correlation="r", causation="c", traceparent="t")
    )
    stream = await log.stream("case-1")
    assert [(e.data.decode(), e.version, e.sequence) for e in stream] == [("哈", 1, 1), ("b", 2, 2)]
    first = stream[0]
    assert (first.actor, first.correlationid, first.causationid, first.traceparent, first.time) == ("C0117", "r", "c", "t", AT)
    assert (done.version, done.position.sequence, done.position.hash) == (2, 2, stream[1].hash)


async def test_origins_do_not_share_numbers_streams_or_keys(logs: Logs) -> None:
    for node in ("511525", "511525100"):
        done = await logs.of(node).append(intent("case-1", says("a"), key="k"))
        assert (done.position.sequence, done.repeated) == (1, False)
    heads = await logs.heads()
    assert [head.source for head in heads] == ["urn:liandong:511525100:intake", "urn:liandong:511525:intake"]


async def test_a_known_key_gets_the_first_answer_and_writes_nothing(logs: Logs) -> None:
    log = logs.of("511525")
    await log.append(intent("case-1", says("before")))
    first = await log.append(intent("case-1", says("a", "b"), key="k", digest="d"))
    await log.append(intent("case-1", says("after"), key="later"))
    again = await log.append(intent("case-2", says("c"), key="k", digest="d", expected={17}))
    assert (again.repeated, again.position, again.version) == (True, first.position, first.version)
    assert [event.data for event in first.events] == [b"a", b"b"]
    assert list(again.events) == list(first.events), "read from the log, with their numbers and hashes"
    assert len(await log.feed()) == 4


async def test_a_known_key_with_another_body_is_refused(logs: Logs) -> None:
    log = logs.of("511525")
    await log.append(intent("case-1", says("a"), key="k", digest="d"))
    with pytest.raises(KeyReused):
        await log.append(intent("case-1", says("a"), key="k", digest="other"))


async def test_a_stream_that_moved_on_is_a_conflict(logs: Logs) -> None:
    log = logs.of("511525")
    await log.append(intent("case-1", says("a")))
    for expected in ({2}, {2, 3}, (), range(2, 9)):
        with pytest.raises(Conflict) as conflict:
            await log.append(intent("case-1", says("b"), expected=expected))
        assert conflict.value.found == 1
    assert (await log.append(intent("case-1", says("b"), expected={1}))).version == 2
    assert (await log.append(intent("case-1", says("c"), expected={1, 2, 7}))).version == 3


async def test_whoever_takes_any_version_takes_none_that_is_not_there(logs: Logs) -> None:
    log = logs.of("511525")
    with pytest.raises(Conflict):
        await log.append(intent("case-1", says("a"), expected=ANY_VERSION))
    await log.append(intent("case-1", says("a")))
    assert (await log.append(intent("case-1", says("b"), expected=ANY_VERSION))).version == 2


async def test_a_known_key_answers_before_any_version_is_looked_at(logs: Logs) -> None:
    log = logs.of("511525")
    first = await log.append(intent("case-1", says("a"), key="k"))
    for expected in ((), {1}, ANY_VERSION):
        assert (await log.append(intent("case-1", says("a"), key="k", expected=expected))).position == first.position


async def test_the_same_key_at_once_happens_once(logs: Logs) -> None:
    log = logs.of("511525")
    answers = await asyncio.gather(*(log.append(intent(f"case-{n}", says("a"), key="k")) for n in range(20)))
    assert sum(not answer.repeated for answer in answers) == 1
    assert len(await log.feed()) == 1


async def test_acts_on_one_stream_see_each_other(logs: Logs) -> None:
    log = logs.of("511525")

    def count(stream: Sequence[Recorded]) -> Consequence:
        return Consequence([New("liandong.example.Said.v1", str(len(stream)).encode(), AT)])

    await asyncio.gather(*(log.append(intent("case-1", count)) for _ in range(30)))
    assert [e.data for e in await log.stream("case-1")] == [str(n).encode() for n in range(30)]


async def test_a_refusal_ends_its_act_alone_and_is_not_kept(logs: Logs) -> None:
    log = logs.of("511525")

    def no(_stream: Sequence[Recorded]) -> Consequence:
        raise Refused("closed", "已办结")

    results = await asyncio.gather(
        log.append(intent("case-1", says("a"))),
        log.append(intent("case-2", no, key="k")),
        log.append(intent("case-3", says("b"))),
        return_exceptions=True,
    )
    assert isinstance(results[1], Refused)
    assert len(await log.feed()) == 2
    assert not (await log.append(intent("case-2", says("c"), key="k"))).repeated


async def test_a_claim_is_held_until_it_is_released(logs: Logs) -> None:
    log = logs.of("511525")
    place = Claim("placement", "511A")
    results = await asyncio.gather(*(log.append(intent(f"case-{n}", says("a", claims=[place]))) for n in range(3)), return_exceptions=True)
    assert sum(isinstance(result, Claimed) for result in results) == 2
    await log.append(intent("case-9", says("over", releases=[place])))
    await log.append(intent("case-10", says("a", claims=[place])))
    await logs.of("511525100").append(intent("case-1", says("a", claims=[place])))


async def test_rules_see_nothing_that_the_log_and_the_wire_alone_need(logs: Logs) -> None:
    log = logs.of("511525")
    seen: list[Recorded] = []

    def look(stream: Sequence[Recorded]) -> Consequence:
        seen.extend(stream)
        return Consequence([])

    told = Intent(subject="case-1", decide=says("a"), actor="C0117", key="k", correlation="r", causation="c", traceparent="t")
    (event,) = (await log.append(told)).events
    await log.append(intent("case-1", look))
    assert seen == [msgspec.structs.replace(event, epoch=0, id="", prevhash="", hash="", correlationid="", causationid="", traceparent="")]
    assert (seen[0].type, seen[0].data, seen[0].version, seen[0].sequence, seen[0].time) == ("liandong.example.Said.v1", b"a", 1, 1, AT)


async def test_nothing_decided_is_an_answer_that_is_kept(logs: Logs) -> None:
    log = logs.of("511525")
    await log.append(intent("case-0", says("before")))
    first = await log.append(intent("case-1", says(), key="k"))
    assert (first.position.sequence, first.version, list(first.events)) == (1, 0, [])
    again = await log.append(intent("case-1", says("a"), key="k"))
    assert (again.repeated, again.position, list(again.events)) == (True, first.position, [])
    assert len(await log.feed()) == 1


async def test_an_answer_before_the_first_event_is_kept_as_it_was(logs: Logs) -> None:
    log = logs.of("511525")
    first = await log.append(intent("case-1", says(), key="k"))
    again = await log.append(intent("case-1", says("a"), key="k"))
    assert first.position == await log.head()
    assert (again.repeated, again.position) == (True, first.position)


async def test_a_feed_is_read_in_pages(logs: Logs) -> None:
    log = logs.of("511525")
    await log.append(intent("case-1", says(*"abcdefg")))
    assert [event.sequence for event in await log.feed(after=3, limit=2)] == [4, 5]
    assert await log.feed(after=7) == []


async def test_a_claim_made_and_released_in_one_act_is_free(logs: Logs) -> None:
    log, place = logs.of("511525"), Claim("placement", "511A")
    await log.append(intent("case-1", says("in and out", claims=[place], releases=[place])))
    await log.append(intent("case-2", says("a", claims=[place])))
    with pytest.raises(Claimed):
        await log.append(intent("case-3", says("a", claims=[place])))


async def test_a_claim_that_is_held_may_be_handed_on_in_one_act(logs: Logs) -> None:
    log, place = logs.of("511525"), Claim("placement", "511A")
    await log.append(intent("case-1", says("a", claims=[place])))
    with pytest.raises(Claimed):
        await log.append(intent("case-2", says("b", claims=[place], releases=[place])))
    await log.append(intent("case-1", says("over", releases=[place])))
    await log.append(intent("case-3", says("a", claims=[place])))


@pytest.mark.parametrize("scope", ["http", "inbox", "import"])
async def test_a_service_cannot_claim_under_the_name_of_a_keys_scope(logs: Logs, scope: str) -> None:
    with pytest.raises(ValueError, match=scope):
        await logs.of("511525").append(intent("case-1", says("a", claims=[Claim(scope, "k")])))
    with pytest.raises(ValueError, match=scope):
        await logs.of("511525").append(intent("case-1", says("a", releases=[Claim(scope, "k")])))
    assert await logs.of("511525").feed() == []


async def test_keys_of_one_scope_never_meet_those_of_another(logs: Logs) -> None:
    log = logs.of("511525")
    scopes: list[Scope] = ["http", "inbox", "import"]
    for n, scope in enumerate(scopes):
        asked = Intent(subject=f"case-{n}", decide=says(scope), actor="C0117", key="k", digest=scope, scope=scope)
        assert not (await log.append(asked)).repeated
        again = await log.append(asked)
        assert (again.repeated, [event.data for event in again.events]) == (True, [scope.encode()])
    both = await asyncio.gather(
        *(log.append(Intent(subject=f"case-{s}", decide=says("x"), actor="C1", key="same", scope=s)) for s in scopes for _ in "ab")
    )
    assert sum(not one.repeated for one in both) == 3


async def test_who_needs_the_last_event_alone_sees_it_alone_and_the_version_counts_all(logs: Logs) -> None:
    log = logs.of("511525")
    seen: list[list[bytes]] = []

    def look(stream: Sequence[Recorded]) -> Consequence:
        seen.append([event.data for event in stream])
        return Consequence([New("liandong.example.Said.v1", str(len(seen)).encode(), AT)])

    def asked(expected: Container[int] | None = None) -> Intent:
        return Intent(subject="case-1", decide=look, actor="C0117", last=True, expected=expected)

    assert (await log.append(asked())).version == 1
    await log.append(intent("case-1", says("a", "b")))
    assert (await log.append(asked(expected={3}))).version == 4
    assert seen == [[], [b"b"]]
    with pytest.raises(Conflict) as conflict:
        await log.append(asked(expected={1}))
    assert conflict.value.found == 4
    assert [event.version for event in await log.stream("case-1")] == [1, 2, 3, 4]


async def test_many_acts_at_once_each_come_to_what_they_would_alone(logs: Logs) -> None:
    log, place = logs.of("511525"), Claim("placement", "511A")

    def no(_stream: Sequence[Recorded]) -> Consequence:
        raise Refused("closed", "已办结")

    acts = [intent(f"case-{n % 300}", says(str(n), "b"), key=f"k{n}", digest="d") for n in range(900)]
    acts[10:10] = [intent("case-x", no), intent("c" * 2000, says("x")), intent("case-y", says("y", claims=[place]))]
    acts.append(intent("case-z", says("z", claims=[place])))
    acts.append(intent("case-9", says("0"), key="k5", digest="d"))
    told = await log.append_all(acts)
    assert [type(one) for one in told if not isinstance(one, Done)] == [Refused, TooLarge, Claimed]
    assert [place for place, one in enumerate(told) if not isinstance(one, Done)] == [10, 11, 903]
    assert isinstance(told[904], Done)
    assert told[904].repeated
    assert [event.data for event in await log.stream("case-20")] == [b"20", b"b", b"320", b"b", b"620", b"b"]
    assert (await verify(log)).events == 1801
    assert await log.append_all([]) == []
