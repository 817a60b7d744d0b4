"""Case numbers given out: serials leased from the node's log before they are needed, and given back at the end (decision 0028)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

import structlog
from stdnum.iso7064 import mod_11_10

from libs.eventlog import Claimed, Subject
from libs.host import Context
from services.intake.case.act import SYSTEM
from services.intake.events import NumberEvent, NumbersLeased
from services.intake.numbers import SCOPE, Command, LeaseNumbers, Serials, VoidNumbers, parts, stream, unchecked
from services.intake.numbers.allocator import Allocator

_log: Final = structlog.get_logger("intake")
NumberSubject = Subject[Command, Serials, NumberEvent]
Year = tuple[str, int]
"""A node and a year of its serials."""


def case_number(node: str, filed: date, serial: int) -> str:
    """The number with its check digit: ISO 7064 MOD 11,10 over all digits before it."""
    text = unchecked(node, filed, serial)
    return f"{text}-{mod_11_10.calc_check_digit(text.replace('-', ''))}"


class Numbering:
    """Gives out case numbers of this process."""

    def __init__(self, context: Context, serials: NumberSubject) -> None:
        self._context, self._serials = context, serials
        self._held: defaultdict[Year, Allocator] = defaultdict(Allocator)
        self._leasing: dict[Year, asyncio.Task[None]] = {}
        self._doubtful: defaultdict[Year, list[int]] = defaultdict(list)

    async def take(self, node: str, filed: date) -> str:
        """A case number that nobody else has; nobody waits for a block, as long as the log takes the next one while half of this is used.

        Raises `KeyError` for a node not hosted here, `Refused("numbers-used-up")`, `LogError`.
        """
        year = node, filed.year
        held = self._held[year]
        while not held:
            await asyncio.shield(self._lease(year))
        serial = held.take()
        if held.low:
            self._lease(year)
        return case_number(node, filed, serial)

    def give_back(self, case: str) -> None:
        """Takes back a number that was not used after all; the next case gets its serial."""
        node, year, serial = parts(case)
        self._held[node, year].give_back(serial)

    def lost(self, case: str, taken: Claimed) -> None:
        """Notes that the number is nobody's any more, and with it those leased before: this process was silent for so long that it was taken
        for dead. Raises `taken` where it is something else that was.
        """
        if taken.scope != SCOPE:
            self.give_back(case)
            raise taken
        node, year, serial = parts(case)
        self._held[node, year].lost(serial)
        _log.warning("intake.numbers_lost", node=node, year=year, serial=serial)

    def doubt(self, case: str) -> None:
        """Notes that nobody knows whether a case carries the number: it is voided at the end, unless one does."""
        node, year, serial = parts(case)
        self._doubtful[node, year].append(serial)

    async def close(self) -> None:
        """Voids everything this process still holds, at its end; what could not be voided is left to another process."""
        await asyncio.gather(*self._leasing.values(), return_exceptions=True)
        await asyncio.gather(*(self._give_up(year) for year in self._held))

    async def _give_up(self, year: Year) -> None:
        held = self._held[year]
        while held and (gone := await self._void(year, held.left())) is not None:
            held.lost(gone)
        for serial in self._doubtful[year]:
            await self._void(year, [serial])

    async def _void(self, year: Year, unused: Sequence[int]) -> int | None:
        """Voids serials; where one of them has gone to a case or was voided, it is returned, and none is voided."""
        node, of = year
        command = VoidNumbers(year=of, process=self._context.process, unused=tuple(unused), at=self._context.now())
        try:
            await self._context.logs.of(node).append(self._serials.intent(stream(of), command, actor=SYSTEM, last=True))
        except Claimed as no:
            return int(no.key.rpartition("|")[2])
        return None

    def _lease(self, year: Year) -> asyncio.Task[None]:
        """The leasing of the next block, under way or begun now."""
        task = self._leasing.get(year)
        if task is None or task.done():
            task = self._leasing[year] = asyncio.create_task(self._leased(*year), name="lease")
            task.add_done_callback(_told)
        return task

    async def _leased(self, node: str, year: int) -> None:
        held, now = self._held[node, year], asyncio.get_running_loop().time()
        command = LeaseNumbers(year=year, size=held.wanted(now), process=self._context.process, at=self._context.now())
        done = await self._context.logs.of(node).append(self._serials.intent(stream(year), command, actor=SYSTEM, last=True))
        leased: NumbersLeased = self._serials.codec.decode(done.events[0])
        held.add(leased.first, leased.last, now)


def _told(leasing: asyncio.Task[None]) -> None:
    """Tells of a lease that failed ahead of its time; who has to wait for one is told by it, and asks for the next."""
    if not leasing.cancelled() and (error := leasing.exception()) is not None:
        _log.warning("intake.lease_failed", error=repr(error))
