"""`scripts/bench`: chooses, measures, writes docs/benchmarks.md."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from libs.embedded import Kafka, Postgres
from libs.workdays import Calendar, Ledger, Stop, WorkingDays, derive
from services.onebox import throw_away
from tests.bench import append, stream
from tests.bench.report import Row, write
from tests.bench.whole import whole_way


def deadlines(rounds: int) -> Row:
    """Due dates a second; every fourth clock has a stop."""
    calendar, start = Calendar.load(), datetime(2026, 3, 2, 2, tzinfo=UTC)
    stops = (Stop(date(2026, 3, 5), date(2026, 3, 9)),)
    ledgers = [Ledger(start, WorkingDays(n % 30 + 1), stops if n % 4 == 0 else ()) for n in range(20_000)]
    rates = []
    for _ in range(rounds):
        began = time.perf_counter()
        for ledger in ledgers:
            derive(ledger, calendar)
        rates.append(len(ledgers) / (time.perf_counter() - began))
    return Row("deadline arithmetic with all its warnings", "–", 200_000, "due dates/s", rates)


async def logs(owner: str, bootstrap: str, rounds: int, count: int) -> list[Row]:
    """Everything about the log and the stream."""
    rows = [
        await append.against_peer(owner, rounds, count),
        await append.against_inserts(owner, rounds, count),
        *await append.two_processes(owner, rounds, count),
        await append.bulk(owner, rounds, count * 4),
        await stream.relay(owner, bootstrap, rounds, count * 3),
        await stream.hub(owner, bootstrap, rounds, count * 3),
    ]
    for row in rows:
        typer.echo(row.line())
    return rows


def main(
    rounds: Annotated[int, typer.Option(help="interleaved rounds")] = 5,
    seconds: Annotated[float, typer.Option(help="length of the whole way's load")] = 60.0,
    quick: Annotated[bool, typer.Option("--quick", help="a short look; the document is not written")] = False,
) -> None:
    """Measures and writes docs/benchmarks.md."""
    rounds, count, seconds = (2, 3000, 5.0) if quick else (rounds, 10_000, seconds)
    rows = [deadlines(rounds)]
    typer.echo(rows[0].line())
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        postgres, kafka = Postgres(Path(folder) / "postgres"), Kafka(Path(folder) / "kafka")
        postgres.start()
        kafka.start()
        try:
            rows += uvloop.run(logs(postgres.url(), kafka.bootstrap, rounds, count))
        finally:
            kafka.erase()
            postgres.erase()
    with throw_away() as box:
        rows += uvloop.run(whole_way(box, rounds, seconds, typer.echo))
    if not quick:
        write(rows, rounds)


typer.run(main)
