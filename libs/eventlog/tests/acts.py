"""Acts that say texts: what the tests of both stores append."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime

import asyncpg

from libs.eventlog import Claim, Consequence, Intent, New
from libs.wire import Recorded

AT = datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC)
Decide = Callable[[Sequence[Recorded]], Consequence]


def says(*texts: str, claims: Sequence[Claim] = (), releases: Sequence[Claim] = ()) -> Decide:
    events = [New("liandong.example.Said.v1", text.encode(), AT) for text in texts]
    return lambda _stream: Consequence(events, claims, releases)


def intent(subject: str, decide: Decide, key: str = "", digest: str = "", expected: Container[int] | None = None) -> Intent:
    return Intent(subject=subject, decide=decide, actor="C0117", key=key, digest=digest, expected=expected)


def counts(subject: str, key: str = "") -> Intent:
    """Says how many events its stream had."""

    def decide(stream: Sequence[Recorded]) -> Consequence:
        return says(str(len(stream)))(stream)

    return intent(subject, decide, key)


async def end_connections(database: str) -> None:
    """Ends every connection of the service in this database."""
    admin = await asyncpg.connect(database)
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'liandong-intake' and datname = current_database()"
    )
    await admin.close()
