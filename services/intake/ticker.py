"""What intake does of itself: every process gives a sign of life, and voids what processes without one had leased and no case carries.

The times come in: those of the database's clock, for processes on several machines (decision 0028).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from libs.eventlog import Claim, Claimed, Subject
from libs.host import Context
from libs.views import Pool
from services.intake.case.act import SYSTEM
from services.intake.events import NumberEvent
from services.intake.numbers import SCOPE, Command, Serials, VoidNumbers, claimed, stream
from services.intake.views import Lease, OpenLease, accounted_for, open_leases

SIGN_SECONDS: Final = 10.0
"""How often a process gives a sign of life, and looks for those that give none."""
SILENCE: Final = timedelta(seconds=60)
"""A process is taken for dead after it."""
PAGE: Final = 100
"""Blocks looked at together."""
_log: Final = structlog.get_logger("intake")
_SIGN: Final = """
insert into alive (process, seen_at) values ($1, $2) on conflict (process) do update set seen_at = excluded.seen_at"""
_END: Final = "delete from alive where process = $1"
_FORGET: Final = "delete from alive where seen_at < $1"


async def database_time(pool: Pool) -> datetime:
    """The time by the clock that all processes of a site share."""
    now: datetime = await pool.fetchval("select clock_timestamp()")
    return now


class Keeper:
    """Keeps the blocks of serials: of this process, by being alive; of the dead, by voiding what they left."""

    def __init__(
        self,
        context: Context,
        serials: Subject[Command, Serials, NumberEvent],
        clock: Callable[[Pool], Awaitable[datetime]] = database_time,
    ) -> None:
        self._context, self._serials, self._clock = context, serials, clock

    async def keep(self) -> None:
        """Turn after turn, until cancelled."""
        while True:
            await self.turn()
            await asyncio.sleep(SIGN_SECONDS)

    async def begin(self) -> None:
        """Says that this process lives, before it leases anything."""
        await self.sign()

    async def sign(self) -> datetime:
        """Says that this process lives: the time."""
        now = await self._clock(self._context.pool)
        await self._context.pool.execute(_SIGN, self._context.process, now)
        return now

    async def end(self) -> None:
        """Says that this process ends: what it may have left, others void at once."""
        await self._context.pool.execute(_END, self._context.process)

    async def turn(self) -> None:
        """A sign of life; then every block that is not accounted for is looked at: those of the dead are voided."""
        alive_after = await self.sign() - SILENCE
        after: Lease | None = None
        while page := await open_leases(self._context.pool, [node.code for node in self._context.site.nodes], alive_after, after, PAGE):
            await accounted_for(self._context.pool, [lease for lease in page if not await self._unused(lease)])
            after = page[-1]
        await self._context.pool.execute(_FORGET, alive_after)

    async def _unused(self, lease: OpenLease) -> Sequence[int]:
        """The serials of a block that are neither a case's nor voided; where its process is dead, they are voided now."""
        if lease.alive and not await self._taken(lease, [lease.last]):
            return [lease.last]  # serials are given out in order: the block is in use
        serials = range(lease.first, lease.last + 1)
        taken = await self._taken(lease, serials)
        unused = [serial for serial, key in zip(serials, claimed(lease.year, *serials), strict=True) if key not in taken]
        if unused and not lease.alive:
            await self._void(lease, unused)
        return unused

    async def _taken(self, lease: Lease, serials: Sequence[int]) -> set[str]:
        """What of the serials is claimed."""
        claims = [Claim(SCOPE, key) for key in claimed(lease.year, *serials)]
        return {claim.key for claim in await self._context.logs.of(lease.node).taken(claims)}

    async def _void(self, lease: Lease, unused: Sequence[int]) -> None:
        command = VoidNumbers(year=lease.year, process=lease.process, unused=tuple(unused), at=self._context.now())
        try:
            await self._context.logs.of(lease.node).append(self._serials.intent(stream(lease.year), command, actor=SYSTEM, last=True))
        except Claimed as no:  # a case or another process was faster: the next turn sees what is left
            _log.info("intake.numbers_not_voided", node=lease.node, year=lease.year, process=lease.process, claimed=no.key)
        else:
            _log.info("intake.numbers_voided", node=lease.node, year=lease.year, process=lease.process, serials=len(unused))
