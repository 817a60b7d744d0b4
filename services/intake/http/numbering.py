"""Case numbers given out: serials leased from the node's log as they are needed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import date

from stdnum.iso7064 import mod_11_10

from libs.eventlog import Subject
from libs.host import Context
from services.intake.case.act import SYSTEM
from services.intake.events import NumberEvent, NumbersLeased
from services.intake.numbers import Command, LeaseNumbers, Serials, parts, stream, unchecked
from services.intake.numbers.allocator import Allocator

NumberSubject = Subject[Command, Serials, NumberEvent]


def case_number(node: str, filed: date, serial: int) -> str:
    """The number with its check digit: ISO 7064 MOD 11,10 over all digits before it."""
    text = unchecked(node, filed, serial)
    return f"{text}-{mod_11_10.calc_check_digit(text.replace('-', ''))}"


class Numbering:
    """Gives out case numbers of this process."""

    def __init__(self, context: Context, serials: NumberSubject) -> None:
        self._context, self._serials = context, serials
        self._held: defaultdict[tuple[str, int], Allocator] = defaultdict(Allocator)
        self._locks: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, node: str, filed: date) -> str:
        """A case number that nobody else has. Raises `KeyError` for a node not hosted here, `Refused("numbers-used-up")`, `LogError`."""
        held = self._held[node, filed.year]
        while not held:
            async with self._locks[node, filed.year]:
                if not held:
                    await self._lease(held, node, filed.year)
        return case_number(node, filed, held.take())

    def give_back(self, case: str) -> None:
        """Takes back a number that was not used after all; the next case gets its serial."""
        node, year, serial = parts(case)
        self._held[node, year].give_back(serial)

    async def _lease(self, held: Allocator, node: str, year: int) -> None:
        now = asyncio.get_running_loop().time()
        command = LeaseNumbers(year=year, size=held.wanted(now), process=self._context.process, at=self._context.now())
        done = await self._context.logs.of(node).append(self._serials.intent(stream(year), command, actor=SYSTEM))
        leased: NumbersLeased = self._serials.codec.decode(done.events[0])
        held.add(leased.first, leased.last, now)
