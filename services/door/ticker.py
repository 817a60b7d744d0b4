"""Rows that have aged go: sessions that ran out, what was tried long ago, forms nobody came back for."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from libs.database import Pool
from libs.web import KEPT_FORM, LONGEST_SESSION

SWEEP_SECONDS: Final = 60.0
REMEMBERED: Final = LONGEST_SESSION + timedelta(days=1)
"""A session is known for a day after its end: what was typed in it is kept for whose it was."""
MOST_RATES: Final = 100_000
"""Rows of rates at most after a sweep; those soonest forgotten go first."""
_SESSIONS: Final = "delete from session where began < now() - $1::interval"
_FORMS: Final = "delete from kept_form where made < now() - $1::interval"
_LEAVING: Final = "delete from leaving where made < now() - $1::interval"
_RATES: Final = "delete from rate where until < now()"
_BEYOND: Final = "delete from rate where until <= (select until from rate order by until desc offset $1 limit 1)"


async def sweep(pool: Pool) -> None:
    """Removes what is of no use any more. Two processes that do so at once do not disturb each other."""
    await pool.execute(_SESSIONS, REMEMBERED)
    await pool.execute(_FORMS, KEPT_FORM)
    await pool.execute(_LEAVING, KEPT_FORM)
    await pool.execute(_RATES)
    await pool.execute(_BEYOND, MOST_RATES)


async def keep_sweeping(pool: Pool) -> None:
    """Sweeps once a minute, for as long as the door stands."""
    while True:
        await sweep(pool)
        await asyncio.sleep(SWEEP_SECONDS)
