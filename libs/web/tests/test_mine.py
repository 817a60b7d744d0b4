"""One's own account says what was given, from when to when and by which document, and what that lets one do: as `may` answers."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from libs.authority import ACTS, POSTS, READ_ONLY, Grant, Grants, Post, may, posted
from libs.web.app import china_today
from libs.web.mine import ENDED, HOLDS, SHOWN, TO_COME, own_account
from libs.web.tests.site import HTML, Stand
from libs.web.tests.test_acting import word_in

DAY = date(2026, 11, 23)


@pytest.mark.parametrize("post", Post)
def test_a_grant_lets_one_do_what_the_authority_answers(post: Post) -> None:
    grants = Grants(posted([post], ["511525"], last=DAY))
    found = own_account(grants, DAY)
    (own,) = found["grants"]
    open_acts = [row for row in ACTS.values() if may(grants, row.name, "", "511525", DAY) is None]
    assert [*own.does, *own.reads] == [row.word for reads in (False, True) for row in open_acts if row.reads is reads]
    assert (own.post, own.holds, own.barred, own.recorded) == (POSTS[post], HOLDS, (), post in READ_ONLY)
    closed = [row.name for row in ACTS.values() if row not in open_acts]
    assert found["others"] == [may(grants, name, "", "511525", DAY) for name in closed]


@pytest.mark.parametrize(
    ("first", "last", "holds", "why"),
    [
        (date(2026, 1, 1), date(2026, 11, 22), ENDED, "「受理」的授权已于 2026年11月22日 到期（授权书 3 号）"),
        (date(2026, 12, 1), None, TO_COME, "「受理」的授权自 2026年12月1日 起才有效（授权书 3 号）"),
    ],
)
def test_what_does_not_hold_says_why_and_stands_behind_what_does(first: date, last: date | None, holds: tuple[str, str], why: str) -> None:
    other = Grant(post=Post.CLERK, nodes=("511525",), first=first, last=last, document="授权书 3 号")
    found = own_account(Grants([other, *posted([Post.LEADER], ["511525"])]), DAY)["grants"]
    assert [own.holds for own in found] == [HOLDS, holds]
    assert (found[1].does, found[1].reads) == ((), ())
    assert why in found[1].barred


async def page_of(stand: Stand, *grants: Grant) -> str:
    _, token = stand.accounts.issue("X0001", grants, "某岗位")
    async with stand.browser(token) as client:
        answer = await client.get("/account", headers=HTML)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


async def test_the_page_names_post_nodes_items_days_and_document() -> None:
    grant = Grant(
        post=Post.CLERK, nodes=("511500",), items=("511A00001",), first=date(2020, 1, 2), last=date(2199, 3, 4), document="授权书 3 号"
    )
    text = await page_of(Stand(), grant)
    for said in (
        "某岗位 · 工号 X0001",
        "窗口受理人员 有效",
        "宜宾市 511500",
        "511A00001",
        "2020年1月2日",
        "2199年3月4日",
        "授权书 3 号",
        "收件、收到补正材料",
    ):
        assert said in text, said


async def test_long_lists_stand_behind_their_number() -> None:
    items = tuple(f"511A{n:05d}" for n in range(SHOWN + 1))
    text = await page_of(Stand(), Grant(post=Post.CLERK, nodes=("511525",), items=items, document="授权书"))
    assert f"{SHOWN + 1} 个，见下" in text
    assert items[-1] in text


async def test_hostile_words_are_text() -> None:
    stand = Stand()
    grant = Grant(post=Post.CLERK, nodes=("511525",), items=("<script>1</script>",), document="<img src=x>")
    _, token = stand.accounts.issue("X<b>", [grant], "<i>岗位")
    async with stand.browser(token) as client:
        page = (await client.get("/account", headers=HTML)).text
    assert re.findall(r"<script>|<img|<b>|<i>", page) == []


async def test_whose_reads_are_recorded_is_told_so_there() -> None:
    text = await page_of(Stand(), *posted([Post.AUDITOR], ["511525"], last=china_today() + timedelta(days=9)))
    assert "每次查阅都有记录" in text


async def test_who_does_what_one_may_not_is_told() -> None:
    assert "没有「受理」的授权；由窗口受理人员、首席代表办理" in await page_of(Stand(), *posted([Post.CITIZEN], ["511525"]))


@pytest.mark.parametrize(("fields", "left"), [({}, 1), ({"everywhere": "1"}, 0)])
async def test_one_signs_out_here_or_everywhere(fields: dict[str, str], left: int) -> None:
    stand = Stand()
    async with stand.browser() as here, stand.browser() as there:
        for client in (here, there):
            await stand.sign_in(client, "C0117")
        page = await here.get("/account", headers=HTML)
        assert ('name="everywhere" value="1"' in page.text, page.text.count('action="/sign-out"')) == (True, 2)
        assert (await here.post("/sign-out", data={"csrf": "0" * 64, **fields})).status_code == 403
        assert (await here.post("/sign-out", data={"csrf": word_in(page), **fields})).status_code == 303
        known = [(await client.get("/account", headers=HTML)).status_code for client in (here, there)]
    assert known == [303, 200 if left else 303]
