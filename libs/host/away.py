"""The servers a site stands on, and whether they are away: one line when the trouble begins, one when it is over, whoever meets it how often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from libs.eventlog import Unknown
from libs.telemetry import NotReady

_log = structlog.get_logger("host")

LOOK_SECONDS: Final = 2.0
"""Between two looks at a server that is well."""
TROUBLED_SECONDS: Final = 0.5
"""Between two looks at one that is not; for as long again, one that is back may falter without being told anew."""
ANSWER_SECONDS: Final = 5.0
"""How long a server may take to answer a look."""

Look = Callable[[], Awaitable[object]]
"""Asks a server whether it answers; raises where it does not."""
Blame = Callable[[BaseException], bool]
"""Whether a fault looks like the server's."""


GONE: Final = (
    asyncpg.InterfaceError,  # the connection is closed
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it shuts down, has crashed, or cannot take connections yet
    asyncpg.InsufficientResourcesError,  # connections, memory, disk
    asyncpg.PostgresSystemError,
    asyncpg.InternalClientError,  # the connection went in the middle of an answer
)
"""What PostgreSQL itself, or the driver, says when the server is away."""


def database_away(fault: BaseException) -> bool:
    """Whether a fault looks like PostgreSQL's. The driver's word on a value it cannot send is the value's fault."""
    return isinstance(fault, (OSError, Unknown, *GONE)) and not isinstance(fault, ValueError)


def broker_away(fault: BaseException) -> bool:
    """Whether a fault looks like Kafka's: one that passes, or a refused connection."""
    return isinstance(fault, OSError) or (isinstance(fault, KafkaError) and bool(fault.retriable))


class SiteServer:
    """One server of a site. `name` is a stable word; `steady`: it is looked at also while nobody complains."""

    def __init__(self, name: str, look: Look, blame: Blame, *, steady: bool = False) -> None:
        self.name, self.look, self.blame, self.steady = name, look, blame, steady
        self.since: float | None = None
        """When the trouble began; None: there is none."""
        self.answers = asyncio.Event()
        self.answers.set()
        self.faltered = 0.0

    @property
    def away(self) -> bool:
        """Whether it did not answer when it was looked at last."""
        return not self.answers.is_set()


class Servers:
    """The servers of a site, as all its parts see them."""

    def __init__(self, *servers: SiteServer, clock: Callable[[], float] = time.monotonic) -> None:
        self._servers, self._clock = servers, clock
        self._troubled = asyncio.Event()

    async def blamed(self, fault: BaseException) -> SiteServer | None:
        """The server that is behind a fault: one that is away now, or one whose fault it looks like and that was in trouble just now."""
        for server in self._servers:
            if server.blame(fault):
                if not server.away:
                    await self._look(server)
                if server.since is not None or not isinstance(fault, OSError):
                    self._falters(server)
                    return server
        return next((server for server in self._servers if server.away), None)

    @property
    def away(self) -> list[str]:
        """The names of those that are away."""
        return [server.name for server in self._servers if server.away]

    async def well(self) -> None:
        """Raises `NotReady` with the names of those that are away."""
        if gone := self.away:
            raise NotReady(f"away: {', '.join(gone)}")

    async def watch(self) -> None:
        """Looks at the servers until cancelled, more often at one in trouble, and tells when that is over."""
        while True:
            troubled = [server for server in self._servers if server.since is not None]
            await asyncio.gather(*(self._look(server) for server in self._servers if server.steady or server in troubled))
            for server in troubled:
                self._over(server)
            self._troubled.clear()
            try:
                async with asyncio.timeout(TROUBLED_SECONDS if troubled else LOOK_SECONDS):
                    await self._troubled.wait()
            except TimeoutError:
                continue

    async def _look(self, server: SiteServer) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await server.look()
        except Exception as fault:  # whatever it is: it does not answer
            server.answers.clear()
            self._falters(server, fault)
        else:
            server.answers.set()

    def _falters(self, server: SiteServer, fault: Exception | None = None) -> None:
        server.faltered = self._clock()
        if server.since is None:
            server.since = server.faltered
            _log.error("host.server_away", server=server.name, error=repr(fault) if fault else "")
            self._troubled.set()

    def _over(self, server: SiteServer) -> None:
        if server.since is not None and not server.away and self._clock() - server.faltered > TROUBLED_SECONDS:
            _log.info("host.server_back", server=server.name, seconds=round(self._clock() - server.since, 1))
            server.since = None


def postgres(url: str) -> SiteServer:
    """PostgreSQL, asked as the service does whose address this is."""

    async def look() -> None:
        connection = await asyncpg.connect(url, timeout=ANSWER_SECONDS)
        try:
            await connection.execute("select 1")
        finally:
            connection.terminate()

    return SiteServer("PostgreSQL", look, database_away)


def kafka(bootstrap: str) -> SiteServer:
    """Kafka, where a connection is enough while it is well; once it was away it has to answer a question, for its port opens first."""
    place = urlsplit(f"//{bootstrap}")

    async def look() -> None:
        _, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.close()
        if server.away:
            client = AIOKafkaClient(bootstrap_servers=bootstrap)
            try:
                await client.bootstrap()
            finally:
                await client.close()

    server = SiteServer("Kafka", look, broker_away, steady=True)
    return server
