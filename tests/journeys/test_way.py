"""docs/way.md, walked: one acceptance from the click to the city's page, under a tracer that must find the stations in their order."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any, Final
from uuid import uuid4

import msgspec
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx2 import AsyncClient

from libs.authority import Post, posted
from libs.bus import topics
from libs.contracts import standing
from libs.database import prepare_site, service_url
from libs.embedded import create_topics, free_port
from libs.host import Around, Node, Site, SiteHost, site_app
from libs.vault import MadeUpKeys, made_up_person
from libs.web import Accounts
from libs.wire import public_of

pytestmark = pytest.mark.server
ROOT: Final = Path(__file__).parents[2]
Station = tuple[str, str]
"""A file from the root, and a function in it by its qualified name."""
STATION: Final = re.compile(r"^\d+\. `([\w/.]+\.py)::([\w.<>]+)`", re.MULTILINE)
NODE: Final = "511500"
NODES: Final = [{"code": NODE, "name": "宜宾市政务服务中心", "parent": ""}]
ITEM: Final = {"item": "511A00001", "name": "取水许可", "type_code": "01", "department": "水务局"}
PROCEDURE: Final = {
    "item": "511A00001", "kind": "promised", "statutory_days": 20, "promised_days": 10, "basis": "《取水许可和水资源费征收管理条例》",
    "steps": [{"name": "审查", "post": "审查岗", "role": "examine"}, {"name": "核准", "post": "核准岗", "role": "approve"}],
    "department": {"uscc": "11511301008778183N", "name": "水务局"}, "materials": [{"name": "申请书"}],
    "remedies": {
        "reconsider_at": "四川省水利厅", "reconsider_days": 60, "sue_at": "翠屏区人民法院", "sue_months": 6, "basis": "行政诉讼法第四十六条",
    },
}  # fmt: skip


def stations(text: str) -> list[Station]:
    """The way as the document has it."""
    return STATION.findall(text)


def lost(way: list[Station], passed: list[Station]) -> list[Station]:
    """The stations that were not passed behind the ones before them."""
    at, missing = 0, []
    for station in way:
        found = next((place for place in range(at, len(passed)) if passed[place] == station), None)
        if found is None:
            missing.append(station)
        else:
            at = found + 1
    return missing


@contextmanager
def traced(way: list[Station]) -> Iterator[list[Station]]:
    """Every call of a station while this is open, in order. A coroutine that waits and goes on was called once: its frame is known."""
    wanted, names, passed, entered = set(way), dict[str, str](), list[Station](), dict[int, FrameType]()

    def called(frame: FrameType, what: str, _arg: Any) -> None:
        if what == "call":
            code = frame.f_code
            file = names.setdefault(code.co_filename, code.co_filename.removeprefix(f"{ROOT}/"))
            if (file, code.co_qualname) in wanted and id(frame) not in entered:
                entered[id(frame)] = frame  # kept, so that no other frame gets its id
                passed.append((file, code.co_qualname))

    sys.setprofile(called)
    try:
        yield passed
    finally:
        sys.setprofile(None)


class City:
    """The city's site in this very process, and its staff."""

    def __init__(self, address: str, accounts: Accounts) -> None:
        self._clients = {post: AsyncClient(base_url=address, headers=self._staff(accounts, post), timeout=30) for post in Post}

    @staticmethod
    def _staff(accounts: Accounts, post: Post) -> dict[str, str]:
        _, token = accounts.issue(f"{post.value}-1", posted([post], [NODE], last=date(2199, 12, 31)), post.value)
        return {"Authorization": f"Bearer {token}"}

    async def post(self, by: Post, path: str, form: object) -> dict[str, Any]:
        answer = await self._clients[by].post(path, json=form, headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, by: Post, path: str, **params: Any) -> str:
        answer = await self._clients[by].get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def filed(self) -> str:
        """Publishes an item with its procedure and files a case of it, as soon as intake has heard of the item: the case's number."""
        await self.post(Post.EDITOR, f"/catalogue/nodes/{NODE}/items", ITEM)
        await self.post(Post.EDITOR, f"/catalogue/nodes/{NODE}/procedures", PROCEDURE)
        kept = await self.post(Post.CLERK, f"/vault/nodes/{NODE}/subjects", made_up_person("li"))
        form = {"item": ITEM["item"], "channel": "counter", "materials": ["申请书"], "applicants": [{"subject": kept["subject"]}]}
        async with asyncio.timeout(30):
            while True:
                answer = await self._clients[Post.CLERK].post(
                    f"/intake/nodes/{NODE}/cases", json=form, headers={"Idempotency-Key": str(uuid4())}
                )
                if answer.status_code != 409:
                    return str(answer.json()["case"])

    async def seen(self, position: Mapping[str, Any]) -> None:
        """Waits until the city has verified the feed up to here."""
        found = await self.get(Post.OPERATOR, "/hub/wait", source=position["source"], sequence=position["sequence"], timeout=20)
        assert json.loads(found) == {"reached": True}

    async def answered(self, case: str) -> dict[str, Any]:
        """Waits until the deadline service has heard of the acceptance and said what follows: its head."""
        async with asyncio.timeout(30):
            while "promised" not in await self.get(Post.CLERK, f"/deadline/cases/{case}/clocks"):
                continue
        feeds = msgspec.json.decode(await self.get(Post.OPERATOR, "/site/status"))["services"]["deadline"]["heads"]
        found: dict[str, Any] = feeds[0]
        return found

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


@asynccontextmanager
async def running(owner: str, bootstrap: str) -> AsyncIterator[City]:
    """Runs the services of the roster as they stand at the city, over a real database and a real broker, answering on a port."""
    await prepare_site(owner, "city")
    await create_topics(bootstrap, {topic.name: (topic.partitions, topic.config) for topic in topics([NODE])})
    keys = MadeUpKeys()
    accounts, key, address = Accounts(), Ed25519PrivateKey.generate(), f"http://127.0.0.1:{(port := free_port())}"
    _, token = accounts.issue("system:site", posted([Post.SITE], [NODE]), "本节点服务")
    named, public = public_of(key)
    known = {"sites": [{"site": NODE, "key": named, "public_key": public, "address": address, "nodes": NODES}]}
    around = Around(
        bootstrap=bootstrap, address=address, city=address, token=token, signing_key=lambda: key, registry=lambda: known,
        keyring=lambda: keys,
    )  # fmt: skip
    site = Site(NODE, tuple(Node(**node) for node in NODES))
    rows = standing("city")
    host = SiteHost(site, rows, around)
    await host.build({row.name: service_url(owner, row.name) for row in rows if row.database != "none"})
    await host.open()
    server = uvicorn.Server(uvicorn.Config(site_app(host, accounts), port=port, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    city = City(address, accounts)
    try:
        await host.start()
        async with asyncio.timeout(30):
            while not server.started:  # noqa: ASYNC110 (uvicorn tells nobody when the port is open)
                await asyncio.sleep(0.01)
        yield city
    finally:
        await city.close()
        server.should_exit = True
        await serving
        await host.stop()


@pytest.fixture
async def city(database: str, kafka_bootstrap: str) -> AsyncIterator[City]:
    async with running(database, kafka_bootstrap) as opened:
        yield opened


async def test_one_acceptance_passes_every_station_in_order(city: City) -> None:
    way = stations((ROOT / "docs" / "way.md").read_text(encoding="utf-8"))
    assert 12 <= len(way) <= 18, "about fifteen"
    case = await city.filed()
    with traced(way) as passed:
        done = await city.post(Post.CLERK, f"/intake/cases/{case}/acceptance", {})
        await city.seen(done["position"])
        await city.seen(await city.answered(case))
        page = await city.get(Post.LEADER, "/city")
    assert case in page
    assert lost(way, passed) == []


def test_a_station_that_is_not_passed_or_out_of_order_is_told() -> None:
    text = "1. `libs/a.py::A.f` — one\n2. `libs/b.py::g` — two\n\nsee `libs/c.py::h`\n"
    a, b = stations(text)
    assert (a, b) == (("libs/a.py", "A.f"), ("libs/b.py", "g"))
    assert lost([a, b], [b, a, b]) == []
    assert lost([a, b], [b, a]) == [b]
    assert lost([a, b], [b, b]) == [a]


def test_the_tracer_sees_calls_of_the_stations_and_no_others() -> None:
    me = str(Path(__file__).relative_to(ROOT))
    with traced([(me, "stations")]) as passed:
        stations("")
        lost([], [])
    assert passed == [(me, "stations")]


async def outer() -> None:
    """Waits for the inner one, and goes on behind it."""
    await inner()
    await asyncio.sleep(0)


async def inner() -> None:
    """Waits in between, so that both are entered again."""
    await asyncio.sleep(0)


async def test_a_coroutine_that_goes_on_is_not_called_again() -> None:
    me = str(Path(__file__).relative_to(ROOT))
    first, second = (me, "outer"), (me, "inner")
    with traced([first, second]) as passed:
        await outer()
    assert passed == [first, second]
    assert lost([first, second], passed) == []
    assert lost([second, first], passed) == [first], "the reversed pair is no way"
    with traced([first, second]) as passed:
        await outer()
        await outer()
    assert passed == [first, second, first, second], "a new call is one"
