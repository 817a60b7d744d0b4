"""Large print and English are chosen by a link and kept by a cookie; the way back leads nowhere else."""

from __future__ import annotations

import re
from html import unescape

import pytest

from libs.web.entrance import RATES
from libs.web.tests.site import HTML, Stand


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand()


async def test_large_print_is_a_link_away_and_so_is_the_way_back(stand: Stand) -> None:
    async with stand.browser() as client:
        before = (await client.get("/kit/public", headers=HTML)).text
        assert 'href="/choose?print=large&amp;next=/kit/public"' in before
        answer = await client.get("/choose?print=large&next=/kit/public?x=1", headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/kit/public?x=1")
        assert "httponly" in answer.headers["set-cookie"].lower()
        assert "samesite=lax" in answer.headers["set-cookie"].lower()
        for path in ("/kit/public", "/kit", "/sign-in", "/nowhere"):
            page = (await client.get(path, headers=HTML)).text
            assert '<html lang="zh-CN" data-print="large"' in page
            assert "标准字号" in page
        await client.get("/choose?print=normal")
        assert "data-print" not in (await client.get("/kit", headers=HTML)).text


async def test_english_is_for_pages_that_are_for_everybody(stand: Stand) -> None:
    async with stand.browser() as client:
        assert "English" not in (await client.get("/kit", headers=HTML)).text
        await client.get("/choose?language=en&next=/kit/public")
        page = (await client.get("/kit/public", headers=HTML)).text
        assert '<html lang="en"' in page
        for said in (
            "A page for everybody",
            "23 November 2026, 15:10",
            "CNY 1,234.50",
            "2 days 4 hours",
            "6 of 10 working days",
            "(optional)",
        ):
            assert said in page
        assert '<html lang="zh-CN"' in (await client.get("/kit", headers=HTML)).text
        await client.get("/choose?language=zh-CN")
        assert "1,234.50 元" in (await client.get("/kit/public", headers=HTML)).text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/sign-in", ["<title>Sign in", "Your staff number", ">Password</label>", "Accounts on this machine"]),
        ("/nowhere", ["<h1>Not found</h1>", "start again from the first page", "Back to the first page"]),
        ("/fails/busy", ["<h1>The system is busy</h1>", "Try again in a while"]),
        ("/fails/fault", ["<h1>Something went wrong</h1>", "a fault of the system"]),
        ("/fails/refused", ['<h1 lang="zh-CN">应当一次告知全部需要补正的内容</h1>', "Back to the first page"]),
    ],
)
async def test_the_sign_in_page_and_what_goes_wrong_are_said_in_english_too(path: str, said: list[str]) -> None:
    async with Stand(listed=True).browser() as client:
        chinese = (await client.get(path, headers=HTML)).text
        assert f'/choose?language=en&amp;next={path}"' in chinese
        assert [text for text in said if text in chinese and "lang" not in text] == []
        await client.get("/choose?language=en")
        page = (await client.get(path, headers=HTML)).text
    assert '<html lang="en"' in page
    assert [text for text in said if text not in page] == []


async def test_too_many_tries_and_what_one_may_not_open_are_said_in_english_too(stand: Stand) -> None:
    async with stand.browser() as client:
        await client.get("/choose?language=en")
        wrong = await client.post("/sign-in", data={"staff": "C0117", "password": "wrong"}, headers=HTML)
        assert (wrong.status_code, wrong.text.count("The account or the password is wrong")) == (401, 2)
        await stand.sign_in(client, "C0117")
        no = await client.get("/network", headers=HTML)
        assert (no.status_code, "<h1>You may not open this</h1>" in no.text) == (403, True)
        assert '<p lang="zh-CN">窗口受理（C0117）：没有「查阅各节点的流」的授权' in no.text
        assert '<a class="button" href="/account">My account</a>' in no.text
        tries = [
            await client.post("/sign-in", data={"staff": "x", "password": "x"}, headers=HTML)
            for _ in range(RATES["sign-in-account"].most + 5)
        ]
        many = next(answer for answer in tries if answer.status_code != 401)
        assert (many.status_code, "<h1>Too many requests</h1>" in many.text) == (429, True)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_nobody_is_sent_elsewhere(stand: Stand, elsewhere: str) -> None:
    async with stand.browser() as client:
        assert (await client.get("/choose", params={"print": "large", "next": elsewhere})).headers["location"] == "/"


async def test_the_longest_search_is_come_back_to(stand: Stand) -> None:
    async with stand.browser() as client:
        page = await client.get("/kit/public", params={"number": "长" * 500}, headers=HTML)
        (switch,) = re.findall(r'href="(/choose\?print=large[^"]*)"', page.text)
        answer = await client.get(unescape(switch))
        assert (answer.status_code, answer.headers.get("location")) == (303, page.url.raw_path.decode())


@pytest.mark.parametrize("words", ["print=huge", "language=fr", "print=large%0d%0aSet-Cookie:x=y"])
async def test_only_what_there_is_can_be_chosen(stand: Stand, words: str) -> None:
    async with stand.browser() as client:
        answer = await client.get(f"/choose?{words}")
        assert (answer.status_code, "set-cookie" in answer.headers) == (422, False)


async def test_a_cookie_that_somebody_made_up_changes_nothing(stand: Stand) -> None:
    async with stand.browser() as client:
        page = (await client.get("/kit/public", headers={**HTML, "Cookie": 'liandong-print="><script>; liandong-language=fr'})).text
        assert '<html lang="zh-CN" data-room="public">' in page


async def test_the_header_shows_what_a_post_may_open(stand: Stand) -> None:
    async with stand.browser(stand.leader) as client:
        page = (await client.get("/page", headers=HTML)).text
        assert 'href="/network"' in page
        assert 'href="/desk"' not in page
        assert 'action="/find" role="search"' in page
    async with stand.browser() as client:
        page = (await client.get("/kit", headers=HTML)).text
        assert 'href="/network"' not in page
        assert 'action="/find"' not in page
