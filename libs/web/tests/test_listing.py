"""A list's state is its address: it sorts, turns its pages and is searched, and nothing an address says breaks it."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.web.listing import ListAsk, ListColumn, Listing, listed
from libs.web.tests.site import HTML, Stand


class Town(NamedTuple):
    name: str
    red: int
    age: int | None


TOWNS = [Town(f"第{n}镇", n % 3, None if n == 4 else n) for n in range(25)]
COLUMNS = [
    ListColumn[Town]("name", "名称", lambda row: row.name, sorts=False, finds=True),
    ListColumn[Town]("red", "红牌", lambda row: row.red, number=True, falling=True),
    ListColumn[Town]("age", "网络", lambda row: row.age),
]
NAME, RED, AGE = COLUMNS


def page(ask: ListAsk, name: str = "") -> Listing[Town]:
    return listed(TOWNS, COLUMNS, ask, order="-red", size=10, name=name, kept={"day": "2026-11-23"})


def said(address: str) -> dict[str, list[str]]:
    return parse_qs(address.removeprefix("?").partition("#")[0])


def test_unasked_it_has_its_own_order_and_begins_at_the_first_page() -> None:
    first = page(ListAsk())
    assert ([row.red for row in first.rows], first.pages, first.first, first.last, first.total) == ([2] * 8 + [1] * 2, 3, 1, 10, 25)
    assert first.sorted_by(RED) == "descending"


def test_a_column_sorts_as_it_says_first_and_the_other_way_round_when_asked_again() -> None:
    assert said(page(ListAsk(sort="age")).sorting(RED)) == {"day": ["2026-11-23"], "sort": ["-red"]}
    assert said(page(ListAsk()).sorting(RED))["sort"] == ["red"]
    assert said(page(ListAsk(page=2)).sorting(AGE)) == {"day": ["2026-11-23"], "sort": ["age"]}
    assert page(ListAsk(sort="red")).sorted_by(RED) == "ascending"


@pytest.mark.parametrize("sort", ["age", "-age"])
def test_what_has_no_value_comes_last_either_way(sort: str) -> None:
    assert page(ListAsk(sort=sort, page=3)).rows[-1].age is None


@pytest.mark.parametrize("sort", ["name", "-name", "gone", "-", "--red"])
def test_a_column_that_does_not_sort_is_passed_over(sort: str) -> None:
    assert page(ListAsk(sort=sort)).rows == page(ListAsk()).rows


def test_a_page_behind_the_last_is_the_last_and_its_neighbours_have_links() -> None:
    far = page(ListAsk(page=99))
    assert (far.ask.page, far.first, far.last, len(far.rows)) == (3, 21, 25, 5)
    many = listed(range(1000), [], ListAsk(page=50), size=10)
    assert many.near() == [1, 0, 49, 50, 51, 0, 100]
    assert (many.turned(1), many.turned(51)) == ("?", "?page=51")


def test_it_is_searched_in_the_columns_that_say_so_in_any_width_of_letters() -> None:
    found = page(ListAsk(find="第１镇"))
    assert ([row.name for row in found.rows], found.total, found.everything) == (["第1镇"], 1, 25)
    nothing = page(ListAsk(find="2026"))
    assert (nothing.rows, nothing.pages, nothing.first, nothing.last) == ([], 1, 0, 0)
    assert said(found.address(find="")) == {"day": ["2026-11-23"], "sort": ["-red"]}


def test_two_lists_on_one_page_do_not_speak_for_each_other() -> None:
    named = page(ListAsk(page=2, find="镇"), name="towns")
    assert named.turned(3) == "?day=2026-11-23&towns-sort=-red&towns-page=3&towns-find=%E9%95%87#towns"


@given(st.builds(ListAsk, st.text(max_size=40), st.integers(-5, 10**6), st.text(max_size=100)))
def test_whatever_is_asked_a_page_of_the_list_is_shown_and_its_address_leads_back(ask: ListAsk) -> None:
    shown = page(ask)
    assert set(shown.rows) <= set(TOWNS)
    assert 1 <= shown.ask.page <= shown.pages
    back = said(shown.address())
    asked = ListAsk(back.get("sort", [""])[0], int(back.get("page", ["1"])[0]), back.get("find", [""])[0])
    assert page(asked).rows == shown.rows


async def test_the_address_is_the_state_without_a_script() -> None:
    async with Stand().browser() as client:
        sorted_ = (await client.get("/kit?nodes-sort=-open&nodes-page=3&nodes-find=%E9%AB%98%E5%8E%BF", headers=HTML)).text
        assert 'aria-sort="descending"><a href="?nodes-sort=open&amp;nodes-find=%E9%AB%98%E5%8E%BF#nodes">在办' in sorted_
        assert "第 21–30 条，共 30 条" in sorted_
        assert (await client.get("/kit?nodes-page=0", headers=HTML)).status_code == 422
        assert (await client.get("/kit?nodes-page=007", headers=HTML)).status_code == 422
        assert (await client.get("/kit?nodes-sort=gone&utm_source=x", headers=HTML)).status_code == 200
