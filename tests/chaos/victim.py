"""A process that is there to be killed: appends to a log, or relays it (`python -m tests.chaos.victim append|relay URL MOMENT …`).

It kills itself, as hard as it gets, at the moment it is told: inside the transaction, between commit and reply, before or after the
broker's acknowledgement. Without a moment it works on until somebody else kills it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

import uvloop

from libs.bus import Relay
from libs.bus.sending import Outgoing
from libs.database import open_pool
from libs.eventlog import Consequence, Intent, New, PgLogs
from libs.host import Loops
from libs.testkit.neighbours import moment
from libs.wire import Position, Recorded

NODE: Final = "511525"
SAID: Final = "liandong.example.Said.v1"
STREAMS: Final = 7
CALLERS: Final = 16


def die(*_: object) -> None:
    """`kill -9` of this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def act(n: int, at: str = "") -> Intent:
    """The `n`th command, under its key; `at` "deciding": the process ends while it decides, inside the transaction."""

    def decide(_stream: Sequence[Recorded]) -> Consequence:
        if at == "deciding":
            die()
        return Consequence([New(SAID, b'{"n":%d}' % n, moment("2026-11-23"))])

    return Intent(subject=f"stream-{n % STREAMS}", decide=decide, actor="C0117", key=f"key-{n}", digest="d" * 64)


async def append(url: str, at: str, first: int, last: int) -> None:
    """Appends commands and says which were acknowledged, a line each. `at` "answering": it ends after its first commit, before any reply."""
    pool = await open_pool(url, "intake")
    logs = PgLogs(pool, "intake", [NODE], [die] if at == "answering" else [])
    await logs.open()
    left = iter(range(first, last))

    async def caller() -> None:
        for n in left:
            await logs.of(NODE).append(act(n, at))
            sys.stdout.write(f"{n}\n")
            sys.stdout.flush()

    await asyncio.gather(*(caller() for _ in range(CALLERS)))


class Deadly:
    """A seal that sends nothing and ends the process at a moment of a batch: "sending" or "acknowledged"."""

    def __init__(self, at: str) -> None:
        self.at = at

    async def begin(self, known: Sequence[Position]) -> None:
        """Nothing."""

    async def records(self, sending: Sequence[Position]) -> Sequence[Outgoing]:
        """Before the batch goes out."""
        if self.at == "sending":
            die()
        return ()

    def acknowledged(self, sent: Sequence[Position]) -> None:
        """The broker has it; the position is not saved yet."""
        if self.at == "acknowledged":
            die()

    async def due(self) -> Sequence[Outgoing]:
        """Nothing."""
        return ()

    async def idle(self) -> Sequence[Outgoing]:
        """Nothing."""
        return ()


async def relay(url: str, at: str, topic: str, bootstrap: str) -> None:
    """Relays the log until it is killed; a relay that fails is started again, as a site does it."""
    pool, loops = await open_pool(url, "intake"), Loops("victim")
    loops.run("relay", Relay(pool=pool, schemas=["intake"], topic=topic, bootstrap=bootstrap, seal=Deadly(at)).run)
    await asyncio.Event().wait()


if __name__ == "__main__":
    what, address, when, *more = sys.argv[1:]
    uvloop.run(append(address, when, int(more[0]), int(more[1])) if what == "append" else relay(address, when, *more))
