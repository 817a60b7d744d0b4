"""The seal of a relay to the city: signed checkpoints, in which a node vouches for what was sent of its feeds (docs/wire.md)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import uuid_utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.bus.sending import Outgoing
from libs.wire import Checkpoint, Position, checkpoint_record, public_of

TakeCounters = Callable[[str, int], Awaitable[int]]
"""Takes as many counters of a node as are asked for, for good: the last of them."""

IDLE_SECONDS: Final = 30.0
"""How long a node says nothing at most."""
LEASE: Final = 1000
"""Counters taken at once; a used one never comes again, gaps are normal."""


class Checkpoints:
    """What the relay sends beside the events. Each checkpoint lists, per feed of its node, the last event sent before it on the same partition.

    It speaks for the nodes of the site alone: what was sent of one that has left goes on standing in the log, without a word.
    """

    def __init__(
        self,
        nodes: Iterable[str],
        key: Ed25519PrivateKey,
        now: Callable[[], datetime],
        lease: TakeCounters,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key, self._now, self._lease, self._clock = key, now, lease, clock
        self._name = public_of(key)[0]
        self._feeds: dict[str, dict[str, Position]] = {node: {} for node in nodes}
        self._counters: dict[str, tuple[int, int]] = {}
        self._spoke: dict[str, float] = {}

    async def begin(self, known: Sequence[Position]) -> None:
        """Forgets what was sent in an earlier turn: the relay starts anew, and has sent each feed up to its position in `known`."""
        self._spoke.clear()
        for feeds in self._feeds.values():
            feeds.clear()
        self._note(known)

    async def records(self, sending: Sequence[Position]) -> Sequence[Outgoing]:
        """A checkpoint of each node that has events in the batch whose last events are `sending`; they go out right behind it."""
        with_these: dict[str, dict[str, Position]] = {}
        for position in self._ours(sending):
            with_these.setdefault(position.node, dict(self._feeds[position.node]))[position.source] = position
        return [await self._record(node, with_these[node]) for node in sorted(with_these)]

    def acknowledged(self, sent: Sequence[Position]) -> None:
        """From now on every checkpoint vouches for the batch whose last events are `sent`: no sooner, for it might not have gone out."""
        self._note(sent)

    async def due(self) -> Sequence[Outgoing]:
        """A checkpoint of each node whose last one is `IDLE_SECONDS` old: the city calls a node silent that it hears no checkpoint of,
        whatever the others of its site say.
        """
        before = self._clock() - IDLE_SECONDS
        return [await self._record(node, self._feeds[node]) for node in sorted(self._feeds) if self._spoke.get(node, before) <= before]

    async def idle(self) -> Sequence[Outgoing]:
        """A checkpoint of every node of the site: its last words."""
        return [await self._record(node, self._feeds[node]) for node in sorted(self._feeds)]

    def _note(self, positions: Sequence[Position]) -> None:
        for position in self._ours(positions):
            self._feeds[position.node][position.source] = position

    def _ours(self, positions: Iterable[Position]) -> Iterator[Position]:
        return (position for position in positions if position.node in self._feeds)

    async def _record(self, node: str, feeds: Mapping[str, Position]) -> Outgoing:
        self._spoke[node] = self._clock()
        checkpoint = Checkpoint(node, await self._counter(node), self._now(), self._name, tuple(feeds.values()))
        return checkpoint_record(checkpoint, self._key, str(uuid_utils.uuid7()))

    async def _counter(self, node: str) -> int:
        used, leased = self._counters.get(node, (0, 0))
        if used == leased:
            leased = await self._lease(node, LEASE)
            used = leased - LEASE
        self._counters[node] = (used + 1, leased)
        return used + 1
