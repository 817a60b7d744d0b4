"""What a service's `build` is given and what it gives back. One box, compose and Kubernetes run the same `build`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter

from libs.bus import Hears
from libs.eventlog import Logs
from libs.views import Pool, View
from libs.wire import Position


@dataclass(frozen=True, slots=True)
class Node:
    """A service centre: division code, Chinese name, code of its parent ("" for the city)."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Site:
    """One installation: named by the code of its principal node; the nodes it hosts."""

    code: str
    nodes: tuple[Node, ...]

    def node(self, code: str) -> Node:
        """Raises `KeyError` for a node that is not hosted here."""
        return next((node for node in self.nodes if node.code == code), None) or _unknown(code)

    def line(self, code: str) -> tuple[str, ...]:
        """The node and its ancestors as far as they are hosted here, nearest first: where a township's procedures come from."""
        found = {node.code: node for node in self.nodes}
        line: list[str] = []
        while code in found:
            line.append(code)
            code = found[code].parent
        return tuple(line)


def _unknown(code: str) -> Node:
    raise KeyError(code)


class Current(Protocol):
    """Waits until a view of this service has reached a position; False: not within `timeout` seconds (show it as not yet current)."""

    async def __call__(self, view: str, position: Position, timeout: float = 2.0) -> bool: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a service is built from. `pool` speaks as the service's own role, its search path is the service's schema."""

    site: Site
    logs: Logs
    pool: Pool
    now: Callable[[], datetime]
    current: Current
    process: str
    """Unique per process start: owns leased numbers."""


@dataclass(frozen=True, slots=True)
class Service:
    """A built service, ready to be hosted."""

    name: str
    router: APIRouter
    views: tuple[View, ...] = ()
    hears: tuple[Hears, ...] = ()
    tasks: tuple[Callable[[], Awaitable[None]], ...] = field(default=())
    """Loops that run as long as the service does; they end by cancellation."""
    status: Mapping[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    """Figures of its own for `liandong status`, by name."""
