"""Harmful text in every field of every command, in every word of every address and in every form of a page: kept whole or refused, never a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx2
import pytest
from fastapi.routing import APIRoute

from libs.testkit.unserved import application
from libs.web import Accounts
from services.onebox import Door, OneBox, publish
from services.onebox.sites import SiteOfBox
from tests.journeys.half_done import Counted, more
from tests.journeys.hostile import TEXTS, put, sample, texts
from tests.journeys.walking import CHINESE, CITY, COUNTY, There, stand, walkers
from tests.repository.test_authority import required

pytestmark = pytest.mark.server
LONGEST_ADDRESS: Final = 60_000
"""Bytes of an address that the server reads at all."""


def refused(answer: httpx2.Response) -> list[str]:
    """What is wrong with a no: a sentence in Chinese, that has nothing of what was sent."""
    if answer.status_code >= 500 or answer.status_code < 400:
        return [f"answered {answer.status_code}: {answer.text[:200]}"]
    if not answer.headers["content-type"].startswith("application/problem+json"):
        return [] if CHINESE.search(answer.text) else [f"no sentence: {answer.text[:200]}"]
    problem: dict[str, Any] = answer.json()
    said = "".join([problem["title"], problem.get("detail", ""), *(field["because"] for field in problem.get("fields", ()))])
    return [] if CHINESE.search(said) and len(said) < 1000 else [f"no sentence: {said[:200]}"]


def somebody(site: SiteOfBox, act: str) -> str:
    """The token of somebody who may do the act at the whole site."""
    return site.tokens[next((who.word for who in walkers(site) if who.may(act, site.code)), "site")]


@pytest.fixture(scope="module", params=[CITY, COUNTY])
def place(box: OneBox, request: pytest.FixtureRequest) -> tuple[SiteOfBox, There]:
    """A site, and what stands at a node of it about which nobody else asks."""
    site = box.site(request.param)
    with Door(site, "walk") as door:
        publish(door, site.code)
    return site, stand(site, "fields")[-1]


async def routes(site: SiteOfBox, method: str) -> dict[str, APIRoute]:
    """The routes of a site by path."""
    async with application(Accounts(), site.at) as app:
        return {route.path: route for route in app.routes if isinstance(route, APIRoute) and method in (route.methods or ())}


def filled(path: str, there: There) -> str:
    """The address of a route about what is there."""
    return "/".join(str(there.part(part[1:-1].partition(":")[0])) if part.startswith("{") else part for part in path.split("/"))


def bodies(described: dict[str, Any]) -> Iterator[tuple[str, tuple[str | int, ...], Any, str]]:
    """Every field of every command's form that takes text: its path, its place, a body in which it stands; with each harmful text."""
    known = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        content = methods.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        for field in texts(content["schema"], known) if content else ():
            yield path, field.at, sample(content["schema"], known, field.at), json.dumps(field.schema)


async def test_every_field_of_every_command(box: OneBox, place: tuple[SiteOfBox, There]) -> None:
    site, there = place
    known, faults, fields, kept = await routes(site, "POST"), list[str](), set[tuple[str, str]](), 0
    counted = await Counted.at(box, site)
    before = await counted.now()
    with httpx2.Client(base_url=site.address, timeout=60) as client:
        described = client.get("/openapi.json").json()
        for path, at, body, _ in bodies(described):
            route = next(route for route in known.values() if route.path.replace(":path", "") == path)
            token = somebody(site, next((one.act for one in required(route.dependant)), "catalogue.read-items"))
            fields.add((path, ".".join(map(str, at))))
            for name, text in TEXTS.items():
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
                headers["Idempotency-Key"] = f"hostile:{site.code}:{len(fields)}:{name}"
                answer = client.post(filled(path, there), content=json.dumps(put(body, at, text)), headers=headers)
                after = await counted.now()
                kept += answer.is_success
                faults += [] if answer.is_success else [f"{path} {at} {name}: {fault}" for fault in refused(answer)]
                faults += [f"{path} {at} {name}: refused, and {did}" for did in [more(before, after)] if did and not answer.is_success]
                before = after
    await counted.close()
    assert faults == [], "\n".join(faults[:40])
    assert len(fields) > 60
    assert kept > 10, "some of it is harmless, and is kept"


async def test_every_word_of_every_address(place: tuple[SiteOfBox, There]) -> None:
    site, there = place
    faults, words = list[str](), 0
    with httpx2.Client(base_url=site.address, timeout=60) as client:
        for path, route in (await routes(site, "GET")).items():
            act = next((one.act for one in required(route.dependant)), "catalogue.read-items")
            headers = {"Authorization": f"Bearer {somebody(site, act)}", "Accept": "text/html" if not route.include_in_schema else "*/*"}
            names = [field.alias for field in route.dependant.query_params]
            parts = [part for part in path.split("/") if part.startswith("{")]
            for name, text in TEXTS.items():
                said = text.encode("utf-8", "surrogatepass")
                asked = [f"{filled(path, there)}?{urlencode({word: said})}" for word in names]
                asked += [filled(path.replace(part, "\1"), there).replace("\1", quote(said, safe="")) for part in parts]
                for address in asked:
                    words += 1
                    if len(address) < LONGEST_ADDRESS:
                        answer = client.get(address, headers=headers)
                        fine = answer.is_success or (answer.status_code == 303 and answer.headers["location"].startswith("/"))
                        faults += [] if fine else [f"{path} {name}: {fault}" for fault in refused(answer)]
    assert faults == [], "\n".join(faults[:40])
    assert words > 500


async def test_every_field_of_every_form_of_a_page(place: tuple[SiteOfBox, There]) -> None:
    site, _ = place
    faults, fields = list[str](), 0
    forms = {path: route for path, route in (await routes(site, "POST")).items() if not route.include_in_schema}
    for path, route in forms.items():
        for nth, word in enumerate(field.alias for field in route.dependant.body_params):
            transport = httpx2.HTTPTransport(local_address=f"127.0.{site.port % 200 + 10}.{nth + 10 * (path == '/sign-out') + 1}")
            with httpx2.Client(base_url=site.address, transport=transport, headers={"Accept": "text/html"}, timeout=60) as client:
                for name, text in list(TEXTS.items()):
                    fields += 1
                    said = urlencode({word: text.encode("utf-8", "surrogatepass")})
                    answer = client.post(path, content=said, headers={"Content-Type": "application/x-www-form-urlencoded"})
                    fine = answer.status_code == 303 and answer.headers["location"].startswith("/")
                    faults += [] if fine else [f"{path} {word} {name}: {fault}" for fault in refused(answer)]
                    faults += [f"{path} {word} {name}: not escaped"] if "<script>alert" in answer.text else []
    assert faults == [], "\n".join(faults[:40])
    assert fields > 50
