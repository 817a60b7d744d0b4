"""Data is opened for something that the opener may do, from a page of this site, or not at all and without a fact; on real PostgreSQL."""

from __future__ import annotations

import json

import pytest

from libs.authority import Grant, Post
from libs.testkit.house import COUNTY, House
from libs.testkit.neighbours import Neighbour
from services.vault.tests.test_forms import LI
from services.vault.tests.test_http import ACT, CASE, kept, opened


@pytest.mark.parametrize(
    ("act", "by", "because"),
    [
        ("intake.approve", "examiner", "没有「核准」的授权"),
        ("intake.examine", "clerk", "没有「审查」的授权"),
        ("intake.step-done", "examiner", "没有「intake.step-done」这一项"),
        ("intake.read-cases", "examiner", "没有「intake.read-cases」这一项"),
    ],
)
async def test_a_purpose_is_something_that_the_opener_may_do(house: House, act: str, by: str, because: str) -> None:
    subject = await kept(house)
    refused = await house.get(f"/vault/subjects/{subject}", by=by, status=403, act=act)
    assert because in refused["detail"]
    assert await house.recorded() == []


async def test_a_purpose_is_for_the_item_of_the_case(house: House, intake: Neighbour) -> None:
    subject = await kept(house)
    filed = await intake.says("CaseFiled", house.time, CASE, applicants=[{"subject": subject, "part": "applicant", "of": ""}])
    await house.hear(filed)
    item = json.loads(filed.data)["pinned"]["item"]
    for word, items in (("of the item", (item,)), ("of another item", ("B",))):
        house.hire(word, Grant(post=Post.EXAMINER, nodes=(COUNTY,), items=items, document="高政授〔2007〕1号"))
    refused = await opened(house, subject, by="of another item", case=CASE, status=403)
    assert f"「审查」的授权限于事项 B，不及于事项 {item}" in refused["detail"]
    assert await house.recorded() == []
    await opened(house, subject, by="of the item", case=CASE)


async def test_who_works_for_another_item_erases_nobody_and_gives_no_code(house: House, intake: Neighbour) -> None:
    subject, erasure, code = await kept(house), "/vault/subjects/{}/erasure", f"/vault/cases/{CASE}/follow-code"
    filed = await intake.says("CaseFiled", house.time, CASE, applicants=[{"subject": subject, "part": "applicant", "of": ""}])
    await house.hear(filed, await intake.says("CaseClosed", house.time, CASE))
    item = json.loads(filed.data)["pinned"]["item"]
    for word, items in (("of the item", (item,)), ("of another item", ("B",))):
        house.hire(word, Grant(post=Post.CLERK, nodes=(COUNTY,), items=items, document="高政授〔2007〕1号"))
    for path, what in ((erasure.format(subject), "删除个人信息"), (code, "补发查询码")):
        refused = await house.post(path, by="of another item", status=403)
        assert f"「{what}」的授权限于事项 B，不及于事项 {item}" in refused["detail"]
    assert await house.recorded() == []
    await house.post(code, by="of the item")
    await house.post(erasure.format(subject), by="of the item")
    await house.post(erasure.format(await kept(house)), by="of another item")


@pytest.mark.parametrize(
    "told", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}]
)
async def test_no_other_site_opens_anything_in_somebodys_name(house: House, told: dict[str, str]) -> None:
    subject = await kept(house)
    answer = await house.http.get(f"/vault/subjects/{subject}", params={"act": ACT}, headers=house.headers("examiner") | told)
    assert (answer.status_code, LI["name"] in answer.text) == (403, False)
    assert answer.json()["detail"] == "个人信息须从本站页面打开"
    assert await house.recorded() == []
    here = house.headers("examiner") | {"Sec-Fetch-Site": "same-origin"}
    assert (await house.http.get(f"/vault/subjects/{subject}", params={"act": ACT}, headers=here)).status_code == 200


async def test_who_read_and_who_was_read_is_kept_by_no_browser_and_nothing_on_the_way(house: House) -> None:
    subject = await kept(house)
    for path in (f"/vault/subjects/{subject}/openings", f"/vault/subjects/{subject}/documents", f"/vault/nodes/{COUNTY}/reads"):
        answer = await house.http.get(path, headers=house.headers("supervisor" if "documents" not in path else "clerk"))
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
