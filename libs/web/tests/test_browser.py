"""The catalogue in a browser: nothing for axe to say, nothing in the console, nothing beside the screen, everything by keyboard, whole without a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import httpx2
import pytest
from playwright.sync_api import Browser, Page

from libs.authority import Grant, Post, posted
from libs.testkit.browsing import TWICE, Launch, chromium, opened, served, too_wide, violations
from libs.testkit.markup import invalid
from libs.web.choices import LANGUAGE, PRINT
from libs.web.tests.site import HTML, PASSWORD, Stand

pytestmark = pytest.mark.server
PATHS: Final = ["/kit", "/kit/public", "/sign-in", "/nowhere"]
LARGE: Final = {PRINT: "large"}
MANY_GRANTS: Final = (
    Grant(
        post=Post.EXAMINER, nodes=("511525",), items=tuple(f"511A{n:05d}" for n in range(40)), document="高县水务局授权书（2026）第 3 号"
    ),
    Grant(post=Post.CLERK, nodes=("511525",), last=date(2020, 1, 1), document="一体机样例授权"),
    *posted([Post.LEADER], [f"511525{n}" for n in range(100, 130)]),
)
NOES: Final = {
    "/fails/refused": 409,
    "/fails/conflict": 412,
    "/fails/busy": 503,
    "/fails/teapot": 418,
    "/kit?nodes-page=0": 422,
    "/notice/511526": 403,
}
"""Pages that say no, besides the one that is not there."""
TABBABLE: Final = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
SEEN: Final = """() => {
  const it = document.activeElement, style = getComputedStyle(it);
  if (it === document.body) return null;
  it.dataset.reached = "";
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? "" : it.outerHTML.slice(0, 200);
}"""


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand()


@pytest.fixture(scope="module")
def address(stand: Stand) -> Iterator[str]:
    with served(stand.app) as found:
        yield found


@pytest.fixture(scope="module")
def launch() -> Iterator[Launch]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def browser(launch: Launch) -> Iterator[Browser]:
    with launch() as found:
        yield found


@pytest.mark.parametrize(("cookies", "dark"), [({}, False), ({}, True), (LARGE, False)], ids=["light", "dark", "large"])
@pytest.mark.parametrize("width", [1366, 360])
def test_axe_finds_nothing_and_nothing_stands_beside_the_screen(
    browser: Browser, address: str, width: int, cookies: dict[str, str], dark: bool
) -> None:
    for path in PATHS:
        with opened(browser, address + path, width, dark=dark, cookies=cookies) as (page, said):
            assert (path, violations(page), too_wide(page)) == (path, [], 0)
            assert [line for line in said if path != "/nowhere"] == []


def test_who_has_signed_in_finds_the_same_in_order(browser: Browser, address: str, stand: Stand) -> None:
    for width in (1366, 360):
        with opened(browser, f"{address}/page", width, token=stand.leader) as (page, said):
            assert (violations(page), too_wide(page), said) == ([], 0, [])
            assert page.locator("header .search").is_visible()


@pytest.mark.parametrize("width", [1366, 360])
def test_every_way_in_and_every_no_has_nothing_for_axe_and_is_valid(browser: Browser, width: int) -> None:
    stand, written = Stand(listed=True), {}
    with served(stand.app) as address, opened(browser, f"{address}/sign-in?staff=C0117", width) as (page, _):

        def looked_at(name: str) -> None:
            assert (name, violations(page), too_wide(page)) == (name, [], 0)
            written[name] = page.content()

        looked_at("whom there is to choose from")
        page.get_by_label("口令").fill("wrong")
        page.get_by_role("button", name="登录", exact=True).click()
        page.get_by_role("alert").wait_for()
        looked_at("wrong")
        page.get_by_label("口令").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.goto(f"{address}/account")
        assert page.get_by_text("C0117").first.is_visible()
        looked_at("account")
        for path, status in NOES.items():
            answer = page.goto(address + path)
            assert answer is not None
            assert (path, answer.status) == (path, status)
            looked_at(path)
    assert invalid(written) == []


@pytest.mark.parametrize("path", ["/kit/public", "/sign-in", "/nowhere"])
def test_english_has_room_too(browser: Browser, address: str, path: str) -> None:
    with opened(browser, address + path, 360, cookies={LANGUAGE: "en", **LARGE}) as (page, said):
        assert (violations(page), too_wide(page)) == ([], 0)
        assert [line for line in said if path != "/nowhere"] == []


@pytest.mark.parametrize("width", [1366, 360])
def test_ones_own_account_and_a_refusal_are_whole(browser: Browser, address: str, stand: Stand, width: int) -> None:
    _, token = stand.accounts.issue("X0001", [*MANY_GRANTS], "首席代表、审查（轮岗）")
    for path in ("/account", "/desk"):
        with opened(browser, address + path, width, token=token) as (page, said):
            assert (path, violations(page), too_wide(page)) == (path, [], 0)
            assert [line for line in said if path == "/account"] == []
            assert page.locator("main a[href='/account'], header a[href='/account'][aria-current=page]").count() == 1


def test_ones_own_account_is_reached_by_keyboard_and_valid(browser: Browser, address: str, stand: Stand) -> None:
    with httpx2.Client(base_url=address, headers=HTML) as client:
        client.post("/sign-in", data={"staff": "C0117", "password": PASSWORD})
        assert invalid({path: client.get(path).text for path in ("/account", "/network")}) == []
        cookies = dict(client.cookies)
    with opened(browser, f"{address}/account", 360, cookies=cookies) as (page, said):
        assert (violations(page), too_wide(page), said) == ([], 0, [])
        for _ in range(page.locator(TABBABLE).count() + 5):
            page.keyboard.press("Tab")
            page.evaluate(SEEN)
        assert page.locator("#leave button[data-reached]").count() == 2


def cut_off(page: Page) -> list[str]:
    """Tables of which a part can only be seen by moving them aside."""
    return list(page.eval_on_selector_all(".scroll", "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.ariaLabel)"))


def test_twice_the_font_size_fits_on_the_narrowest_screen(launch: Launch, address: str) -> None:
    with launch(TWICE) as browser:
        for path in PATHS:
            for width in (360, 1366):
                with opened(browser, address + path, width) as (page, _):
                    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 32
                    assert (path, width, too_wide(page)) == (path, width, 0)
                    assert (path, width, cut_off(page) if width == 360 else []) == (path, width, [])


@pytest.mark.parametrize("path", PATHS)
def test_everything_is_reached_by_keyboard_and_seen_there(browser: Browser, address: str, path: str) -> None:
    with opened(browser, address + path, 360) as (page, _):
        unseen = []
        for _ in range(page.locator(TABBABLE).count() + 5):
            page.keyboard.press("Tab")
            unseen.append(page.evaluate(SEEN))
        assert [one for one in unseen if one] == []
        left = f"[...document.querySelectorAll(`{TABBABLE}`)].filter(e => !('reached' in e.dataset) && e.type !== 'radio' && e.checkVisibility())"
        assert page.evaluate(f"{left}.map(e => e.outerHTML)") == []


def test_a_picture_is_drawn_and_a_stream_speaks_under_the_policy_of_the_pages(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/kit", 1366) as (page, said):
        page.locator("figure canvas").wait_for()
        page.get_by_text("已由服务器送来").wait_for()
        assert said == []


def test_a_stream_that_ended_is_not_asked_again_at_once(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/kit", 1366) as (page, _):
        again: list[str] = []
        page.get_by_text("已由服务器送来").wait_for()
        page.on("request", lambda request: again.append(request.url))
        page.wait_for_timeout(1500)
        assert again == []


def test_nothing_is_missing_without_a_script(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/kit", 1366, script=False) as (page, _):
        assert page.locator("figure td").count() == 12
        assert page.get_by_text("等服务器送来").is_visible()
        page.get_by_role("link", name="在办", exact=True).click()
        assert "nodes-sort=-open" in page.url
        page.get_by_role("link", name="下一页").click()
        page.get_by_role("searchbox", name="按名称或代码查找", exact=True).fill("高县")
        page.get_by_role("button", name="查找").nth(2).click()
        assert page.get_by_text("第 1–20 条，共 30 条").is_visible()
        assert page.url.endswith("#nodes"), "the list stays in sight"
        page.get_by_role("link", name="大字版").click()
        assert "nodes-find" in page.url
        assert page.locator("html[data-print=large]").count() == 1


def test_a_narrow_table_keeps_every_column_in_sight(browser: Browser, address: str) -> None:
    """The narrow table keeps its yellow and red cards and the state of the line in sight."""
    with opened(browser, f"{address}/kit", 360) as (page, _):
        row = page.locator("#nodes tbody tr").first
        assert all(cell.is_visible() for cell in row.locator("td").all())
        shown = row.evaluate("row => [...row.children].map(cell => getComputedStyle(cell, '::before').content)")
        assert shown[1:] == ['"在办 "', '"黄牌 "', '"红牌 "', '"网络 "']
        assert row.bounding_box()["height"] < 140  # type: ignore[index]  # it is in sight


def test_every_page_of_the_kit_is_valid(address: str, stand: Stand) -> None:
    pages = {}
    bearer = {"Authorization": f"Bearer {stand.leader}"}
    with httpx2.Client(base_url=address, headers=HTML) as client:
        for path in [*PATHS, "/kit?nodes-find=zzz", "/kit?nodes-page=7&nodes-sort=age"]:
            pages[path] = client.get(path).text
        pages["/page"] = client.get("/page", headers=bearer).text
        client.get("/choose?language=en&print=large")
        pages["english"] = client.get("/kit/public").text
    assert len(set(pages.values())) == len(PATHS) + 4
    assert invalid(pages) == []


def test_the_checkers_bite(browser: Browser, address: str) -> None:
    assert len(invalid({"x": "<!doctype html><html lang=zh><title>x</title><p><div></p>"})) >= 1
    with opened(browser, f"{address}/kit", 360) as (page, _):
        page.evaluate("document.querySelector('main').innerHTML = '<img src=\"/x.png\"><p>x</p>'")
        page.evaluate("document.querySelector('main p').style.width = '900px'")
        assert [line.split(":")[0] for line in violations(page) if "img" in line] != []
        assert too_wide(page) > 0
