"""What a node vouches for: per feed, the last event sent before the checkpoint on the same partition (docs/wire.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import uuid_utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.bus import Outgoing
from libs.database import Pool
from libs.wire import Checkpoint, Position, checkpoint_record, public_of

LEASE: Final = 1000
"""Counters taken at once; a used one never comes again, gaps are normal."""
_LEASE: Final = """
insert into counter (node, leased) values ($1, $2)
on conflict (node) do update set leased = counter.leased + $2 returning leased"""


class Checkpoints:
    """What the link's relay sends beside the events: signed checkpoints, each listing the last sent event of every feed of its node."""

    def __init__(self, pool: Pool, nodes: Iterable[str], key: Ed25519PrivateKey, now: Callable[[], datetime]) -> None:
        self._pool, self._key, self._now = pool, key, now
        self._name = public_of(key)[0]
        self._feeds: dict[str, dict[str, Position]] = {node: {} for node in nodes}
        self._counters: dict[str, tuple[int, int]] = {}

    async def begin(self, known: Sequence[Position]) -> None:
        """Forgets what was sent in an earlier turn: the relay starts anew, and has sent each feed up to its position in `known`."""
        for feeds in self._feeds.values():
            feeds.clear()
        self._note(known)

    async def records(self, sent: Sequence[Position]) -> Sequence[Outgoing]:
        """A checkpoint of each node that has events in the batch whose last events are `sent`; they go out right behind it."""
        self._note(sent)
        return [await self._record(node) for node in sorted({_node(position) for position in sent})]

    async def idle(self) -> Sequence[Outgoing]:
        """A checkpoint of every node of the site, sent when nothing else was: the city calls a node silent that it hears no checkpoint of."""
        return [await self._record(node) for node in sorted(self._feeds)]

    def _note(self, positions: Sequence[Position]) -> None:
        for position in positions:
            self._feeds[_node(position)][position.source] = position

    async def _record(self, node: str) -> Outgoing:
        feeds = tuple(self._feeds[node].values())
        checkpoint = Checkpoint(node, await self._counter(node), self._now(), self._name, feeds)
        return checkpoint_record(checkpoint, self._key, str(uuid_utils.uuid7()))

    async def _counter(self, node: str) -> int:
        used, leased = self._counters.get(node, (0, 0))
        if used == leased:
            leased = await self._pool.fetchval(_LEASE, node, LEASE)
            used = leased - LEASE
        self._counters[node] = (used + 1, leased)
        return used + 1


def _node(position: Position) -> str:
    return position.source.split(":")[2]
