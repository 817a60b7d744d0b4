"""What is offered and where somebody begins is asked of the pages' own routes, by the grants of the day: nobody is led to a refusal."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from libs.authority import Grant, Post, posted
from libs.web.app import china_today
from libs.web.reads import WatchedRead
from libs.web.tests.site import HTML, KEPT, Stand

DAY = china_today()
EVERYBODYS = ["/kit", "/kit/public"]


def somebody(stand: Stand, *grants: Grant) -> str:
    account, token = stand.accounts.issue("X0001", grants, "某岗位")
    stand.accounts.set_password(account, KEPT)
    return token


async def offered(stand: Stand, token: str = "") -> list[str]:
    """Where the header of a page leads to, the switches and the account apart."""
    async with stand.browser(token) as client:
        page = (await client.get("/kit", headers=HTML)).text
    if token:
        async with stand.browser(token) as client:
            page = (await client.get("/account", headers=HTML)).text
    (nav,) = re.findall(r'<nav class="ways".*?</nav>', page, re.DOTALL)
    return re.findall(r'href="([^"]*)"', nav)


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [
        (DAY - timedelta(days=1), DAY + timedelta(days=1), True),
        (DAY - timedelta(days=9), None, True),
        (DAY - timedelta(days=9), DAY - timedelta(days=2), False),
        (DAY + timedelta(days=2), None, False),
    ],
)
async def test_an_entry_is_offered_on_the_days_of_the_grant(first: date, last: date | None, *, there: bool) -> None:
    stand = Stand()
    leader = Grant(post=Post.LEADER, nodes=("511525",), first=first, last=last)
    clerk = Grant(post=Post.CLERK, nodes=("511525",), last=DAY - timedelta(days=2))
    token = somebody(stand, leader, clerk)
    assert await offered(stand, token) == ["/", *EVERYBODYS, *(["/network"] if there else [])]
    async with stand.browser(token) as client:
        assert (await client.get("/", headers=HTML)).headers["location"] == ("/network" if there else "/account")


async def test_an_entry_is_not_offered_to_who_has_the_post_elsewhere() -> None:
    stand = Stand()
    assert await offered(stand, somebody(stand, *posted([Post.LEADER], ["511526"]))) == ["/", *EVERYBODYS]


async def test_to_whom_nobody_knows_only_what_is_everybodys_is_offered() -> None:
    assert await offered(Stand()) == EVERYBODYS


@pytest.mark.parametrize("post", Post)
async def test_nobody_who_signs_in_lands_on_a_refusal_and_every_entry_opens(post: Post) -> None:
    stand, recorded = Stand(), list[WatchedRead]()

    async def records(read: WatchedRead) -> None:
        recorded.append(read)

    stand.app.state.reads = records  # as the service vault does: where nothing records, an auditor reads nothing
    somebody(stand, *posted([post], ["511525"], last=DAY + timedelta(days=9)))
    async with stand.browser() as client:
        landed = await stand.sign_in(client, "X0001")
        while landed.status_code == 303:
            landed = await client.get(landed.headers["location"], headers=HTML)
        own = await client.get("/account", headers=HTML)
        (header,) = re.findall(r"<header.*?</header>", own.text, re.DOTALL)
        ways = [unescape(way) for way in re.findall(r'href="(/[^"#]*)"', header)]
        opened = {way: (await client.get(way, headers=HTML)).status_code for way in ways}
    assert (landed.status_code, own.status_code) == (200, 200)
    assert {way: status for way, status in opened.items() if status not in (200, 303)} == {}
    assert bool(recorded) is (post is Post.AUDITOR)


@pytest.mark.parametrize(
    ("staff", "to", "lands"),
    [
        ("L0001", "/page?month=2026-11", "/page?month=2026-11"),
        ("L0001", "/desk", "/network"),
        ("C0117", "/desk", "/desk"),
        ("C0117", "/notice/511525?step=2", "/notice/511525?step=2"),
        ("C0117", "/notice/511526", "/desk"),
        ("C0117", "/notice%2F511526", "/desk"),
        ("C0117", "/page", "/desk"),
        ("C0117", "/nowhere", "/desk"),
        ("C0117", "/account", "/account"),
        ("C0117", "/", "/"),
    ],
)
async def test_one_lands_where_one_was_going_or_at_the_first_page_of_ones_own(staff: str, to: str, lands: str) -> None:
    stand = Stand()
    async with stand.browser() as client:
        assert (await stand.sign_in(client, staff, to)).headers["location"] == lands


async def test_the_page_of_a_refusal_leads_to_ones_own_account() -> None:
    stand = Stand()
    async with stand.browser() as client:
        await stand.sign_in(client, "C0117")
        no = await client.get("/network", headers=HTML)
        assert no.status_code == 403
        assert '<a class="button" href="/account">我的账号</a>' in no.text
        assert 'action="/find"' not in no.text, "what would be refused is not offered"


async def test_the_search_box_is_for_who_may_ask_it() -> None:
    stand = Stand()
    for token, there in ((stand.leader, True), (stand.clerk, False)):
        async with stand.browser(token) as client:
            assert ('action="/find"' in (await client.get("/account", headers=HTML)).text) is there
