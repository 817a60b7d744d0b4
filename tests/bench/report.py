"""What was measured, as a table: the median ratio of interleaved rounds, beside its bar, with both absolute figures."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

TARGET: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
Measure = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `ours` and `theirs` per round; empty `theirs`: the bar is absolute. `lower`: less is better."""

    work: str
    against: str
    bar: float
    unit: str
    ours: Sequence[float]
    theirs: Sequence[float] = ()
    lower: bool = False
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True)] if self.theirs else list(self.ours)

    @property
    def met(self) -> bool:
        middle = statistics.median(self.ratios)
        return middle <= self.bar if self.lower else middle >= self.bar

    def line(self) -> str:
        ratios, sign = self.ratios, "≤" if self.lower else "≥"
        times = " ×" if self.theirs else f" {self.unit}"
        middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
        theirs = f"{statistics.median(self.theirs):,.0f}" if self.theirs else "–"
        met = "yes" if self.met else "**no**"
        absolute = f"{statistics.median(self.ours):,.0f} / {theirs} {self.unit}"
        return f"| {self.work} | {self.against} | {sign} {self.bar:,g}{times} | {middle:,.2f} ({low:,.2f}–{high:,.2f}) | {absolute} | {met} | {self.note} |"


async def paired(rounds: int, ours: Measure, theirs: Measure) -> tuple[list[float], list[float]]:
    """A B A B …, so that a drift of the machine falls on both."""
    a, b = [], []
    for _ in range(rounds):
        a.append(await ours())
        b.append(await theirs())
    return a, b


def machine() -> str:
    """Where and with what."""
    names = ("asyncpg", "aiokafka", "eventsourcing", "faststream", "msgspec", "fastapi")
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}, "
        f"Python {platform.python_version()}, PostgreSQL 18 and Apache Kafka 4.3.1 on the same machine; {packages}"
    )


def write(rows: Sequence[Row], rounds: int) -> str:
    """The document."""
    head = "| work | against | bar | measured: median (min–max) | ours / theirs | met | note |\n|---|---|---|---|---|---|---|"
    body = "\n".join(row.line() for row in rows)
    text = (
        "# Benchmarks\n\nWritten by `scripts/bench`; do not edit. Ratios against a peer or a limit in the same run, "
        f"median of {rounds} interleaved rounds. fsync is on, as in the box.\n\n{machine()}\n\n{head}\n{body}\n"
    )
    TARGET.write_text(text)
    return text
