"""Single items and procedures through HTTP on real PostgreSQL: what is taken, what is refused, what is shown."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from services.catalogue.tests.house import GOOD, NODE, House

pytestmark = pytest.mark.server
ITEM = {"item": "511A/1", "name": "食品经营许可", "type_code": "01", "department": "市监局", "agency": GOOD}
PROCEDURE: dict[str, Any] = {
    "item": "511A/1",
    "kind": "promised",
    "statutory_days": 20,
    "promised_days": 8,
    "steps": [
        {"name": "审查", "post": "examiner", "role": "examine", "limit_days": 3},
        {"name": "核准", "post": "approver", "role": "approve", "limit_days": 1},
    ],
    "basis": "食品安全法第三十五条",
}


async def post(house: House, what: str, body: dict[str, Any], key: str, **headers: str) -> httpx2.Response:
    return await house.client.post(f"/catalogue/nodes/{NODE}/{what}", json=body, headers={"Idempotency-Key": key, **headers})


async def get(house: House, what: str, **params: Any) -> Any:
    answer = await house.client.get(f"/catalogue/nodes/{NODE}/{what}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_item_is_registered_once_however_often_it_is_sent(house: House) -> None:
    first, again = [await post(house, "items", ITEM, "k1") for _ in range(2)]
    assert (first.status_code, first.headers["etag"], first.json()) == (201, '"1"', again.json())
    assert first.json()["agency_set_aside"] is None
    other = await post(house, "items", {**ITEM, "agency": "abc", "name": "食品经营许可（新）"}, "k2", **{"If-Match": '"1"'})
    assert other.json()["version"] == 2
    assert "大写" in other.json()["agency_set_aside"]
    assert (await post(house, "items", {**ITEM, "type_code": "77"}, "k3")).json()["code"] == "unknown-type"


async def test_a_procedure_is_published_refused_and_shown_on_its_day(house: House) -> None:
    unknown = await post(house, "procedures", PROCEDURE, "p0")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "unknown-item")
    await post(house, "items", ITEM, "k1")
    assert (await post(house, "procedures", PROCEDURE, "p1")).json()["version"] == 1
    later = await post(house, "procedures", {**PROCEDURE, "promised_days": 5, "effective": "2199-01-01"}, "p2")
    assert later.json()["version"] == 2
    refused = await post(house, "procedures", {**PROCEDURE, "promised_days": 30}, "p3")
    assert (refused.status_code, refused.json()["code"]) == (409, "promised-over-statutory")
    await house.show()
    now, then = [(await get(house, "procedures", **on))["procedures"] for on in ({}, {"on": "2199-01-01"})]
    assert [(one["version"], one["document"]["promised_days"]) for one in (*now, *then)] == [(1, 8), (2, 5)]
    assert (await get(house, "procedures", on="2007-01-01"))["procedures"] == []
    assert [one["version"] for one in (await get(house, "items/511A/1"))["procedures"]] == [2, 1]


async def test_items_are_found_by_word_and_paged_by_code(house: House) -> None:
    for n, name in enumerate(("食品经营许可", "取水许可", "食品小作坊备案")):
        await post(house, "items", {**ITEM, "item": f"511A{n}", "name": name}, f"k{n}")
    await house.show()
    assert [one["item"] for one in (await get(house, "items", q="食品"))["items"]] == ["511A0", "511A2"]
    page = await get(house, "items", limit=2)
    assert page["next"] == "511A1"
    assert [one["item"] for one in (await get(house, "items", after=page["next"], limit=2))["items"]] == ["511A2"]


async def test_an_answer_says_whether_it_shows_the_callers_own_write(house: House) -> None:
    done = (await post(house, "items", ITEM, "k1")).json()["position"]
    path = f"/catalogue/nodes/{NODE}/items/511A/1"
    at = {"epoch": done["epoch"], "sequence": done["sequence"]}
    behind = await house.client.get(path, params=at)
    assert (behind.status_code, (await house.client.get(f"/catalogue/nodes/{NODE}/items", params=at)).headers["x-current"]) == (404, "no")
    await house.show()
    assert (await house.client.get(path, params=at)).headers["x-current"] == "yes"


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1fb", "", "长" * 501])
async def test_a_word_no_view_could_show_is_not_taken(house: House, bad: str) -> None:
    """PostgreSQL keeps no NUL in a text: one such name would stop the view for good."""
    for field in ("item", "name", "department"):
        assert (await post(house, "items", {**ITEM, field: bad}, "k")).status_code == 422
    steps = [{**PROCEDURE["steps"][0], "post": bad}]
    assert (await post(house, "procedures", {**PROCEDURE, "steps": steps}, "k")).status_code == 422
    assert (await house.logs.of(NODE).head()).sequence == 0


@pytest.mark.parametrize(
    "path", ["items?q=%00", "items?after=%00", "items/%00", "procedures?after=%00", "procedures?on=x", "items?limit=0"]
)
async def test_a_question_nobody_can_answer_is_told_so(house: House, path: str) -> None:
    assert (await house.client.get(f"/catalogue/nodes/{NODE}/{path}")).status_code == 422


async def test_a_node_of_another_site_is_not_found_here(house: House) -> None:
    for path in ("items", "procedures", "counts", "items/x"):
        assert (await house.client.get(f"/catalogue/nodes/511525999/{path}")).status_code == 404
    body = (f"/catalogue/nodes/511525999/{what}" for what in ("imports", "items", "procedures"))
    answers = [
        await house.client.post(path, json=form, headers={"Idempotency-Key": "k"})
        for path, form in zip(body, (None, ITEM, PROCEDURE), strict=True)
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
