"""Health: named checks, each bounded, as the answers of `/health/live` and `/health/ready`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import structlog
from typing_extensions import TypedDict  # FastAPI asks for this one before Python 3.12

CHECK_SECONDS: Final = 2.0
"""A health check that takes longer has failed."""

Check = Callable[[], Awaitable[object]]
"""Returns when well, raises when not."""


class NotReady(Exception):
    """Why something is not ready, in stable words that everybody may read: names of loops, of views, of servers."""


class Condition(TypedDict):
    """One check's outcome. `because` names the kind of fault only, addresses and data stay in the log; the words of a `NotReady` may be read."""

    state: Literal["up", "down"]
    because: str
    seconds: float


class Report(TypedDict):
    """The answer of a health endpoint."""

    state: Literal["up", "down"]
    checks: dict[str, Condition]


class Health:
    """Named checks of what a process needs to be of use."""

    def __init__(self, **checks: Check) -> None:
        self._checks = dict(checks)
        self._down: dict[str, str] = {}
        self._log = structlog.stdlib.get_logger("liandong.health")

    def add(self, name: str, check: Check) -> None:
        """Ask `check` as well from now on."""
        self._checks[name] = check

    def live(self) -> Report:
        """Up as long as the process answers at all."""
        return Report(state="up", checks={})

    async def ready(self) -> Report:
        """Up when every check is; all are asked at once and get two seconds."""
        found = await asyncio.gather(*(self._ask(name, check) for name, check in self._checks.items()))
        checks = dict(zip(self._checks, found, strict=True))
        return Report(state="up" if all(one["state"] == "up" for one in found) else "down", checks=checks)

    async def _ask(self, name: str, check: Check) -> Condition:
        began = time.perf_counter()
        because = ""
        try:
            await asyncio.wait_for(check(), CHECK_SECONDS)
        except NotReady as no:  # told by whoever found it
            because = str(no)
        except Exception as fault:  # any fault at all means "not ready", and is told
            because = type(fault).__name__
            self._tell(name, because, fault)
        else:
            self._well(name)
        return Condition(state="down" if because else "up", because=because, seconds=round(time.perf_counter() - began, 3))

    def _tell(self, name: str, because: str, fault: Exception) -> None:
        """Tells a fault once, however often it is asked for."""
        if self._down.get(name) != because:
            self._down[name] = because
            self._log.warning("health check failed", check=name, fault=because, exc_info=fault)

    def _well(self, name: str) -> None:
        if self._down.pop(name, None) is not None:
            self._log.info("health check well again", check=name)
