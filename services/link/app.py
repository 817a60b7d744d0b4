"""Wires the link: the relay over all of a site's logs, through a role of its own that can read them, to the city stream."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from libs.bus.relay import Relay
from libs.bus.topics import CITY_STREAM
from libs.database import Pool, open_pool
from libs.host import Site
from libs.host.running import now
from libs.wire import load_key
from services.link.checkpoint import Checkpoints


@dataclass(slots=True)
class Link:
    """A site's end of the network, running between `start` and `stop`."""

    pool: Pool
    relay: Relay
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    def wake(self) -> None:
        """A service of the site has committed."""
        self.relay.wake()

    async def start(self) -> None:
        self._task = asyncio.create_task(self.relay.run(), name="link up")

    async def stop(self) -> None:
        """Sends a last checkpoint of every node, then closes."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.pool.close()


async def build(site: Site, url: str, services: Sequence[str], bootstrap: str, key: Path) -> Link:
    """`url` is the link's own; its role may read the logs of `services` and nothing else of theirs."""
    pool = await open_pool(url, "link")
    seal = Checkpoints(pool, [node.code for node in site.nodes], load_key(key), now)
    return Link(pool, Relay(pool=pool, schemas=services, topic=CITY_STREAM, bootstrap=bootstrap, seal=seal))
