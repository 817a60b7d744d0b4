"""What links send to the city: chains, signed words; and the city to hear them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx2 import ASGITransport, AsyncClient, Response

from libs.database import open_pool, prepare
from libs.eventlog import PgLogs
from libs.telemetry import Health
from libs.testkit.house import expect
from libs.testkit.neighbours import Neighbour
from libs.web import Accounts, Role, make_app
from libs.wire import Checkpoint, Position, Recorded, chain_hash, checkpoint_record, public_of, to_headers
from services.hub.http import router
from services.hub.inbox import CityStream
from services.hub.inbox.registering import register
from services.hub.views import city as city_views

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
COUNTY, TOWN = "511525", "511525100"
KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
OFFSETS = count()


def record(key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Any:
    return SimpleNamespace(topic="city.stream.v1", partition=0, offset=next(OFFSETS), key=key, value=value, headers=headers)


def carried(event: Recorded) -> Any:
    return record(event.node.encode(), event.data, to_headers(event))


def word(counter: int, *events: Recorded, key: Ed25519PrivateKey = KEY, node: str = COUNTY, named: Ed25519PrivateKey = KEY) -> Any:
    """A node's checkpoint that vouches for these events; `named`: the key it claims."""
    feeds = tuple(Position(e.source, e.epoch, e.sequence, e.hash) for e in events)
    found = Checkpoint(node, counter, AT, public_of(named)[0], feeds)
    return record(*checkpoint_record(found, key, f"id-{counter}"))


Told = tuple[str, dict[str, Any]]
"""A fact by its name, with its case and what is otherwise than in its owner's sample."""


def filed(number: str, item: str = "511A", imported: bool = False, ref: str = "") -> Told:
    log = {"timeline": "receipt", "promised": None, "statutory": None}
    pinned = {"item": item, "item_name": "食品经营许可"}
    return "CaseFiled", {"case": number, "pinned": pinned, "ref": ref, "imported": imported, "instants": log if ref else None}


def of(number: str, *names: str, **changes: Any) -> list[Told]:
    """Facts of a case, one after the other."""
    return [(name, {"case": number, **changes}) for name in names]


async def feed(*facts: Told, node: str = COUNTY, service: str = "intake") -> list[Recorded]:
    """A feed with these facts."""
    says = Neighbour(service, [node], lambda: AT).says
    return [await says(name, AT, by_node=node, **changes) for name, changes in facts]


def forged(event: Recorded, data: bytes, before: Recorded | None = None) -> Recorded:
    """Other bytes with a hash that fits them, behind `before`."""
    changed = msgspec.structs.replace(event, data=data, prevhash=before.hash if before else event.prevhash)
    return msgspec.structs.replace(changed, hash=chain_hash(changed))


class City:
    """The hub's consumer over a real database."""

    def __init__(self, pool: Any) -> None:
        self.pool, self.stream = pool, CityStream(pool, lambda: AT)

    async def take(self, *records: Any) -> None:
        await self.stream.take(records)

    async def asked(self, path: str, *, by: Role | None = Role.LEADER, node: str = "511500", **params: Any) -> Response:
        """The answer to a query, whatever it is, by somebody who works for `node`; None: by nobody known."""
        accounts = Accounts()
        token = accounts.issue("L1", [by], [node], "领导")[1] if by else ""
        app = make_app("hub", routers=[router(self.pool, self.stream, lambda: AT)], accounts=accounts, health=Health())
        headers = {"Authorization": f"Bearer {token}"}
        async with AsyncClient(transport=ASGITransport(app=app), base_url="http://hub", headers=headers) as client:
            return await client.get(path, params=params or None)

    async def get(self, path: str, *, status: int = 200, **params: Any) -> Any:
        """The content of an answer that has the status, as a leader of the city sees it."""
        return expect(await self.asked(path, **params), status)

    async def numbers(self) -> list[str]:
        return [row["number"] for row in await self.pool.fetch("select number from city_case order by number")]

    async def evidence(self) -> list[tuple[str, int]]:
        return [(row["kind"], row["sequence"]) for row in await self.pool.fetch("select kind, sequence from evidence order by evidence")]

    async def state(self, node: str = COUNTY) -> str:
        return next(str(n["state"]) for n in await city_views.nodes(self.pool, AT) if n["code"] == node)


@asynccontextmanager
async def knowing_one_county(database: str) -> AsyncIterator[City]:
    """The city, told twice of a county and its township."""
    pool = await open_pool(await prepare(database, "hub"), "hub")
    key, public = public_of(KEY)
    nodes = [{"code": COUNTY, "name": "高县", "parent": "511500"}, {"code": TOWN, "name": "文江镇", "parent": COUNTY}]
    told = {"sites": [{"site": COUNTY, "key": key, "public_key": public, "address": "http://county", "nodes": nodes}]}
    logs = PgLogs(pool, "hub", ["511500"])
    await logs.open()
    for _ in range(2):
        await register(logs.of("511500"), pool, lambda: AT, told)
    yield City(pool)
    await pool.close()
