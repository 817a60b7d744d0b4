"""Which page asks what, who may see it, and what a person is told when there is nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import HTTPException
from httpx2 import ASGITransport, AsyncClient, MockTransport, Response
from starlette.requests import Request

from libs.authority import Post, posted
from libs.host import Node, Site
from libs.telemetry import Health
from libs.web import Accounts, inner, make_app
from services.dashboard import http
from services.dashboard.app import pages as pages_of
from services.dashboard.tests import answers
from services.dashboard.tests.answers import CASE, CLOCK

SITE = Site("511525", (Node("511525", "高县", "511500"), Node("511525100", "文江镇", "511525")))
ANSWERS: dict[str, Any] = {
    "/hub/city": answers.city(answers.recent()),
    "/hub/feeds": [answers.changed(answers.kept("hub-feeds")[0], waiting=2, verified=5)],
    f"/hub/cases/{CASE}": answers.timeline(answers.row(), answers.event("liandong.intake.CaseFiled.v1")),
    "/intake/nodes/511525/counts": answers.kept("intake-counts"),
    "/intake/nodes/511525100/counts": answers.changed(answers.kept("intake-counts"), cases=2, open=2),
    "/site/status": answers.status(parked=2),
    "/catalogue/nodes/511525/items": {"items": [answers.ITEM], "next": None},
    "/catalogue/nodes/511525100/items": {"items": [], "next": None},
    f"/intake/cases/{CASE}": answers.listed(),
    f"/deadline/cases/{CASE}/clocks": answers.kept("deadline-clocks"),
    f"/deadline/clocks/{CLOCK}/proof": answers.proof(),
}


def now() -> datetime:
    return datetime(2026, 11, 23, 1, tzinfo=UTC)


class Answering:
    """The services behind the pages; what is not there is 404, as the real client says it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, request: Any, path: str, **query: Any) -> Any:
        return (await self.told(request, path, **query)).said

    async def told(self, _request: Any, path: str, **query: Any) -> http.Answered:
        self.asked.append(path)
        if path not in ANSWERS:
            raise HTTPException(404)
        return http.Answered(ANSWERS[path], "sequence" not in query)


async def get(path: str, *, hub: bool, post: Post = Post.LEADER, node: str = "511500") -> tuple[Response, list[str]]:
    """The page for somebody who works for `node`, and what it asked for."""
    behind: Any = Answering()
    pages = pages_of(SITE, city=hub)
    accounts = Accounts()
    _, token = accounts.issue("L1", posted([post], [node]), "领导")
    routes = http.router(SITE, behind, pages, now, hub=hub, city="http://city")
    app = make_app("dashboard", routers=[routes], accounts=accounts, health=Health(), pages=pages)
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://pages", headers=headers) as client:
        return await client.get(path), behind.asked


@pytest.mark.parametrize(
    ("path", "hub", "asks", "says"),
    [
        ("/city", True, ["/hub/city"], "全市一览"),
        ("/network", True, ["/hub/city", "/hub/feeds", "/site/status"], "待检查点"),
        (f"/cases/{CASE}", True, [f"/hub/cases/{CASE}"], "链校验一致"),
        ("/here", False, ["/intake/nodes/511525/counts", "/intake/nodes/511525100/counts", "/site/status"], "文江镇"),
        (f"/cases/{CASE}", False, [f"/intake/cases/{CASE}", f"/deadline/cases/{CASE}/clocks"], "承诺时限"),
        ("/find?number=取水", False, ["/catalogue/nodes/511525/items", "/catalogue/nodes/511525100/items"], answers.ITEM["name"]),
        (f"/clocks/{CLOCK}", False, [f"/deadline/clocks/{CLOCK}/proof"], "每一天为什么算或不算"),
    ],
)
async def test_a_page_asks_the_services_and_shows_their_answer(path: str, hub: bool, asks: list[str], says: str) -> None:
    answer, asked = await get(path, hub=hub)
    assert (answer.status_code, asked) == (200, asks)
    assert says in answer.text


@pytest.mark.parametrize(
    ("path", "hub", "leads"), [("/", True, "/city"), ("/", False, "/here"), (f"/find?number=%20{CASE}", True, f"/cases/{CASE}")]
)
async def test_a_way_leads_on(path: str, hub: bool, leads: str) -> None:
    answer, asked = await get(path, hub=hub)
    assert (answer.status_code, answer.headers["location"], asked) == (303, leads, [])


@pytest.mark.parametrize("hub", [True, False])
async def test_who_may_open_no_page_of_these_begins_at_their_own_account_and_is_offered_none(hub: bool) -> None:
    answer, _ = await get("/", hub=hub, post=Post.CLERK)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    own, asked = await get("/account", hub=hub, post=Post.CLERK)
    assert (own.status_code, asked) == (200, [])
    assert re.findall(r'href="/(?:city|network|here|find)|action="/find"', own.text) == []


@pytest.mark.parametrize(("path", "hub"), [("/cases/511525-20261123-000099-7", True), ("/city", False), ("/here", True)])
async def test_what_is_not_there_is_said(path: str, hub: bool) -> None:
    answer, _ = await get(path, hub=hub)
    assert answer.status_code == 404
    assert "没有找到" in answer.text


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_cannot_answer_now_is_no_fault_of_the_page(status: int) -> None:
    """Such as while its database is away: to be asked again, and no stack in the log."""
    transport = MockTransport(lambda _: Response(status, headers={"Retry-After": "7"}))
    client = http.SiteClient("http://site", transport)
    request = Request({"type": "http", "headers": [(b"authorization", b"Bearer t")]})
    with pytest.raises(HTTPException) as no:
        await client.ask(request, inner("/hub/city"))
    assert (no.value.status_code, no.value.headers) == (503, {"Retry-After": "7"})
    await client.close()


async def test_only_who_watches_may_see_the_pages() -> None:
    answer, asked = await get("/city", hub=True, post=Post.CLERK)
    assert (answer.status_code, asked) == (403, [])


@pytest.mark.parametrize("hub", [True, False])
async def test_a_case_is_shown_to_those_who_work_for_its_node_or_above(hub: bool) -> None:
    statuses = {node: await get(f"/cases/{CASE}", hub=hub, node=node) for node in ("511500", "511525", "511525100", "511526")}
    assert {node: answer.status_code for node, (answer, _) in statuses.items()} == {
        "511500": 200,
        "511525": 200,
        "511525100": 403,
        "511526": 403,
    }
    assert [asked for answer, asked in statuses.values() if answer.status_code == 403] == [[], []]


@pytest.mark.parametrize("hub", [True, False])
async def test_the_proof_of_a_clock_is_shown_to_those_who_may_see_its_case(hub: bool) -> None:
    seen = {node: await get(f"/clocks/{CLOCK}", hub=hub, node=node) for node in ("511500", "511525", "511525100", "511526")}
    assert {node: answer.status_code for node, (answer, _) in seen.items()} == {
        "511500": 200,
        "511525": 200,
        "511525100": 403,
        "511526": 403,
    }
    assert [asked for answer, asked in seen.values() if answer.status_code == 403] == [[], []]


@pytest.mark.parametrize("node", ["511525", "511526"])
@pytest.mark.parametrize(
    "path",
    [
        *(f"{CLOCK}{behind}" for behind in ("%3F", "%3Fx=1", "%23", "/", "/proof%3F", "/../promised", "%2F..%2Fpromised", ":1234567")),
        f"CLOCK:{CASE}:promised",
        f"clock:511526-1/..%2F{CLOCK}",
        f"clock%253A{CASE}:promised",
        f"clock:{CASE}",
        CASE,
    ],
)
async def test_what_is_no_clocks_name_is_found_nowhere_and_nobody_is_asked_for_it(path: str, node: str) -> None:
    answer, asked = await get(f"/clocks/{path}", hub=False, node=node)
    assert (answer.status_code, asked) == (404, [])


@pytest.mark.parametrize("path", [f"clock%3A{CASE}%3Apromised", f"{CLOCK[:-1]}%64", f"{CLOCK}%0A"])
async def test_a_clock_is_the_same_however_it_is_quoted(path: str) -> None:
    answer, asked = await get(f"/clocks/{path}", hub=False, node="511526")
    assert (answer.status_code, asked) == (403, [])


@pytest.mark.parametrize("hub", [True, False])
@pytest.mark.parametrize("behind", ["%3F", "%3Fx=1", "%23", "%00", "(" * 30_000])
async def test_a_number_with_something_behind_it_is_no_number_and_nobody_is_asked_for_it(hub: bool, behind: str) -> None:
    """It must not become one on the way to the service that would be asked, nor be too long to be asked for."""
    answer, asked = await get(f"/cases/{CASE}{behind}", hub=hub, node="511526")
    assert (answer.status_code, asked) == (404, [])
