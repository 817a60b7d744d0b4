"""Everybody who has an account asks everything that their site offers: what they may see is answered, what they may not is refused in a sentence."""

from __future__ import annotations

import asyncio
import re
from contextlib import closing
from html import unescape

import httpx2
import pytest

from libs.authority import ACTS, POSTS, Post
from libs.testkit.browsing import chromium
from services.onebox import Door, OneBox, SiteOfBox, publish, settle
from tests.journeys.looking import shown_to
from tests.journeys.walking import (
    CITY,
    COUNTY,
    OTHER,
    TOWN,
    Ask,
    There,
    Walker,
    asks,
    in_one_sentence,
    routes_of,
    signed_in,
    stand,
    walkers,
)

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def there(box: OneBox) -> dict[str, list[There]]:
    """What stands at every place of both sites, seen by the city."""
    for code in (CITY, COUNTY):
        with Door(box.site(code), "walk") as door:
            publish(door, code)
    found = {code: stand(box.site(code), "walk") for code in (CITY, COUNTY)}
    settle(box)
    return found


async def everything(site: SiteOfBox, there: list[There]) -> list[Ask]:
    """Every question there is at the site, each address once."""
    found = {ask.address: ask for route in await routes_of(site) for place in there for ask in asks(site, route, place)}
    return list(found.values())


def wrong(who: Walker, ask: Ask, answer: httpx2.Response) -> list[str]:
    """What is wrong with an answer to somebody."""
    leads_on = ask.page and answer.status_code == 303 and answer.headers["location"].startswith("/")
    if not ask.open_to(who):
        faults = in_one_sentence(answer)
    elif leads_on or (answer.status_code == 200 and len(answer.content) > 1):
        faults = []
    else:
        faults = [f"answered {answer.status_code}: {answer.text[:200]}"]
    return [f"{who.word} {ask.address}: {fault}" for fault in faults]


@pytest.mark.parametrize("code", [CITY, COUNTY])
async def test_everybody_is_answered_what_they_may_see_and_nothing_else(box: OneBox, there: dict[str, list[There]], code: str) -> None:
    site, faults, seen, refused = box.site(code), list[str](), set[str](), set[str]()
    questions = await everything(site, there[code])
    for who in walkers(site):
        with signed_in(site, who) as client:
            for ask in questions:
                answer = client.get(ask.address, headers={"Accept": "text/html" if ask.page else "application/json"})
                faults += wrong(who, ask, answer)
                (seen if ask.open_to(who) else refused).add(ask.route)
    assert faults == [], "\n".join(faults[:40])
    assert {ask.route for ask in questions} == seen
    everybodys = {ask.route for ask in questions if ask.act is None or {*Post} - {Post.SITE} <= {*ACTS[ask.act].posts}}
    assert {ask.route for ask in questions} - everybodys <= refused
    recorded_by(site, there[code], questions)


def recorded_by(site: SiteOfBox, places: list[There], questions: list[Ask]) -> None:
    """By whatever act the auditor was answered, that stands in the record of their reads; nobody else's reads do."""
    auditor = next(who for who in walkers(site) if who.word == "auditor")
    with site.client("supervisor") as client:
        rows = [row for place in places for row in client.get(f"/vault/nodes/{place.node}/reads", params={"limit": 500}).json()["reads"]]
    assert {row["reader"] for row in rows} == {auditor.staff}
    assert {ask.act for ask in questions if ask.act and ask.open_to(auditor)} <= {row["act"] for row in rows}


@pytest.mark.parametrize("code", [CITY, COUNTY])
async def test_every_page_that_somebody_may_see_is_whole_in_their_browser(box: OneBox, there: dict[str, list[There]], code: str) -> None:
    """Nothing on the console, no violation of the policy of scripts and styles, something to read, nothing to scroll sideways on a telephone."""
    site = box.site(code)
    pages = [ask for ask in await everything(site, there[code]) if ask.page]
    faults = await asyncio.to_thread(looked_at, site, pages)
    assert faults == [], "\n".join(faults[:40])


def looked_at(site: SiteOfBox, pages: list[Ask]) -> list[str]:
    """What is wrong with the pages of a site as a browser shows them to everybody who may see them."""
    faults, opened = list[str](), set[str]()
    with chromium() as launch, closing(launch()) as browser:
        for who in walkers(site):
            with signed_in(site, who) as client, shown_to(browser, site, dict(client.cookies)) as looking:
                for ask in pages:
                    if ask.open_to(who) and client.get(ask.address).headers.get("content-type", "").startswith("text/html"):
                        faults += [f"{who.word} {ask.address}: {fault}" for fault in looking.at(ask.address)]
                        opened.add(ask.route)
    assert len(opened) > 5
    return faults


@pytest.mark.parametrize("code", [CITY, COUNTY])
def test_nobody_who_signs_in_lands_on_a_refusal_and_what_their_account_offers_opens(box: OneBox, code: str) -> None:
    site, faults, landed = box.site(code), list[str](), dict[str, str]()
    for who in walkers(site):
        with signed_in(site, who, "/") as client:
            client.follow_redirects, client.headers["Accept"] = True, "text/html"
            first = client.get("/")
            landed[who.word] = first.url.path
            own = client.get("/account")
            for page in (first, own):
                ways = [unescape(way) for way in re.findall(r'<a [^>]*href="(/[^"#]*)"', page.text)]
                faults += [f"{who.word} {page.url.path}: {page.status_code}"] if page.status_code != 200 else []
                faults += [f"{who.word} {way}: {got}" for way in dict.fromkeys(ways) if (got := client.get(way).status_code) != 200]
            assert all(POSTS[post] in own.text for post in who.posts)
    assert faults == [], "\n".join(faults[:40])
    theirs = "/city" if code == CITY else "/here"
    watching = {who.word for who in walkers(site) if who.may("dashboard.read-pages", "")}
    assert landed == {who.word: theirs if who.word in watching else "/account" for who in walkers(site)}
    assert {"leader", "station-leader", "supervisor", "centre-manager"} <= watching


async def test_a_leader_of_a_township_opens_no_other_case(box: OneBox, there: dict[str, list[There]]) -> None:
    site = box.site(COUNTY)
    leader = next(who for who in walkers(site) if who.word == "station-leader")
    about = {place.node: place for place in there[COUNTY]}
    asked = [ask for ask in await everything(site, there[COUNTY]) if "{case}" in ask.route or "{clock" in ask.route]
    with signed_in(site, leader) as client:
        for node, status in ((TOWN, 200), (OTHER, 403), (COUNTY, 403)):
            got = {ask.address: client.get(ask.address).status_code for ask in asked if about[node].case in ask.address}
            assert set(got.values()) == {status}, got
            assert len(got) >= 5
