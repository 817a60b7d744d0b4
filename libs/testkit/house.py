"""One service as the host runs it, for its own tests: real log, real inbox, real views, real HTTP; facts and records are handed in without Kafka.

async with open_house(build, database, name="intake") as house, house.tasks():
    await house.hear(await neighbour.says("ProcedurePublished", at=house.time))
    done = await house.post("/intake/nodes/511525/cases", {...}, by="clerk", status=201)
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Protocol, TypeVar
from uuid import uuid4

import msgspec
from httpx2 import URL, ASGITransport, AsyncClient, Response

from libs.authority import Grant, Post, posted
from libs.bus import Inbox
from libs.database import Pool, open_pool, prepare
from libs.eventlog import PgLogs
from libs.host import PROBLEMS, Around, Build, Context, Loops, Node, Site
from libs.telemetry import Health
from libs.testkit.inside import Inside
from libs.vault import made_up_vault
from libs.views import Projector
from libs.web import Accounts, WatchedRead, make_app, record_reads
from libs.wire import Position, Recorded
from libs.workdays import CHINA

COUNTY: Final = "511525"
TOWN: Final = "511525100"
SITE: Final = Site(COUNTY, (Node(COUNTY, "高县", "511500"), Node(TOWN, "文江镇", COUNTY)))
MONDAY: Final = datetime(2007, 3, 5, 2, 0, tzinfo=UTC)
"""Monday, 5 March 2007, ten o'clock in Yibin; no holiday is near."""
STRANGER: Final = "511526"
ALONE: Final = Around()
"""Nothing stands around the service."""
LAST: Final = date(2199, 12, 31)
"""A day until which grants hold whose end is not what is tested."""
PATIENCE: Final = 60.0
"""Seconds a task may take to end: nothing here is a timed test."""
T = TypeVar("T")


class Speaks(Protocol):
    """A neighbour whose feed can be read again."""

    async def feed(self, source: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        """A page of one of its feeds, as its feed API gives it."""


class House:
    """One running service. `time` is its clock; `neighbours` (by name of service) answer when a gap is pulled; `inside` are its tables, whole."""

    def __init__(self, build: Build, pool: Pool, logs: PgLogs, site: Site, now: datetime, process: str, around: Around) -> None:
        self.pool, self.logs, self.time = pool, logs, now
        self.inside: Any = Inside(pool)  # stands for a connection where a query is asked
        self.neighbours: dict[str, Speaks] = {}
        self.vault = made_up_vault()
        """What a service that is not the vault asks about people."""
        accounts = self._accounts = Accounts()
        self._tokens = staffed(accounts, site.code)
        self.context = Context(
            site,
            logs,
            pool,
            lambda: self.time,
            self._current,
            process,
            replace(around, granted=accounts.granted, accounts=accounts, vault=self.vault),
        )
        self.service = build(self.context)
        self.projector = Projector(pool, self.service.views)
        self.inboxes = [Inbox(hears, pool, logs, self._page) for hears in self.service.hears]
        logs.woken.extend([self.projector.wake, *self.service.woken])
        app = make_app(
            self.service.name,
            routers=[self.service.router],
            accounts=accounts,
            health=Health(),
            problems=PROBLEMS,
            site=site.code,
            today=self.today,
        )
        self.reads: list[WatchedRead] = []
        record_reads(app, self.service.reads or self._read)
        self.http = AsyncClient(transport=ASGITransport(app=app), base_url=f"http://{self.service.name}")

    async def _read(self, reading: WatchedRead) -> None:
        self.reads.append(reading)

    def today(self) -> date:
        """The day it is in China by the clock of the house."""
        return self.time.astimezone(CHINA).date()

    async def _current(self, view: str, position: Position, timeout: float = 2.0) -> bool:
        return await self.projector.wait(view, position, timeout)

    async def _page(self, source: str, epoch: int, after: int, limit: int) -> Sequence[Recorded]:
        return await self.neighbours[source.split(":")[3]].feed(source, epoch, after, limit)

    # --- facts ------------------------------------------------------------------------------------------------------------------------

    async def hear(self, *facts: Recorded) -> None:
        """Hears the facts as from the bus: cursors, keys, parking; what follows from them is written when this returns."""
        for inbox in self.inboxes:
            await inbox.hear(facts)

    async def take(self, *records: Any) -> None:
        """Gives raw records to the service's `takes`, as one fetch of the topics that its row of the roster names in full, behind which
        offsets are committed."""
        assert self.service.takes is not None, f"{self.service.name} takes no raw records"
        await self.service.takes(records)
        if self.service.saves is not None:
            await self.service.saves()

    async def recorded(self, kind: type[Any] | None = None) -> list[Recorded]:
        """The service's own events over all nodes, feed by feed in order; of one type only where it is given."""
        events = [event for head in await self.logs.heads() for event in await self.logs.of(head.node).feed(limit=100_000)]
        return [event for event in events if kind is None or event.type.split(".")[2] == kind.__name__]

    async def all(self, kind: type[T]) -> list[T]:
        """The service's events of one type."""
        return [msgspec.json.decode(event.data, type=kind) for event in await self.recorded(kind)]

    async def one(self, kind: type[T]) -> T:
        """The only event of one type."""
        found = await self.all(kind)
        assert len(found) == 1, f"{len(found)} of {kind.__name__}"
        return found[0]

    async def shown(self) -> None:
        """Every view shows everything the log has."""
        for head in [head for head in await self.logs.heads() if head.sequence]:
            for view in self.service.views:
                assert await self.projector.wait(view.name, head, 10.0), f"{view.name} stays behind {head}"

    # --- running ----------------------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def tasks(self) -> AsyncIterator[None]:
        """The service's tasks run while this is open; at its end they are cancelled and waited for. One that has failed fails the test."""
        loops = Loops(f"{self.service.name} tasks")
        for n, task in enumerate(self.service.tasks):
            loops.run(f"task {n}", task)
        try:
            yield
        finally:
            await loops.stop(PATIENCE)
        assert not loops.failed, loops.failed

    def stands_beside(self, other: House) -> None:
        """`other` runs in the same process: what it commits wakes this service too."""
        other.logs.woken.extend(self.service.woken)

    # --- people -----------------------------------------------------------------------------------------------------------------------

    def hire(self, word: str, *grants: Grant) -> None:
        """Opens an account with these grants for somebody who goes by `word` from now on."""
        self._tokens[word] = self._accounts.issue(f"{word}-1", grants, word)[1]

    def headers(self, by: str) -> dict[str, str]:
        """Who asks: one of the posts, or the `stranger`, who has every post at another county."""
        return {"Authorization": f"Bearer {self._tokens[by]}"}

    async def post(
        self, path: str, form: object = None, *, by: str, key: str = "", version: int | None = None, status: int = 200
    ) -> dict[str, Any]:
        """Sends a command; answered with `status`, or the test fails with the answer."""
        headers = {**self.headers(by), "Idempotency-Key": key or str(uuid4())}
        headers |= {} if version is None else {"If-Match": f'"{version}"'}
        headers |= {} if form is None else {"Content-Type": "application/json"}
        content = None if form is None else json.dumps(form)
        found: dict[str, Any] = expect(await self.http.post(path, content=content, headers=headers), status)
        return found

    async def get(self, path: str, *, by: str, status: int = 200, seen: Mapping[str, Any] | None = None, **params: Any) -> Any:
        """Asks a query; `params` come behind those in the path. `seen`: the answer of a command whose position the view must have reached."""
        at = seen["position"] if seen else {}
        params |= {name: at[name] for name in ("epoch", "sequence") if name in at}
        asked = URL(path).copy_merge_params(params) if params else path
        return expect(await self.http.get(asked, headers=self.headers(by)), status)

    def pass_days(self, days: int) -> date:
        """Lets so many days go by: the new date."""
        self.time += timedelta(days=days)
        return self.time.date()


def staffed(accounts: Accounts, node: str) -> dict[str, str]:
    """Opens the accounts of everybody who works at `node`: one of every post, a second examiner; and of a stranger. Their tokens, by word."""
    people = {post.value: accounts.issue(f"{post.value}-1", posted([post], [node], last=LAST), post.value) for post in Post}
    people["second"] = accounts.issue("examiner-2", posted([Post.EXAMINER], [node]), "examiner")
    people["stranger"] = accounts.issue("stranger-1", posted(Post, [STRANGER], last=LAST), "外地")
    return {word: token for word, (_, token) in people.items()}


def expect(answer: Response, status: int) -> Any:
    """The content of an answer that has the status."""
    assert answer.status_code == status, answer.text
    return answer.json()


@asynccontextmanager
async def open_house(
    build: Build,
    database: str,
    *,
    name: str,
    site: Site = SITE,
    now: datetime = MONDAY,
    process: str = "p1",
    around: Around = ALONE,
) -> AsyncIterator[House]:
    """The service `name` over `database`, opened, its views following; closed at the end. Opened again with another `process`: a restart."""
    pool, views = await open_pool(await prepare(database, name), name), Loops(name)
    async with AsyncExitStack() as ending:
        ending.push_async_callback(pool.close)
        logs = PgLogs(pool, name, [node.code for node in site.nodes])
        await logs.open()
        house = House(build, pool, logs, site, now, process, around)
        ending.push_async_callback(house.http.aclose)
        for step in reversed(house.service.closing):
            ending.push_async_callback(step)
        for step in house.service.opening:
            await step()
        ending.push_async_callback(views.stop)
        views.run("views", house.projector.run)
        yield house
