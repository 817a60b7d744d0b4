"""A herd: clocks due at one midnight in a deadline service that runs, each to be fired once, while somebody asks for a page of clocks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from libs.testkit.house import COUNTY, MONDAY, TOWN, House, open_house
from libs.workdays import Calendar
from services.deadline.app import build, subject
from services.deadline.clock import ACTOR
from services.deadline.clock.starting import StartClock
from services.deadline.events import ClockKind, ClockYellow, LimitBudget, Unit
from services.deadline.ticker import REAL, Ticker
from tests.bench.figures import percentile

CLOCKS: Final = subject(Calendar.load())
MIDNIGHT: Final = datetime(2007, 3, 5, 16, 0, tzinfo=UTC)
"""The beginning of Tuesday, 6 March 2007, in Yibin: a limit of one working day that runs from Monday is yellow."""
TOGETHER: Final = 400
"""Clocks started together."""
ASKING_SECONDS: Final = 0.02
"""How often somebody asks."""


@dataclass(frozen=True, slots=True)
class Herd:
    """What became of the herd: how many clocks there were, how many rungs they said and how many of them more than once, in how many seconds;
    and what 95 of 100 requests took at most, in milliseconds, while nothing was due and while the herd was.
    """

    clocks: int
    fired: int
    twice: int
    seconds: float
    quiet_ms: float
    meanwhile_ms: float


async def herd(database: str, clocks: int, quiet_requests: int = 200) -> Herd:
    """Starts so many clocks in a database of its own (by its owner's address) and lets midnight come."""
    async with open_house(build, database, name="deadline") as house:
        for n in range(0, clocks, TOGETHER):
            await asyncio.gather(*(_begins(house, command) for command in _commands(range(n, min(n + TOGETHER, clocks)))))
        await house.shown()
        quiet = [await _ask(house) for _ in range(quiet_requests)]
        asking, meanwhile = asyncio.Event(), list[float]()
        somebody = asyncio.create_task(_keep_asking(house, asking, meanwhile))
        began = time.perf_counter()
        await Ticker(house.context, CLOCKS).tick(REAL, MIDNIGHT)
        seconds = time.perf_counter() - began
        asking.set()
        await somebody
        said = Counter([yellow.clock for yellow in await _yellows(house)])
    twice = sum(times > 1 for times in said.values())
    return Herd(clocks, len(said), twice, seconds, percentile(quiet, 0.95), percentile(meanwhile, 0.95))


def _commands(numbers: range) -> Iterator[StartClock]:
    """Clocks of one working day, of cases of both nodes, from Monday on."""
    for n in numbers:
        node = COUNTY if n % 2 else TOWN
        case = f"{node}-20070305-{n:06d}-0"
        yield StartClock(
            clock=f"clock:{case}:promised",
            case=case,
            kind=ClockKind.PROMISED,
            node=node,
            budget=LimitBudget(unit=Unit.WORKING_DAYS, n=1),
            trigger=f"urn:liandong:{node}:intake#1#1",
            article="行政许可法第四十二条",
            start=MONDAY,
            at=MONDAY,
        )


async def _begins(house: House, command: StartClock) -> None:
    intent = CLOCKS.intent(command.clock, command, actor=ACTOR, correlation=command.case)
    await house.logs.of(command.node).append(intent)


async def _ask(house: House) -> float:
    """The milliseconds of a cheap request: the clocks of a case."""
    began = time.perf_counter()
    await house.get(f"/deadline/cases/{COUNTY}-20070305-000001-0/clocks", by="clerk")
    return 1000 * (time.perf_counter() - began)


async def _keep_asking(house: House, enough: asyncio.Event, took: list[float]) -> None:
    """Asks again and again, until it is enough."""
    while not took or not enough.is_set():
        took.append(await _ask(house))
        await asyncio.sleep(ASKING_SECONDS)


async def _yellows(house: House) -> list[ClockYellow]:
    """Every yellow of the logs, page by page."""
    found: list[ClockYellow] = []
    for node in (COUNTY, TOWN):
        after = 0
        while page := await house.logs.of(node).feed(after, 5000):
            after = page[-1].sequence
            found += [event for record in page if isinstance(event := CLOCKS.codec.decode(record), ClockYellow)]
    return found
