"""What was measured, as a table and as figures a program reads: the median of interleaved rounds, beside its bar, with what the machine did."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec
import psutil

TARGET: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
FIGURES: Final = TARGET.with_suffix(".json")
Measure = Callable[[], Awaitable[float]]
COLUMNS: Final = ("work", "against", "bar", "measured: median (min–max)", "ours / theirs", "met", "CPU, % of a core", "load", "note")
HEAD: Final = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a figure: CPU by kind of process in percent of a core, and the machine's load average of a minute."""

    cpu: Mapping[str, float]
    load: float


def beside(cpu: Mapping[str, float]) -> Beside:
    """What the processes used, with the load average as it is now."""
    return Beside(dict(cpu), os.getloadavg()[0])


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `ours` and `theirs` per round; empty `theirs`: the bar is absolute. `lower`: less is better. No `bar`: told for orientation."""

    work: str
    against: str
    bar: float | None
    unit: str
    ours: Sequence[float]
    theirs: Sequence[float] = ()
    lower: bool = False
    note: str = ""
    beside: Beside | None = None

    @property
    def key(self) -> str:
        """What a row is found by in another run."""
        return f"{self.work} / {self.against}"

    @property
    def ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True)] if self.theirs else list(self.ours)

    @property
    def middle(self) -> float:
        return statistics.median(self.ratios)

    @property
    def met(self) -> bool:
        """Also where there is no bar."""
        if self.bar is None:
            return True
        return self.middle <= self.bar if self.lower else self.middle >= self.bar

    def line(self) -> str:
        ratios = self.ratios
        times = " ×" if self.theirs else f" {self.unit}"
        theirs = f"{statistics.median(self.theirs):,.6g}" if self.theirs else "–"
        measured = f"{figure(self.middle)} ({figure(min(ratios))}–{figure(max(ratios))})"
        cpu = ", ".join(f"{kind} {used:.0f}" for kind, used in self.beside.cpu.items()) if self.beside else ""
        load = f"{self.beside.load:.1f}" if self.beside else ""
        bar, met = (
            ("–", "–") if self.bar is None else (f"{'≤' if self.lower else '≥'} {self.bar:,g}{times}", "yes" if self.met else "**no**")
        )
        cells = (
            self.work, self.against, bar, measured, f"{statistics.median(self.ours):,.6g} / {theirs} {self.unit}",
            met, cpu, load, self.note,
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


def figure(value: float) -> str:
    """A figure as people read it: three digits, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


async def paired(rounds: int, ours: Measure, theirs: Measure) -> tuple[list[float], list[float]]:
    """A B A B …, so that a drift of the machine falls on both."""
    a, b = [], []
    for _ in range(rounds):
        a.append(await ours())
        b.append(await theirs())
    return a, b


def machine() -> str:
    """Where and with what."""
    names = ("asyncpg", "aiokafka", "eventsourcing", "faststream", "msgspec", "fastapi", "uvloop")
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}, "
        f"Python {platform.python_version()}, PostgreSQL 18 and Apache Kafka 4.3.1 on the same machine; {packages}"
    )


def figures(rows: Sequence[Row], rounds: int) -> dict[str, Any]:
    """All of it for programs, `compare` among them."""
    return {"machine": machine(), "rounds": rounds, "rows": {row.key: msgspec.to_builtins(row) for row in rows}}


def write(rows: Sequence[Row], rounds: int) -> None:
    """The document, and the figures beside it."""
    body = "\n".join(row.line() for row in rows)
    text = (
        "# Benchmarks\n\nWritten by `scripts/bench`; do not edit. Ratios against a peer or a limit in the same run, "
        f"median of {rounds} interleaved rounds; the same as figures: [benchmarks.json](benchmarks.json). fsync is on, as in the box. "
        "Everything runs on the loop the box runs on. Latencies count from the moment a command was due to the first look of one poller, "
        "every 20 ms, that saw it at the city. CPU of the load and of the poller stands beside, and is in no share of the machine.\n\n"
        f"{machine()}\n\n{HEAD}\n{body}\n"
    )
    TARGET.write_text(text, encoding="utf-8")
    FIGURES.write_bytes(msgspec.json.format(msgspec.json.encode(figures(rows, rounds)), indent=1) + b"\n")
