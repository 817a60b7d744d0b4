"""Looks at the city every 20 ms, in a process of its own (`python -m tests.bench.poller PORT TOKEN`), until its input ends: what was new, and when."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Final

import msgspec
import uvloop

from tests.bench.figures import Seen
from tests.bench.line import connected, request

LOOK_SECONDS: Final = 0.02


class _Feed(msgspec.Struct):
    source: str
    verified: int


class Looked(msgspec.Struct):
    """All looks that saw something new, and the CPU they took here."""

    seen: list[Seen]
    cpu: float


_read: Final = msgspec.json.Decoder(list[_Feed]).decode


async def look(port: int, token: str) -> Looked:
    """Asks at fixed moments; one that is answered late is followed by the next at once."""
    line, asked = await connected(port), request("GET", "/hub/feeds", token)
    ended = asyncio.ensure_future(asyncio.to_thread(sys.stdin.buffer.read))
    known: dict[str, int] = {}
    seen: list[Seen] = []
    due = time.monotonic()
    while not ended.done():
        status, body = await line.ask(asked)
        now = time.monotonic()
        if status != 200:
            raise ConnectionError(f"the city answered {status}")
        moved = {feed.source: feed.verified for feed in _read(body) if known.get(feed.source) != feed.verified}
        if moved:
            known.update(moved)
            seen.append((now, moved))
        due = max(due + LOOK_SECONDS, now)
        await asyncio.sleep(due - now)
    line.close()
    return Looked(seen, time.process_time())


if __name__ == "__main__":
    found = uvloop.run(look(int(sys.argv[1]), sys.argv[2]))
    sys.stdout.buffer.write(msgspec.msgpack.encode(found))
