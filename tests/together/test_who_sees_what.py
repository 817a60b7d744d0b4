"""A leader of one township opens no other's case, clock, card, list or count: at the site, at the city, by page and by address."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

import services.dashboard
from libs.authority import Post, posted
from libs.telemetry import Health
from libs.testkit.house import COUNTY, TOWN, open_house
from libs.testkit.neighbours import Neighbour
from libs.web import Accounts, Pages, make_app
from libs.web.accounts import digest
from services.dashboard import http as dashboard
from services.dashboard.http import SiteClient
from services.deadline import app as deadline
from services.deadline.tests.living import Living
from services.hub.tests.county import SITE as CITY
from services.hub.tests.county import City, carried, feed, filed, knowing_one_county, of, word
from services.intake.tests.counter import catalogue_says, file, opened, published
from services.supervision import app as supervision

pytestmark = pytest.mark.server
THEIRS, OURS = f"{COUNTY}-20070305-000001-8", f"{TOWN}-20070305-000001-3"
"""A case of the county, and one of its township."""
LEADER: Final = "领导"


def leader_of(accounts: Accounts | None, *nodes: str, post: Post = Post.LEADER) -> dict[str, str]:
    """The headers of somebody who works for these nodes only."""
    assert accounts is not None
    _, token = accounts.issue(f"L-{'-'.join(nodes)}", posted([post], nodes), LEADER)
    return {"Authorization": f"Bearer {token}"}


async def statuses(client: AsyncClient, headers: dict[str, str], *paths: str) -> list[int]:
    return [(await client.get(path, headers=headers)).status_code for path in paths]


async def refused_in_a_sentence(client: AsyncClient, headers: dict[str, str], *paths: str) -> None:
    for path in paths:
        answer = await client.get(path, headers=headers)
        assert answer.status_code == 403, path
        assert re.fullmatch(f"{LEADER}（L-{TOWN}）：「查阅[^」]+」的授权限于 {TOWN}，不及于 {COUNTY}", answer.json()["detail"]), path


async def test_cases_of_a_site(database: str) -> None:
    async with opened(database) as house:
        await house.hear(await published(catalogue_says()))
        theirs, ours = (await file(house))["case"], (await file(house, TOWN))["case"]
        await house.shown()
        leader = leader_of(house.context.around.accounts, TOWN)
        await refused_in_a_sentence(
            house.http, leader, f"/intake/cases/{theirs}", f"/intake/nodes/{COUNTY}/cases", f"/intake/nodes/{COUNTY}/counts"
        )
        assert (await house.http.get(f"/intake/cases/{ours}", headers=leader)).json()["case"] == ours
        listed = (await house.http.get(f"/intake/nodes/{TOWN}/cases", headers=leader)).json()["cases"]
        assert [row["case"] for row in listed] == [ours]
        above = leader_of(house.context.around.accounts, COUNTY)
        assert await statuses(house.http, above, *(f"/intake/cases/{case}" for case in (theirs, ours))) == [200, 200]


async def test_clocks_of_a_site(database: str) -> None:
    async with open_house(deadline.build, database, name="deadline") as house:
        living = Living(house)
        await living.hear(await living.files(case=THEIRS), await living.files(case=OURS))
        await house.shown()
        leader = leader_of(house.context.around.accounts, TOWN)
        clock = f"/deadline/clocks/clock:{THEIRS}:promised/proof"
        await refused_in_a_sentence(house.http, leader, f"/deadline/cases/{THEIRS}/clocks", f"/deadline/nodes/{COUNTY}/due", clock)
        due = (await house.http.get(f"/deadline/nodes/{TOWN}/due", params={"until": "2030-01-01T00:00:00Z"}, headers=leader)).json()
        assert {row["case"] for row in due["clocks"]} == {OURS}


async def test_cards_and_sums_of_a_site(database: str) -> None:
    said = Neighbour("deadline", [COUNTY, TOWN])
    async with open_house(supervision.build, database, name="supervision") as house:
        await house.hear(*[await said.says("ClockRed", "2007-03-20", case) for case in (THEIRS, OURS)])
        await house.shown()
        accounts = house.context.around.accounts
        leader = leader_of(accounts, TOWN)
        paths = (f"/supervision/cases/{THEIRS}", f"/supervision/nodes/{COUNTY}/cards", f"/supervision/nodes/{COUNTY}/findings")
        await refused_in_a_sentence(house.http, leader, *paths)
        cards = (await house.http.get(f"/supervision/nodes/{TOWN}/cards", headers=leader)).json()["cards"]
        assert [card["case"] for card in cards] == [OURS]


@pytest.fixture
async def city(database: str) -> AsyncIterator[City]:
    """The city, which has heard of a case, a clock, a card and a finding of both nodes."""
    async with knowing_one_county(database) as city:
        for n, (node, case) in enumerate(((COUNTY, THEIRS), (TOWN, OURS))):
            cases = await feed(filed(case, ref=f"r{n}"), node=node)
            clocks = await feed(*of(case, "ClockStarted", "ClockRed"), node=node, service="deadline")
            cards = await feed(*of(case, "CardIssued", "FindingRaised"), node=node, service="supervision")
            told = word(1, cases[-1], clocks[-1], cards[-1], node=node)
            await city.take(*map(carried, (*cases, *clocks, *cards)), told)
        yield city


async def test_the_city_by_address(city: City) -> None:
    house, accounts = city.house, city.house.context.around.accounts
    leader, above = leader_of(accounts, TOWN), leader_of(accounts, CITY.code)

    async def got(path: str, by: dict[str, str] = leader) -> Any:
        answer = await house.http.get(f"/hub{path}", headers=by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    wait = f"/hub/wait?source=urn:liandong:{COUNTY}:intake&sequence=1"
    await refused_in_a_sentence(house.http, leader, f"/hub/cases/{THEIRS}", f"/hub/feed/{COUNTY}/intake/1", wait)
    found, whole = await got("/city"), await got("/city", above)
    for name, of_row in (("nodes", "code"), ("cards", "node"), ("findings", "node"), ("recent", "node")):
        assert [row[of_row] for row in found[name]] == [TOWN], name
        assert sorted(row[of_row] for row in whole[name]) == [COUNTY, TOWN], name
    assert [node["filed"] for node in found["nodes"]] == [1]
    assert {row["node"] for row in await got("/feeds")} == {TOWN}
    assert {row["node"] for row in await got("/feeds", above)} == {COUNTY, TOWN}
    assert (await got("/replay?log=receipt"))["nodes"].keys() == {TOWN}
    assert (await got("/replay?log=receipt", above))["nodes"].keys() == {COUNTY, TOWN}
    assert [entry["source"].split(":")[2] for entry in (await got(f"/cases/{OURS}"))["timeline"]] == [TOWN] * 5
    mine, all_of_it = await got("/verify"), await got("/verify", above)
    assert (mine["verified"], mine["events"], all_of_it["verified"], all_of_it["events"]) == (True, 5, True, 10)


async def test_what_came_of_no_node_is_shown_to_the_city_itself(city: City) -> None:
    accounts = city.house.context.around.accounts
    spoiled = carried((await feed(filed(OURS), node=TOWN))[0])
    spoiled.headers = [("ce_type", b"nonsense")]
    await city.take(spoiled)
    shown = [
        [row["kind"] for row in (await city.house.http.get("/hub/evidence", headers=leader_of(accounts, node))).json()]
        for node in (TOWN, COUNTY, CITY.code)
    ]
    assert shown == [[], [], ["malformed"]]


class Front:
    """The pages of the city over its hub: one application, which asks itself as its readers."""

    def __init__(self, city: City) -> None:
        accounts = city.house.context.around.accounts
        assert accounts is not None
        templates = Path(services.dashboard.__file__).parent / "templates"
        self.accounts, pages = accounts, Pages(templates, brand="联动")
        behind = make_app("hub", routers=[city.house.service.router], accounts=accounts, health=Health(), pages=pages)
        client = SiteClient("http://site", ASGITransport(app=behind))
        routes = dashboard.router(CITY, client, pages, city.house.context.now, hub=True, city="")
        app = make_app("pages", routers=[routes], accounts=accounts, health=Health(), pages=pages)
        behind.state.entrance = self.entrance = app.state.entrance
        self.http = AsyncClient(transport=ASGITransport(app=app), base_url="http://site", headers={"Accept": "text/html"})

    async def signed_in(self, *nodes: str) -> None:
        """A leader of these nodes opens the pages in a browser."""
        self.http.cookies.clear()
        token = leader_of(self.accounts, *nodes)["Authorization"].removeprefix("Bearer ")
        account = self.accounts.by_token(token)
        assert account is not None
        self.http.cookies.set("liandong-session", await self.entrance.sessions.begin(account, digest(token)))

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Response:
        return await self.http.get(path, headers=headers)


@pytest.fixture
async def front(city: City) -> AsyncIterator[Front]:
    front = Front(city)
    yield front
    await front.http.aclose()


async def test_the_city_by_page(front: Front) -> None:
    assert (await front.get("/city")).headers["location"].startswith("/sign-in"), "nobody's pages are the site's own"
    await front.signed_in(TOWN)
    page = await front.get("/city")
    assert (OURS in page.text, THEIRS in page.text) == (True, False)
    assert (await front.get(f"/cases/{OURS}")).status_code == 200
    other = await front.get(f"/cases/{THEIRS}")
    assert other.status_code == 403
    assert f"的授权限于 {TOWN}，不及于 {COUNTY}" in other.text
    network = await front.get("/network")
    assert (TOWN in network.text, f"{COUNTY}/" in network.text) == (True, False)
    await front.signed_in(CITY.code)
    page = await front.get("/city")
    assert (OURS in page.text, THEIRS in page.text) == (True, True)


async def test_a_program_reads_pages_with_its_token(front: Front) -> None:
    for nodes, sees in (((TOWN,), False), ((COUNTY,), True)):
        page = await front.get("/city", leader_of(front.accounts, *nodes))
        assert (page.status_code, THEIRS in page.text) == (200, sees)
