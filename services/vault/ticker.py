"""Uploads that nobody finished go after a day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from libs.vault import Documents

SWEEP_SECONDS: Final = 600.0


async def keep_sweeping(documents: Documents, now: Callable[[], datetime]) -> None:
    """Sweeps every ten minutes, for as long as the vault stands. Two processes that do so at once do not disturb each other."""
    while True:
        await documents.sweep(now())
        await asyncio.sleep(SWEEP_SECONDS)
