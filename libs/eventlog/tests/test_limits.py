"""What no log can keep fails alone, and what is just within the limits is kept; against PostgreSQL and its twin in memory."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from libs.eventlog import Claim, Consequence, Intent, Logs, New, TooLarge, Unwritable
from libs.eventlog.batch import FIXED_HEADERS
from libs.eventlog.tests.acts import AT, intent, says
from libs.wire import MAX_DATA, MAX_HEADERS, broken, to_headers

BEYOND = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-10)))
"""An instant that has no place in UTC's years."""


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (intent("case-2", says("x" * (MAX_DATA + 1))), TooLarge),
        (intent("c" * 9000, says("x")), TooLarge),
        (intent("case-2", says("x"), key="k" * 1025), TooLarge),
        (intent("案" * 400, says("x")), TooLarge),
        (intent("case-2", says("x", claims=[Claim("placement", "k" * 2000)])), TooLarge),
        (Intent(subject="case-2", decide=says("x"), actor="C0117", correlation="c" * 3000, causation="r" * 3200), TooLarge),
        (intent("case-2", lambda _s: Consequence([New("liandong.example.Said.v1", b"x", AT, to="5" * 400)])), TooLarge),
        (intent("case-2", lambda _s: Consequence([New("liandong.example.Said.v1", b"x", AT.replace(tzinfo=None))])), Unwritable),
        (intent("case-2", lambda _s: Consequence([New("liandong.example.Said.v1", b"x", BEYOND)])), Unwritable),
        (intent("case\n2", says("x")), Unwritable),
        (intent("case\x002", says("x")), Unwritable),
        (intent("case\ud800", says("x")), Unwritable),
        (intent("case-2", says("x"), key="k\x00"), Unwritable),
    ],
)
async def test_what_no_log_can_keep_fails_alone(logs: Logs, bad: Intent, error: type[Exception]) -> None:
    log = logs.of("511525")
    results = await asyncio.gather(
        log.append(intent("case-1", says("a"))), log.append(bad), log.append(intent("case-3", says("b"))), return_exceptions=True
    )
    assert isinstance(results[1], error)
    assert [event.subject for event in await log.feed()] == ["case-1", "case-3"]


async def test_the_largest_payload_is_taken(logs: Logs) -> None:
    log = logs.of("511525")
    await log.append(intent("case-1", says("x" * MAX_DATA)))
    assert len((await log.stream("case-1"))[0].data) == MAX_DATA


async def test_the_largest_headers_that_are_taken_fit_the_wire(logs: Logs) -> None:
    log = logs.of("511525")
    room = MAX_HEADERS - FIXED_HEADERS - 1024 - len("C0117")
    await log.append(
        Intent(
            subject="c" * 1024,
            decide=lambda _s: Consequence([New("liandong.example." + "S" * 240, b"x", AT, to="5" * 40)]),
            actor="C0117",
            correlation="r" * 1024,
            causation="c" * (room - 1024),
        )
    )
    (event,) = await log.feed()
    assert sum(len(name) + len(value) for name, value in to_headers(event)) <= MAX_HEADERS


async def test_instants_are_kept_in_utc(logs: Logs) -> None:
    east = AT.astimezone(timezone(timedelta(hours=8)))
    done = await logs.of("511525").append(intent("case-1", lambda _s: Consequence([New("liandong.example.Said.v1", b"x", east)])))
    (event,) = await logs.of("511525").feed()
    assert (done.events[0].time, done.events[0].time.tzinfo, event.time) == (AT, UTC, AT)
    assert broken(event, None) is None
