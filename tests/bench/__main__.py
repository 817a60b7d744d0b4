"""`scripts/bench`: chooses, measures, compares, writes docs/benchmarks.md and the figures beside it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from libs.embedded import Kafka, Postgres
from libs.host.process import keep_what_is_there
from tests.bench import whole
from tests.bench.choosing import ALONE, BOXED, FULL, NAMES, QUICK, SERVED, Servers, Sizes, is_full, measured
from tests.bench.commanded import HERE, BoxByCommand
from tests.bench.compare import committed, compared
from tests.bench.report import HEAD, Row, write
from tests.bench.usage import Usage


def told(rows: Sequence[Row]) -> list[Row]:
    """Says rows as soon as they are measured."""
    for row in rows:
        typer.echo(row.line())
    return list(rows)


async def served(chosen: Sequence[str], at: Servers, sizes: Sizes) -> list[Row]:
    """Rows that need servers, in a process that keeps its garbage as seldom looked at as a site's does."""
    keep_what_is_there()
    usage, rows = Usage(os.getpid()), list[Row]()
    for name in chosen:
        rows += told(await measured(usage, SERVED[name](at, sizes)))
    return rows


def with_servers(chosen: Sequence[str], sizes: Sizes) -> list[Row]:
    """Starts PostgreSQL and Kafka for the rows that need them; no row: nothing is started."""
    if not chosen:
        return []
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        postgres, kafka = Postgres(Path(folder) / "postgres"), Kafka(Path(folder) / "kafka")
        try:
            postgres.start()
            kafka.start()
            return uvloop.run(served(chosen, Servers(postgres.url(), kafka.bootstrap), sizes))
        finally:
            kafka.erase()
            postgres.erase()


def with_box(chosen: Sequence[str], sizes: Sizes, checkout: Path) -> list[Row]:
    """Runs a box of `checkout` for the rows that are measured from outside."""
    if not chosen:
        return []
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        box = BoxByCommand(Path(folder) / "box", checkout)
        try:
            rows = whole.starts(box, sizes.rounds if "start" in chosen else 0)
            return told(rows if "start" in chosen else []) + on_box(box, chosen, sizes)
        finally:
            box.erase()


def on_box(box: BoxByCommand, chosen: Sequence[str], sizes: Sizes) -> list[Row]:
    """The rows of a running box; pages and lives of cases before and after all the load, which fills it."""
    rows, short = list[Row](), min(sizes.seconds, 15.0)
    if "whole" in chosen:
        rows += told([whole.at_rest(box, sizes.rounds, sizes.seconds)])
    early = whole.lives(box, sizes.rounds, short) if "lives" in chosen else []
    before = whole.cases_known(box)
    if "pages" in chosen:
        rows += told([whole.pages(box, "before the load", bar=150)])
    if "whole" in chosen:
        rows += told(whole.whole_way(box, sizes.rounds, sizes.seconds, typer.echo))
    if early:
        after = whole.cases_known(box)
        rows += told(whole.lives_rows(early, whole.lives(box, sizes.rounds, short), before, after))
    if "pages" in chosen and "whole" in chosen:
        rows += told([whole.pages(box, "after the load", bar=None)])
    return rows


def main(
    rounds: Annotated[int, typer.Option(help="interleaved rounds; 0: five, or two of a quick look; fewer than five are not written")] = 0,
    seconds: Annotated[
        float, typer.Option(help="length of a stretch of the whole way's load; 0: sixty, or five; shorter ones are not written")
    ] = 0.0,
    quick: Annotated[bool, typer.Option("--quick", help="a short look; the document is not written")] = False,
    only: Annotated[str, typer.Option(help=f"rows to measure, with commas, of {', '.join(NAMES)}; the document is not written")] = "",
    compare: Annotated[bool, typer.Option("--compare", help="print every figure beside the last committed run")] = False,
    checkout: Annotated[Path, typer.Option(help="whose box is run for start, lives, whole and pages; the document is not written")] = HERE,
) -> None:
    """Measures and writes docs/benchmarks.md."""
    wanted = {name.strip() for name in only.split(",")} - {""}
    chosen = [name for name in NAMES if not wanted or name in wanted]
    if unknown := wanted - set(NAMES):
        raise typer.BadParameter(f"no row is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    sizes = QUICK if quick else FULL
    sizes = replace(sizes, rounds=rounds or sizes.rounds, seconds=seconds or sizes.seconds)
    typer.echo(HEAD)
    rows = [row for name in chosen if name in ALONE for row in told(ALONE[name](sizes))]
    rows += with_servers([name for name in chosen if name in SERVED], sizes)
    rows += with_box([name for name in chosen if name in BOXED], sizes, checkout)
    if compare:
        typer.echo("\n".join(compared(rows, committed())))
    if is_full(sizes, wanted, checkout):
        write(rows, sizes.rounds)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app()
