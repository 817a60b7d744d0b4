"""Looks at the city every 20 ms, in a process of its own (`python -m tests.bench.poller PORT TOKEN`), until its input ends: what was new, and when.

A first byte says that the first look is done: what was there before the load is known.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from typing import Final

import msgspec
import uvloop

from tests.bench.aside import tell
from tests.bench.figures import Seen
from tests.bench.line import Line, connected, request

LOOK_SECONDS: Final = 0.02
READY: Final = b"!"


class _Feed(msgspec.Struct):
    source: str
    verified: int


class Looked(msgspec.Struct):
    """All looks that saw something new, the CPU they took here, and the looks that saw nothing because the city did not answer."""

    seen: list[Seen]
    cpu: float
    missed: dict[str, int] = {}


_read: Final = msgspec.json.Decoder(list[_Feed]).decode


class Poller:
    """One line to the city, made anew where it broke: a look that is missed is made up for by the next, and what it would have seen waits longer."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._asked = port, request("GET", "/hub/feeds", token)
        self._line: Line | None = None
        self._known: dict[str, int] = {}
        self._missed: Counter[str] = Counter()
        self._seen: list[Seen] = []

    async def look(self) -> None:
        """Asks once. The first look has to be answered: raises `OSError`."""
        try:
            if self._line is None or not self._line.open:
                self._line = await connected(self._port)
            status, body = await self._line.ask(self._asked)
            if status != 200:
                raise ConnectionError(f"the city answered {status}")
        except OSError as fault:
            if not self._known:
                raise
            self._missed[f"{type(fault).__name__}: {fault}"] += 1
            return
        self._note(time.monotonic(), {feed.source: feed.verified for feed in _read(body)})

    def close(self) -> None:
        """Ends the line."""
        if self._line is not None:
            self._line.close()

    def _note(self, now: float, feeds: dict[str, int]) -> None:
        if moved := {source: verified for source, verified in feeds.items() if self._known.get(source) != verified}:
            self._known.update(moved)
            self._seen.append((now, moved))

    async def run(self, ended: asyncio.Future[bytes]) -> Looked:
        """Looks at fixed moments; a look that is answered late is followed by the next at once."""
        due = time.monotonic()
        while not ended.done():
            await self.look()
            now = time.monotonic()
            due = max(due + LOOK_SECONDS, now)
            await asyncio.sleep(due - now)
        return Looked(self._seen, time.process_time(), dict(self._missed))


async def main(port: int, token: str) -> Looked:
    """Looks once, says so, and looks on until the input ends."""
    poller = Poller(port, token)
    try:
        await poller.look()
        os.write(1, READY)
        return await poller.run(asyncio.ensure_future(asyncio.to_thread(sys.stdin.buffer.read)))
    finally:
        poller.close()


if __name__ == "__main__":
    tell(uvloop.run(main(int(sys.argv[1]), sys.argv[2])))
