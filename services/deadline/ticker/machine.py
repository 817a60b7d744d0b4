"""The machine's time as this site keeps it: the last tick, and a doubt that stays until the operator's word, also over restarts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

import structlog
from opentelemetry import metrics

from libs.host import Context, NeedsTheOperator
from libs.workdays import CHINA
from services.deadline.ticker.wall import REASONS, Doubt, Reading, doubted

_log = structlog.get_logger("deadline")
_doubts = metrics.get_meter("liandong.deadline").create_counter(
    "liandong.deadline.time.doubts", description="how often the machine's time came into doubt"
)
_KEPT: Final = "select at, doubt, doubted_at from last_tick where site = $1"
_TICKS: Final = """
insert into last_tick (site, at) values ($1, $2)
on conflict (site) do update set at = excluded.at where last_tick.doubt = '' returning at"""
_DOUBTS: Final = """
insert into last_tick (site, at, doubt, doubted_at) values ($1, $3, $2, $3)
on conflict (site) do update set doubt = excluded.doubt, doubted_at = excluded.doubted_at where last_tick.doubt = ''"""
_CONFIRMS: Final = """
update last_tick set at = $2, doubt = '', doubted_at = null, confirmed_by = $3, confirmed_at = $2
where site = $1 and doubt <> '' returning site"""


class LastTick(NamedTuple):
    """The last tick in real time at this site; `doubt` is empty while the machine's time is believed."""

    at: datetime
    doubt: str
    doubted_at: datetime | None


class MachineTime:
    """What the machine of this process says the time is, believed or in doubt. `monotonic` tells seconds that only go up."""

    def __init__(self, context: Context, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._context, self._monotonic = context, monotonic
        self._before: Reading | None = None

    async def believed(self) -> datetime | None:
        """The present instant, kept as the last tick; None: the machine's time is in doubt, from now on or since earlier."""
        now = Reading(wall=self._context.now(), seconds=self._monotonic())
        kept = await self._kept()
        held = kept is not None and kept.doubt != ""
        if not held and (doubt := doubted(now, self._before, kept.at if kept else None)):
            held = True
            await self._doubt(doubt, now.wall)
        if not held:
            held = await self._context.pool.fetchval(_TICKS, self._context.site.code, now.wall) is None
        self._before = now
        return None if held else now.wall

    async def confirm(self, by: str) -> bool:
        """Takes the word of `by` that the machine's time is right: it is believed again. False: it was not in doubt."""
        now = self._context.now()
        confirmed = await self._context.pool.fetchval(_CONFIRMS, self._context.site.code, now, by) is not None
        if confirmed:
            _log.warning("deadline.time_confirmed", by=by, now=now)
        return confirmed

    async def in_doubt(self) -> str:
        """Why nothing speaks, and what to do, as a sentence for people; empty while the machine's time is believed."""
        kept = await self._kept()
        if kept is None or not kept.doubt:
            return ""
        found = f"（{_shown(kept.doubted_at)}）" if kept.doubted_at else ""
        return (
            f"{REASONS[Doubt(kept.doubt)]}{found}，上一次计时是 {_shown(kept.at)}；时限暂不提醒、不发牌，"
            f"核对机器时间后运行 liandong clock confirm {self._context.site.code}"
        )

    async def well(self) -> None:
        """Raises `NeedsTheOperator` while the machine's time is in doubt."""
        if because := await self.in_doubt():
            raise NeedsTheOperator(because)

    async def _doubt(self, doubt: Doubt, now: datetime) -> None:
        await self._context.pool.execute(_DOUBTS, self._context.site.code, doubt.value, now)
        _doubts.add(1, {"doubt": doubt.value})
        _log.error("deadline.time_in_doubt", doubt=doubt.value, now=now)

    async def _kept(self) -> LastTick | None:
        row = await self._context.pool.fetchrow(_KEPT, self._context.site.code)
        return LastTick(*row.values()) if row else None


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(CHINA):%Y-%m-%d %H:%M}"
