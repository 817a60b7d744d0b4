"""Kinds of requests, as programs and people send them to a site; and what an operator is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import asyncpg
import uvicorn
from httpx2 import ASGITransport, AsyncClient

from libs.contracts import standing
from libs.database import prepare
from libs.host import Around, Node, Site, SiteHost, imported, site_app
from libs.host.process import Answering
from libs.telemetry import Health
from libs.testkit.house import COUNTY, House, open_house
from libs.web import Accounts, make_app
from services.deadline.app import build as build_deadline
from services.intake.tests.counter import ITEM, catalogue_says, file, opened, published
from services.onebox import folder
from services.onebox.sites import SiteOfBox
from tests.kinds.counter import context_of
from tests.kinds.desk import Desk, apart
from tests.kinds.kind import Topic

DOORS: Final = Topic()
HUGE: Final = 2**63
JSON: Final = {"Content-Type": "application/json"}
NODES: Final = [{"code": COUNTY, "name": "高县", "parent": "511500"}]
SERVICES: Final = ("catalogue", "intake", "deadline", "supervision")


@asynccontextmanager
async def intake(desk: Desk) -> AsyncIterator[House]:
    """A county's intake that knows one procedure."""
    async with opened(desk.address) as house:
        await house.hear(await published(catalogue_says()))
        yield house


@asynccontextmanager
async def county(desk: Desk) -> AsyncIterator[tuple[AsyncClient, SiteOfBox, str]]:
    """A county's site over its own database: who asks it as operator, the site as a box knows it, the owner's address of the database."""
    owner = desk.address
    desk.box.mkdir()
    site = SiteOfBox.make(COUNTY, NODES, desk.box / COUNTY)
    rows = [row for row in standing("site") if row.name in SERVICES]
    host = SiteHost(Site(COUNTY, (Node(COUNTY, "高县", "511500"),)), rows, Around(address=site.address, token=site.tokens["site"]))
    try:
        await host.build({name: await prepare(owner, name) for name in SERVICES})
        await host.open()
        app = site_app(host, Accounts.load(desk.box / COUNTY / "accounts.json"))
        headers = {"Authorization": f"Bearer {site.tokens['operator']}"}
        async with AsyncClient(transport=ASGITransport(app=app), base_url="http://site", headers=headers) as client, served(app, site.port):
            yield client, site, owner
    finally:
        await host.stop()


@asynccontextmanager
async def served(app: Any, port: int) -> AsyncIterator[None]:
    """The application listens at `port` while this is open."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        server = Answering(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.ensure_future(server.serve([listening]))
        try:
            yield
        finally:
            server.end()
            await serving


@DOORS.kind(
    "weak-if-match",
    "A program sends a weak tag, a list and a star as If-Match: weak never matches and is answered 412, list and star work.",
    "ruby-rdf/rdf-ldp#68",
    server=True,
)
def weak_if_match(desk: Desk) -> None:
    async def act() -> None:
        async with intake(desk) as house:
            done = await file(house)
            path, version = f"/intake/cases/{done['case']}", done["version"]

            async def send(part: str, tag: str, status: int) -> None:
                headers = {**house.headers("clerk"), "Idempotency-Key": str(uuid4()), "If-Match": tag}
                desk.answered(await house.http.post(f"{path}/{part}", headers=headers), status)

            await send("acceptance", f'W/"{version}"', 412)
            await send("acceptance", f'"{version + 7}", "{version + 8}"', 412)
            await send("acceptance", f'"{version + 7}", "{version}"', 200)
            await send("withdrawal", "*", 200)

    apart(act())


@DOORS.kind(
    "number-beyond-64-bits",
    "An operator retries parked record 9223372036854775808: a refusal that the number is too large, not a broken site.",
    "gestaogovbr/api-pgd#156",
    server=True,
)
def number_beyond_64_bits(desk: Desk) -> None:
    async def act() -> None:
        async with county(desk) as (client, _, _):
            for act in ("retry", "dismiss"):
                for number in (HUGE, -HUGE - 1, 10**400):
                    desk.refused(await client.post(f"/site/parked/deadline/{act}", content=f'{{"numbers": [{number}]}}', headers=JSON))

    apart(act())


@DOORS.kind(
    "feed-beyond-64-bits",
    "A consumer asks a feed behind a position beyond all numbers: a refusal, not a broken site.",
    "openaq/openaq-api#390",
    server=True,
)
def feed_beyond_64_bits(desk: Desk) -> None:
    async def act() -> None:
        async with county(desk) as (client, _, _):
            desk.answered(await client.get(f"/feed/{COUNTY}/intake/1"), 200)
            for path in (f"1?after={HUGE}", f"{HUGE}", f"{2**31}", "-1", "1?limit=1e400"):
                desk.refused(await client.get(f"/feed/{COUNTY}/intake/{path}"))

    apart(act())


@DOORS.kind(
    "source-left-empty",
    "A program lets time go on and names an empty source: a refusal at once, not busy for ever.",
    "BlueBrain/nexus#3355",
    server=True,
)
def source_left_empty(desk: Desk) -> None:
    async def act() -> None:
        async with open_house(build_deadline, desk.address, name="deadline") as house:
            for source in ("", " ", "intake"):
                form = {"to": "2007-03-06T00:00:00+08:00", "heard": [{"source": source, "sequence": 1}]}
                desk.refused(await house.http.post("/deadline/timelines/receipt/advance", json=form, headers=house.headers("operator")))

    apart(act())


@DOORS.kind(
    "json-too-deep",
    "A body nests twenty thousand lists, names a key twice or says NaN: a refusal of the request, not a broken site.",
    "flop-labs/technocore-chat#130",
    server=True,
)
def json_too_deep(desk: Desk) -> None:
    async def act() -> None:
        async with county(desk) as (client, site, _):
            headers = {**JSON, "Authorization": f"Bearer {site.tokens['editor']}", "Idempotency-Key": "deep"}
            deep = f'"name": {"[" * 20_000}{"]" * 20_000}'
            for inner in (deep, '"item": "511A00001", "item": "511A00002"', '"name": NaN', '"name": "\\ud800"'):
                desk.refused(await client.post(f"/catalogue/nodes/{COUNTY}/items", content=f"{{{inner}}}", headers=headers))
            for body in (f'{{"numbers": {"[" * 20_000}{"]" * 20_000}}}', '{"numbers": [1], "numbers": [2]}', '{"number": [1]}'):
                desk.refused(await client.post("/site/parked/deadline/retry", content=body, headers=JSON))

    apart(act())


@DOORS.kind(
    "key-used-again",
    "A program repeats a request with its key, and uses the key for another one: the same answer again, and a refusal.",
    "josipmusa/idempotency4j#12",
    server=True,
)
def key_used_again(desk: Desk) -> None:
    async def act() -> None:
        async with intake(desk) as house:
            first = await file(house, key="k1")
            assert await file(house, key="k1") == first
            headers = {**house.headers("clerk"), "Idempotency-Key": "k1"}
            other = {"item": ITEM, "channel": "post", "materials": ["申请书"]}
            answer = await house.http.post(f"/intake/nodes/{COUNTY}/cases", json=other, headers=headers)
            assert (desk.refused(answer), answer.status_code) == ("key-reused", 422)

    apart(act())


@DOORS.kind(
    "answers-undeclared",
    "A program is written from the description of a service: every route says there that it may refuse, and that it may fail.",
    "awtkns/fastapi-crudrouter#103",
)
def answers_undeclared(desk: Desk) -> None:
    async def described(service: str) -> dict[str, Any]:
        app = make_app(service, routers=[imported(service)(context_of(service)).router], accounts=Accounts(), health=Health())
        async with AsyncClient(transport=ASGITransport(app=app), base_url="http://site") as client:
            found: dict[str, Any] = desk.answered(await client.get("/openapi.json"), 200)
        return found

    async def act() -> None:
        for service in SERVICES:
            paths = (await described(service))["paths"]
            open_to_all = {"/health/live", "/health/ready", "/intake/follow"}
            routes = {f"{method} {path}": set(told["responses"]) for path, methods in paths.items() for method, told in methods.items()}
            assert [route for route, told in routes.items() if "500" not in told] == []
            assert [route for route, told in routes.items() if "401" not in told and not (open_to_all & set(route.split()))] == []

    apart(act())


@DOORS.kind(
    "verify-in-chinese",
    "Somebody changed an event in the database: what the operator reads of it is Chinese, with source and number.",
    "ModelEngine-Group/nexent#1502",
    server=True,
)
def verify_in_chinese(desk: Desk) -> None:
    async def act() -> None:
        async with county(desk) as (client, site, owner):
            item = {"item": ITEM, "name": "取水许可", "type_code": "01", "department": "高县水利局"}
            headers = {"Authorization": f"Bearer {site.tokens['editor']}", "Idempotency-Key": "k1"}
            desk.answered(await client.post(f"/catalogue/nodes/{COUNTY}/items", json=item, headers=headers), 201)
            folder.write(desk.box, [site.kept])
            await asyncio.to_thread(desk.run, "verify")
            await change(owner)
            said = await asyncio.to_thread(desk.run, "verify", code=3)
            assert f"urn:liandong:{COUNTY}:catalogue" in said
            assert "第 1 号" in said
            assert not [word for word in ("hash", "log", "event", "broken") if word in said.replace(f"urn:liandong:{COUNTY}:catalogue", "")]

    apart(act())


async def change(owner: str) -> None:
    """Somebody with the owner's rights changes the first event of the catalogue."""
    connection = await asyncpg.connect(owner)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(
            "update catalogue.event set data = convert_to(replace(convert_from(data, 'UTF8'), '取水', '汲水'), 'UTF8') where sequence = 1"
        )
    finally:
        await connection.close()
