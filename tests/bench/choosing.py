"""Every row of the bench by name: what it needs, and how it is measured."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Final

from tests.bench import alone, append, growth, stream
from tests.bench.commanded import HERE
from tests.bench.herd import herd
from tests.bench.report import Row, beside
from tests.bench.usage import Usage


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: interleaved rounds, things of a round, seconds of load, lengths of a short and of a long log, clocks of the herd."""

    rounds: int
    count: int
    seconds: float
    few: int
    many: int
    clocks: int


FULL: Final = Sizes(rounds=5, count=10_000, seconds=60.0, few=10_000, many=1_000_000, clocks=100_000)
QUICK: Final = Sizes(rounds=2, count=2000, seconds=5.0, few=2000, many=20_000, clocks=5000)


def is_full(sizes: Sizes, wanted: Collection[str], checkout: Path) -> bool:
    """Whether a run may be written down: every row, of this checkout, of no less than is measured by default."""
    short = any(found < full for found, full in zip(astuple(sizes), astuple(FULL), strict=True))
    return not (short or wanted or checkout.resolve() != HERE)


@dataclass(frozen=True, slots=True)
class Servers:
    """PostgreSQL, by its owner's address, and Kafka; both run below this process."""

    owner: str
    bootstrap: str


async def _one(row: Awaitable[Row]) -> list[Row]:
    return [await row]


async def _herd(at: Servers, sizes: Sizes) -> list[Row]:
    """A herd of clocks due at one midnight. Raises `AssertionError` where one did not fire, or fired twice."""
    found = await herd(await append.fresh(at.owner), sizes.clocks)
    assert (found.fired, found.twice) == (found.clocks, 0), f"of {found.clocks} clocks {found.fired} fired, {found.twice} more than once"
    work, p95 = f"{found.clocks:,} clocks due at one midnight, each fired once", "requests meanwhile, p95"
    return [
        Row(work, "all of them", 60, "s", [found.seconds], lower=True),
        Row(p95, "when nothing is due", 2, "ms", [found.meanwhile_ms], [found.quiet_ms], lower=True),
    ]


ALONE: Final[Mapping[str, Callable[[Sizes], list[Row]]]] = {
    "deadlines": lambda sizes: alone.deadlines(sizes.rounds),
    "commands": lambda sizes: alone.commands(sizes.rounds),
    "chain": lambda sizes: alone.chain(sizes.rounds, sizes.count * 2),
}
"""What needs no server."""
SERVED: Final[Mapping[str, Callable[[Servers, Sizes], Awaitable[list[Row]]]]] = {
    "append": lambda at, sizes: _one(append.against_peer(at.owner, sizes.rounds, sizes.count)),
    "inserts": lambda at, sizes: _one(append.against_inserts(at.owner, sizes.rounds, sizes.count)),
    "processes": lambda at, sizes: append.two_processes(at.owner, sizes.rounds, sizes.count),
    "bulk": lambda at, sizes: _one(append.bulk(at.owner, sizes.rounds, sizes.count * 4)),
    "relay": lambda at, sizes: _one(stream.relay(at.owner, at.bootstrap, sizes.rounds, sizes.count * 3)),
    "hub": lambda at, sizes: _one(stream.hub(at.owner, at.bootstrap, sizes.rounds, sizes.count * 3)),
    "rebuild": lambda at, sizes: growth.rebuild(at.owner, sizes.rounds, sizes.count * 10),
    "herd": _herd,
    "growth": lambda at, sizes: growth.growth(at.owner, sizes.rounds, sizes.few, sizes.many),
}
"""What needs PostgreSQL, and some Kafka."""
BOXED: Final = ("start", "lives", "whole", "pages")
"""What is measured from outside, at a box run by its command."""
NAMES: Final = (*ALONE, *SERVED, *BOXED)


async def measured(usage: Usage, work: Awaitable[Sequence[Row]]) -> list[Row]:
    """The rows, each with what the processes used meanwhile."""
    usage.begin()
    rows = await work
    there = beside(usage.used())
    return [replace(row, beside=there) for row in rows]
