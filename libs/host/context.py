"""What a service's `build` is given and what it gives back. One box, compose and Kubernetes run the same `build`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter

from libs.authority import Grants
from libs.bus import Hears, Known, Take
from libs.database import Connection, reading
from libs.eventlog import Logs, Ring
from libs.vault import Keyring, Scanner, VaultPort, no_vault
from libs.views import Pool, View
from libs.web import Account, Accounts, Entrance, Pages, Reads, unrecorded
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
    """Waits until a view of this service has reached a position. False: it has not within `timeout` seconds; show it as not yet current."""

    async def __call__(self, view: str, position: Position, timeout: float = 2.0) -> bool: ...


def _no_key() -> Ed25519PrivateKey:
    raise LookupError("没有给本进程签名的私钥")


def _no_keyring() -> Keyring:
    raise LookupError("没有给本进程保险库的密钥文件")


def _nobody() -> Mapping[str, Any]:
    return {"sites": []}


Granted = Callable[[str], Grants | None]
"""What whoever has this staff number at the site may do, by all their accounts; None: nobody is known by it."""


def _stranger(_staff: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a service: the site's servers, its neighbours, its key. Rules and most services need nothing of it."""

    bootstrap: str = ""
    """`host:port` of the site's Kafka."""
    address: str = ""
    """Where this site answers HTTP."""
    city: str = ""
    """Where the city's site answers HTTP."""
    token: str = ""
    """The token with which the site's own parts ask this site."""
    signing_key: Callable[[], Ed25519PrivateKey] = _no_key
    """The site's signing key, read when asked for; it never leaves the site. Raises `LookupError` where there is none."""
    keyring: Callable[[], Keyring] = _no_keyring
    """The keys of the site's vault; they never leave the site. Raises `LookupError` where there are none."""
    proxies: tuple[str, ...] = ()
    """The addresses or networks of the proxies ahead of this site that are believed when they say who asks."""
    scanner: Scanner | None = None
    """Looks for viruses in what is uploaded; None: the site has none."""
    vault: VaultPort = field(default_factory=no_vault)
    """What services of this site may ask of its vault; made by the service `vault`, for those that start behind it."""
    registry: Callable[[], Mapping[str, Any]] = _nobody
    """At the city: who is in the network, read when asked for: `{"sites": [{"site", "key", "public_key", "address", "nodes"}]}`."""
    granted: Granted = _stranger
    """Asked of the accounts that open the site's door now."""
    accounts: Accounts = field(default_factory=Accounts)
    """Who may speak to this site: for the door, which knows people again by them."""
    one_box: bool = False
    """For trying it out on one machine: the sign-in page lists the accounts."""
    oidc: Path | None = None
    """The settings of the provider where people sign in; None: here."""
    reads: Reads = unrecorded
    """Records the reads that have to be, each as a fact; where nothing does, they are refused. It is brought by the service `vault`, and asked by
    those built before it too."""
    services: frozenset[str] = frozenset()
    """The services that stand at this site."""
    published: tuple[str, ...] = ()
    """Those of them whose logs are published: the names of their schemas."""

    rings: Mapping[str, Ring] = field(default_factory=dict)
    """By schema, what this process has committed last to those logs."""
    known: Known = field(default_factory=Known)
    """What this process has read of the site's topics."""

    def stands(self, service: str) -> bool:
        """Whether `service` stands at this site."""
        return service in self.services


@dataclass(frozen=True, slots=True)
class Context:
    """What a service is built from. `pool` speaks as the service's own role, its search path is the service's schema.

    A service without a database has logs of no node and a pool that was never opened.
    """

    site: Site
    logs: Logs
    pool: Pool
    now: Callable[[], datetime]
    current: Current
    process: str
    """A name no other start of a process has: numbers are leased under it."""
    around: Around = Around()

    def reading(self, account: Account) -> AbstractAsyncContextManager[Connection]:
        """The read models as the account may see them: the rows of the nodes hosted here that it works for."""
        return reading(self.pool, account.among(node.code for node in self.site.nodes))


Chore = Callable[[], Awaitable[None]]
"""Something a service does once, or for as long as it runs."""


class NeedsTheOperator(Exception):
    """A service runs and answers, but is not ready until the operator gives their word; starting it again changes nothing."""


@dataclass(frozen=True, slots=True)
class Service:
    """A built service, ready to be hosted."""

    name: str
    router: APIRouter = field(default_factory=APIRouter)
    views: tuple[View, ...] = ()
    hears: tuple[Hears, ...] = ()
    takes: Take | None = None
    """Is given the raw records of the topics that the service's row of the roster names in full."""
    saves: Chore | None = None
    """When it has returned, what `takes` was given before is done for good: offsets are committed behind it."""
    tasks: tuple[Chore, ...] = ()
    """Loops that run as long as the service does; they end by cancellation. One that fails is started again, one that returns is done."""
    opening: tuple[Chore, ...] = ()
    """Done once, in order, before anything of the site runs; what one raises keeps the site from starting."""
    closing: tuple[Chore, ...] = ()
    """Done once, in order, after the loops have ended and while the pool is still open."""
    woken: tuple[Callable[[], None], ...] = ()
    """Called after every commit of any service in this process; must not wait."""
    needs: tuple[Chore, ...] = ()
    """What it needs, besides its database and its loops, to be ready; each raises where that is not so."""
    pages: Pages | None = None
    """The frame of the site's pages; at most one service of a site brings it."""
    vault: VaultPort | None = None
    """What it lets the services behind it ask, in process: one service of a site does."""
    reads: Reads | None = None
    """What records the reads that have to be, for the whole site; at most one service of a site brings it."""
    door: Entrance | None = None
    """What stands behind the sign-in page; at most one service of a site brings it."""
    status: Mapping[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    """Figures of its own for `liandong status`, by name."""


Build = Callable[[Context], Service]
"""Every service's `build`: `services.<name>.app.build`."""
