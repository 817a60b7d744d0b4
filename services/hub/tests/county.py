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

from libs.database import reading
from libs.host import Around, Node, Site
from libs.testkit.house import COUNTY, TOWN, House, open_house
from libs.testkit.neighbours import Neighbour
from libs.wire import Checkpoint, Position, Recorded, chain_hash, checkpoint_record, decode_page, public_of, to_headers
from services.hub.app import build
from services.hub.views import city as city_views

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
SITE = Site("511500", (Node("511500", "宜宾市", ""),))
KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
OFFSETS = count()
CODES = (COUNTY, TOWN)
"""The nodes of the network."""


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
    """The hub, running over a real database."""

    def __init__(self, house: House) -> None:
        self.house, self.pool, self.inside, self.log = house, house.pool, house.inside, house.logs.of(SITE.code)

    async def take(self, *records: Any) -> None:
        """One fetch of the city stream."""
        await self.house.take(*records)

    async def get(self, path: str, *, by: str = "leader", status: int = 200, **params: Any) -> Any:
        """Asks a query of the hub."""
        return await self.house.get(f"/hub{path}", by=by, status=status, **params)

    async def archived(self, **params: Any) -> list[Recorded]:
        """A page of the county's feed of intake, as the archive gives it."""
        answer = await self.house.http.get(f"/hub/feed/{COUNTY}/intake/1", params=params, headers=self.house.headers("leader"))
        return list(decode_page(answer.content))

    async def reached(self, event: Recorded) -> bool:
        """Whether the city has verified up to the event."""
        answer = await self.get("/wait", source=event.source, sequence=event.sequence, timeout=0.05)
        return bool(answer["reached"])

    async def verified(self) -> Any:
        """The archive, read again and held against what was signed."""
        return await self.get("/verify")

    async def numbers(self) -> list[str]:
        return [row["number"] for row in await self.inside.fetch("select number from city_case order by number")]

    async def evidence(self) -> list[tuple[str, int]]:
        return [(row["kind"], row["sequence"]) for row in await self.inside.fetch("select kind, sequence from evidence order by evidence")]

    async def state(self, node: str = COUNTY) -> str:
        async with reading(self.pool, [node]) as rows:
            return next(str(n["state"]) for n in await city_views.nodes(rows, [node], AT))


def registry() -> dict[str, Any]:
    """What the city is told at its start: one county, its township, its key."""
    key, public = public_of(KEY)
    nodes = [{"code": COUNTY, "name": "高县", "parent": "511500"}, {"code": TOWN, "name": "文江镇", "parent": COUNTY}]
    return {"sites": [{"site": COUNTY, "key": key, "public_key": public, "address": "http://county", "nodes": nodes}]}


@asynccontextmanager
async def knowing_one_county(database: str) -> AsyncIterator[City]:
    """The city over `database`; opening it again is a restart."""
    async with open_house(build, database, name="hub", site=SITE, now=AT, around=Around(registry=registry)) as house:
        yield City(house)
