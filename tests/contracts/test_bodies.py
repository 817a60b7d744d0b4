"""Bodies at every route of a site: who it is comes before any byte, large ones come where lists are imported and nowhere else."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from libs.authority import Post, posted
from libs.testkit.asgi import ENDLESS, Got, ask
from libs.testkit.unserved import CITY, application
from libs.web import Accounts
from libs.web.bodies import MAX_JSON

HUGE: Final = 32 * 1024 * 1024
PARTS: Final = {
    "node": CITY.code,
    "case": f"{CITY.code}-20070305-000001-0",
    "clock": f"clock:{CITY.code}-20070305-000001-0:promised",
    "service": "intake",
    "epoch": "1",
    "timeline": "t",
    "item": "511A00001",
    "subject": "subj-6f0a1c2e-4b5d-4e6f-8a9b-0c1d2e3f4a5b",
    "upload": "upload-6f0a1c2e-4b5d-4e6f-8a9b-0c1d2e3f4a5b",
    "document": "doc-6f0a1c2e-4b5d-4e6f-8a9b-0c1d2e3f4a5b",
    "offset": "0",
}
OPEN: Final = {"/health/live", "/health/ready", "/sign-in", "/sign-out", "/kit", "/kit/moving", "/kit/public", "/choose", "/intake/follow"}
"""What is for everybody, signed in or not."""
LIST: Final = "/catalogue/nodes/{node}/imports"
LARGE: Final = {LIST: HUGE, "/intake/nodes/{node}/imports": 2 * 1024 * 1024}
"""Where much comes in one body: a list of items; the cases of another system. Nowhere else."""
JSON: Final = {"Content-Type": "application/json"}
FORM: Final = "application/x-www-form-urlencoded"
CHUNKED: Final = {"Transfer-Encoding": "chunked"}


def length(many: int, kind: str) -> dict[str, str]:
    return {"Content-Length": str(many), "Content-Type": kind}


class Door:
    """The city's application; somebody with every role, a supervisor, who may read and do nothing, and somebody from elsewhere."""

    def __init__(self, app: FastAPI, accounts: Accounts) -> None:
        self.app = app
        self.every = accounts.issue("E1", posted(Post, [CITY.code], last=date(2199, 12, 31)), "全部")[1]
        self.reader = accounts.issue("S1", posted([Post.SUPERVISOR], [CITY.code]), "监察")[1]
        self.far = accounts.issue("F1", posted(Post, ["520000"], last=date(2199, 12, 31)), "外地")[1]

    def routes(self) -> Iterator[tuple[str, APIRoute]]:
        """Every route, with each of its methods."""
        found = [route for route in self.app.routes if isinstance(route, APIRoute)]
        assert len(found) > 40, "the whole site"
        yield from ((method, route) for route in found for method in sorted(route.methods or ()))

    def acts(self) -> Iterator[APIRoute]:
        """Every route at which something is done by somebody."""
        yield from (route for method, route in self.routes() if method == "POST" and route.path not in OPEN)

    async def comes(self, method: str, route: APIRoute, headers: Mapping[str, str], token: str = "", pieces: Iterable[bytes] = ()) -> Got:
        """A request with this body, of which nothing comes unless it is given."""
        path = "/".join(PARTS[part[1:-1].partition(":")[0]] if part.startswith("{") else part for part in route.path.split("/"))
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        return await ask(self.app, method, path, {**headers, **shown}, pieces)


@pytest.fixture(params=["city", "site"])
async def door(request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    accounts = Accounts()
    async with application(accounts, request.param) as app:
        yield Door(app, accounts)


def kind_of(route: APIRoute) -> str:
    return "application/octet-stream" if route.path == LIST else "application/json"


def limit_of(route: APIRoute) -> int:
    return LARGE.get(route.path, MAX_JSON)


@pytest.mark.parametrize("announced", [{"Content-Length": str(HUGE)}, {"Content-Length": "5"}, CHUNKED])
async def test_a_stranger_is_turned_away_before_a_byte_of_the_body_is_read(door: Door, announced: dict[str, str]) -> None:
    for method, route in door.routes():
        if route.path not in OPEN:
            for token in ("", "nobody's"):
                got = await door.comes(method, route, {**announced, **JSON}, token)
                assert (got.status, got.taken) == (401, 0), f"{method} {route.path}"


@pytest.mark.parametrize("announced", [{"Content-Length": str(HUGE)}, CHUNKED])
async def test_who_may_not_is_turned_away_before_a_byte_of_the_body_is_read(door: Door, announced: dict[str, str]) -> None:
    for route in door.acts():
        got = await door.comes("POST", route, {**announced, **JSON}, door.reader)
        assert (got.status, got.taken) == (403, 0), route.path
        if "{node}" in route.path or "{case}" in route.path:
            got = await door.comes("POST", route, {**announced, **JSON}, door.far)
            assert (got.status, got.taken) == (403, 0), route.path


async def test_a_body_of_another_kind_is_refused_before_it_is_read(door: Door) -> None:
    for route in door.acts():
        got = await door.comes("POST", route, length(HUGE, "text/plain"), door.every)
        assert (got.status, got.taken) == (415, 0), route.path


async def test_a_body_that_says_that_it_is_too_large_is_refused_before_it_is_read(door: Door) -> None:
    for route in door.acts():
        got = await door.comes("POST", route, length(limit_of(route) + 1, kind_of(route)), door.every)
        assert (got.status, got.taken) == (413, 0), route.path


async def test_a_body_without_a_length_is_cut_where_it_is_too_large(door: Door) -> None:
    for route in door.acts():
        headers = {**CHUNKED, "Content-Type": kind_of(route)}
        got = await door.comes("POST", route, headers, door.every, itertools.repeat(ENDLESS))
        assert (got.status, got.taken) == (413, limit_of(route) + len(ENDLESS)), route.path


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
async def test_the_forms_of_pages_are_bounded_too(door: Door, path: str) -> None:
    (route,) = [route for method, route in door.routes() if (method, route.path) == ("POST", path)]
    got = await door.comes("POST", route, length(MAX_JSON + 1, FORM))
    assert (got.status, got.taken) == (413, 0)
    endless = await door.comes("POST", route, {**CHUNKED, "Content-Type": FORM}, pieces=itertools.repeat(ENDLESS))
    assert (endless.status, endless.taken) == (413, MAX_JSON + len(ENDLESS))


async def test_what_is_for_everybody_is_known(door: Door) -> None:
    kind = length(500, "text/plain")  # who asks is looked at before the kind, and the kind before any byte
    found = {route.path for method, route in door.routes() if (await door.comes(method, route, kind)).status != 401}
    assert found == OPEN


@pytest.mark.parametrize("announced", [{"Content-Length": str(HUGE)}, CHUNKED])
async def test_a_large_body_that_nobody_reads_is_not_drained(door: Door, announced: dict[str, str]) -> None:
    """The server closes the connection: else it would take in all that comes, to find the next request behind it."""
    for method, route in door.routes():
        if route.path not in OPEN:
            assert (await door.comes(method, route, {**announced, **JSON})).headers.get("connection") == "close", f"{method} {route.path}"
    got = await ask(door.app, "POST", "/nowhere", announced)
    assert (got.status, got.taken, got.headers.get("connection")) == (404, 0, "close")


async def test_after_a_small_one_the_connection_stays_open(door: Door) -> None:
    for _, route in door.routes():
        assert "connection" not in (await door.comes("POST", route, length(500, "application/json"))).headers, route.path
