"""The pages in a browser: nothing for axe to say, nothing in the console, nothing beside the screen, everything by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser

from libs.testkit.browsing import chromium, opened, served, too_wide, violations
from services.dashboard.tests.states import LARGE, STATES, Front

pytestmark = pytest.mark.server
PAGES: Final = {name: state for name, state in STATES.items() if name.startswith(("large", "alone"))}
"""Every page of the suite, with as much on it as there is."""
STOPS: Final = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']"
REACHED: Final = "() => { document.activeElement.dataset.reached = ''; }"
NOT_REACHED: Final = f"""() => [...document.querySelectorAll(`{STOPS}`)]
  .filter(one => !('reached' in one.dataset) && one.checkVisibility()).map(one => one.outerHTML.slice(0, 200))"""
ON_SCREEN_ONLY: Final = "header form, header nav, .skip, .search, .filters, .finding, .pager ul, .acts, .crumb"
"""What a reader of paper has no use for."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launch, launch() as found:
        yield found


@pytest.fixture(scope="module")
def city() -> Iterator[tuple[str, str]]:
    """The address of a large city's pages, and the token of its leader."""
    front = Front(True, LARGE)
    with served(front.app) as address:
        yield address, front.token


@pytest.mark.parametrize("width", [1366, 360])
def test_axe_finds_nothing_and_nothing_stands_beside_the_screen(browser: Browser, width: int) -> None:
    for name, (hub, found, path) in STATES.items():
        front = Front(hub, found)
        with served(front.app) as address, opened(browser, address + path, width, token=front.token) as (page, said):
            assert (name, violations(page), too_wide(page)) == (name, [], 0)
            refused = page.locator("h1", has_text="没有找到").count() or name.startswith("away")
            assert (name, [] if refused else said) == (name, []), "the browser itself says that a page was refused"


@pytest.mark.parametrize("width", [1366, 360])
def test_the_number_of_a_case_is_not_broken_where_a_line_ends(browser: Browser, city: tuple[str, str], width: int) -> None:
    address, token = city
    with opened(browser, f"{address}/city", width, token=token) as (page, _):
        tops = page.eval_on_selector_all(
            ".card p, #findings li",
            """found => found.flatMap(one => {
                const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT), tops = [];
                for (let text; (text = walk.nextNode());) for (const number of text.data.matchAll(/[0-9]{6,12}-[0-9]{8}-[0-9]{6}-[0-9]/g)) {
                    const range = document.createRange();
                    range.setStart(text, number.index); range.setEnd(text, number.index + number[0].length);
                    tops.push(new Set([...range.getClientRects()].map(box => box.top)).size);
                }
                return tops;
            })""",
        )
    assert len(tops) > 12
    assert set(tops) == {1}


def test_a_large_city_shows_red_first_pages_and_keeps_its_state_in_the_address(browser: Browser, city: tuple[str, str]) -> None:
    address, token = city
    with opened(browser, f"{address}/city", 1366, token=token) as (page, _):
        reds = [int(text) for text in page.locator("#nodes tbody td:nth-child(2)").all_inner_texts()]
        assert (len(reds), reds) == (25, sorted(reds, reverse=True))
        assert reds[0] > 0
        assert page.get_by_text("第 1–25 条，共 300 条").is_visible()
        page.get_by_role("link", name="下一页").click()
        assert "nodes-page=2" in page.url
        page.get_by_role("link", name="线路异常").first.click()
        assert page.get_by_text("第 1–4 条，共 4 条").is_visible()
        page.get_by_role("main").get_by_role("link", name="高县").first.click()
        assert "under=511507" in page.url
        assert page.get_by_text("第 1–25 条，共 30 条").is_visible()
        page.get_by_role("searchbox", name="按名称或代码查找节点").fill("第3便民")
        page.keyboard.press("Enter")
        page.get_by_text("第 1–1 条，共 1 条").wait_for()
        assert "under=511507" in page.url


def test_at_360_px_yellow_red_and_the_line_stay_in_sight(browser: Browser, city: tuple[str, str]) -> None:
    address, token = city
    with opened(browser, f"{address}/city", 360, token=token) as (page, _):
        for row in page.locator("#nodes tbody tr").all():
            cells = row.locator("td").all()[1:4]
            heads = [cell.get_attribute("data-label") for cell in cells]
            assert heads == ["红牌", "黄牌", "网络"]
            assert all(cell.is_visible() and (box := cell.bounding_box()) and box["x"] + box["width"] <= 360 for cell in cells)


def test_the_network_shows_what_is_wrong_first(browser: Browser, city: tuple[str, str]) -> None:
    address, token = city
    with opened(browser, f"{address}/network", 1366, token=token) as (page, _):
        kinds = page.locator("#wrong tbody td:nth-child(2) .tag").all_inner_texts()
        order = list(dict.fromkeys(kinds))
        assert order == ["链分叉", "静默", "检查点晚了", "缺号待补", "停下了", "停放", "待检查点", "未接入"]
        assert page.locator("#wrong tbody td:nth-child(4)").first.inner_text() != "", "what to do next"
        assert page.locator("#feeds tbody td:nth-child(2)").first.inner_text() != "一致"


def test_a_case_shows_its_limits_as_bars_with_the_days_that_did_not_count(browser: Browser, city: tuple[str, str]) -> None:
    address, token = city
    path = next(path for hub, _, path in STATES.values() if hub and path.startswith("/cases/"))
    with opened(browser, address + path, 1366, token=token) as (page, _):
        bar = page.locator("#clocks svg[role=img]").first
        assert "承诺" in (bar.get_attribute("aria-label") or "")
        assert bar.locator("rect[fill]").count() == 1, "the stop"
        assert bar.locator("rect.mark").count() == 1, "the yellow card"
        assert page.get_by_text("尚未更新").is_visible()


@pytest.mark.parametrize("width", [1366, 360])
@pytest.mark.parametrize("name", PAGES)
def test_everything_is_reached_by_keyboard(browser: Browser, name: str, width: int) -> None:
    hub, found, path = PAGES[name]
    front = Front(hub, found)
    with served(front.app) as address, opened(browser, address + path, width, token=front.token) as (page, _):
        stops = page.locator(STOPS).count()
        assert stops > 5
        for _ in range(stops + 5):
            page.keyboard.press("Tab")
            page.evaluate(REACHED)
        assert page.evaluate(NOT_REACHED) == []


@pytest.mark.parametrize("name", PAGES)
def test_on_paper_a_page_stands_without_what_only_a_screen_needs(browser: Browser, name: str) -> None:
    hub, found, path = PAGES[name]
    front = Front(hub, found)
    with served(front.app) as address, opened(browser, address + path, 1366, token=front.token) as (page, _):
        texts = page.locator("main h1, main h2, main td").count()
        page.emulate_media(media="print")
        assert [one.evaluate("one => one.outerHTML.slice(0, 200)") for one in page.locator(ON_SCREEN_ONLY).all() if one.is_visible()] == []
        kept = [one for one in page.locator("main h1, main h2, main td").all() if one.is_visible()]
        off_paper = page.locator(".off-paper h2").count()
        assert len(kept) == texts - off_paper, "the heading, the parts and their rows stay"
        assert page.locator("main h1").first.is_visible()
