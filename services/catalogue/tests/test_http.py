"""Single items and procedures through HTTP on real PostgreSQL: what is taken, what is refused, what is shown."""

from __future__ import annotations

from typing import Any

import pytest

from libs.testkit.house import COUNTY, House, expect
from services.catalogue.tests.stories import GOOD

pytestmark = pytest.mark.server
NODE = f"/catalogue/nodes/{COUNTY}"
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
    "department": {"uscc": GOOD, "name": "高县市场监督管理局"},
    "remedies": {
        "reconsider_at": "高县人民政府",
        "reconsider_days": 60,
        "sue_at": "高县人民法院",
        "sue_months": 6,
        "basis": "行政复议法第二十条，行政诉讼法第四十六条",
    },
}


async def register(house: House, key: str = "", version: int | None = None, status: int = 201, **changes: Any) -> dict[str, Any]:
    return await house.post(f"{NODE}/items", {**ITEM, **changes}, by="editor", key=key, version=version, status=status)


async def publish(house: House, status: int = 201, **changes: Any) -> dict[str, Any]:
    return await house.post(f"{NODE}/procedures", {**PROCEDURE, **changes}, by="editor", status=status)


async def show(house: House, what: str, **params: Any) -> Any:
    return await house.get(f"{NODE}/{what}", by="clerk", **params)


async def test_an_item_is_registered_once_however_often_it_is_sent(house: House) -> None:
    headers = {**house.headers("editor"), "Idempotency-Key": "k1"}
    first, again = [await house.http.post(f"{NODE}/items", json=ITEM, headers=headers) for _ in range(2)]
    assert (first.status_code, first.headers["etag"], first.json()) == (201, '"1"', again.json())
    assert first.json()["agency_set_aside"] is None
    other = await register(house, "k2", version=1, agency="abc", name="食品经营许可（新）")
    assert other["version"] == 2
    assert "大写" in other["agency_set_aside"]
    assert (await register(house, status=409, type_code="77"))["code"] == "unknown-type"


async def test_a_key_is_for_one_request_of_one_person_and_an_old_version_is_told(house: House) -> None:
    await register(house, "k1")
    assert (await register(house, "k1", status=422, name="别的"))["code"] == "key-reused"
    assert (await register(house, version=0, status=412, name="别的"))["code"] == "changed-meanwhile"
    await house.post(f"{NODE}/items", ITEM, by="clerk", status=403)
    await house.post(f"{NODE}/items", ITEM, by="stranger", status=403)


async def test_a_procedure_is_published_refused_and_shown_on_its_day(house: House) -> None:
    assert (await publish(house, 409))["code"] == "unknown-item"
    await register(house)
    assert (await publish(house))["version"] == 1
    assert (await publish(house, promised_days=5, effective="2199-01-01"))["version"] == 2
    assert (await publish(house, 409, promised_days=30))["code"] == "promised-over-statutory"
    await house.shown()
    now, then = [(await show(house, "procedures", **on))["procedures"] for on in ({}, {"on": "2199-01-01"})]
    assert [(one["version"], one["document"]["promised_days"]) for one in (*now, *then)] == [(1, 8), (2, 5)]
    assert (await show(house, "procedures", on="2007-01-01"))["procedures"] == []
    assert [one["version"] for one in (await show(house, "items/511A/1"))["procedures"]] == [2, 1]


async def test_a_procedure_is_held_against_the_row_of_its_regime(house: House) -> None:
    await register(house)
    await publish(house)
    await publish(house, regime="registration", statutory_days=30)
    await house.shown()
    registration, licence = (await show(house, "items/511A/1"))["procedures"]
    said = ("extension_days", "silence_accepts", "approval")
    assert [[one[name] for name in said] for one in (licence, registration)] == [[10, True, True], [0, False, True]]
    cited: dict[str, Any] = {"statutory_days": 30, "special": {"statutory_days": "《某条例》第一条"}}
    assert (await publish(house, **cited))["version"] == 3
    refused: tuple[tuple[dict[str, Any], str], ...] = (
        ({"regime": "registration", "statutory_days": 61}, "limit-outside-regime"),
        ({"regime": "registration", "extension_days": 1}, "extension-outside-regime"),
        ({"regime": "Licence"}, "unknown-regime"),
        ({"department": {"uscc": GOOD.lower(), "name": "高县市场监督管理局"}}, "no-department"),
        ({"special": {"statutory_days": " "}, "statutory_days": 30}, "statutory-over-20"),
        ({**cited, "delivery_days": 11}, "delivery-over-10"),
    )
    for changes, code in refused:
        assert (await publish(house, 409, **changes))["code"] == code


@pytest.mark.parametrize("more", [{"special": {"delivery_days": "《某条例》"}}, {"special_law": "《某条例》"}, {"special": "《某条例》"}])
async def test_no_other_limit_can_be_excepted(house: House, more: dict[str, Any]) -> None:
    await register(house)
    await publish(house, 422, **more)


async def test_items_are_found_by_word_and_paged_by_code(house: House) -> None:
    for n, name in enumerate(("食品经营许可", "取水许可", "食品小作坊备案")):
        await register(house, item=f"511A{n}", name=name)
    await house.shown()
    assert [one["item"] for one in (await show(house, "items", q="食品"))["items"]] == ["511A0", "511A2"]
    await register(house, item="511Ｂ（1）", name="户外广告（新办）")
    await house.shown()
    for typed in ("广告（新办）", "广告(新办)", "511B(1)", "511Ｂ（"):
        assert [one["name"] for one in (await show(house, "items", q=typed))["items"]] == ["户外广告（新办）"], typed
    page = await show(house, "items", limit=2)
    assert page["next"] == "511A1"
    second = await house.http.get(f"{NODE}/items", params={"after": page["next"], "limit": 2}, headers=house.headers("clerk"))
    assert [one["item"] for one in expect(second, 200)["items"]] == ["511A2", "511Ｂ（1）"]


async def test_an_answer_says_whether_it_shows_the_callers_own_write(house: House) -> None:
    done = (await register(house))["position"]

    async def asked(path: str, sequence: int) -> tuple[int, str]:
        answer = await house.http.get(f"{NODE}/{path}", params={"epoch": 1, "sequence": sequence}, headers=house.headers("clerk"))
        return answer.status_code, answer.headers.get("x-current", "")

    assert await asked("items/511A/1", done["sequence"]) == (200, "yes")
    assert await asked("items", done["sequence"] + 1) == (200, "no")
    assert await asked("items/511A/2", done["sequence"]) == (404, "")


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1fb", "", "长" * 501])
async def test_a_word_no_view_could_show_is_not_taken(house: House, bad: str) -> None:
    """PostgreSQL keeps no NUL in a text: one such name would stop the view for good."""
    for field in ("item", "name", "department"):
        changes: dict[str, Any] = {field: bad}
        await register(house, status=422, **changes)
    await publish(house, 422, steps=[{**PROCEDURE["steps"][0], "post": bad}])
    assert (await house.logs.of(COUNTY).head()).sequence == 0


@pytest.mark.parametrize("day", [1199145600, "1199145600", "2199-1-1", "2300-01-01", "2199-01-01T00:00:00"])
async def test_a_day_is_a_string_never_a_number(house: House, day: object) -> None:
    await register(house)
    assert (await publish(house, 422, effective=day))["code"] == "invalid"


@pytest.mark.parametrize(
    "path", ["items?q=%00", "items?after=%00", "items/%00", "procedures?after=%00", "procedures?on=x", "procedures?on=0", "items?limit=0"]
)
async def test_a_question_nobody_can_answer_is_told_so(house: House, path: str) -> None:
    expect(await house.http.get(f"{NODE}/{path}", headers=house.headers("clerk")), 422)


async def test_a_node_of_another_site_is_not_found_here(house: House) -> None:
    elsewhere = "/catalogue/nodes/511525999"
    for path in ("items", "procedures", "counts", "items/x"):
        await house.get(f"{elsewhere}/{path}", by="editor", status=404)
    for what, form in (("imports", None), ("items", ITEM), ("procedures", PROCEDURE)):
        await house.post(f"{elsewhere}/{what}", form, by="editor", status=404)


async def test_a_procedure_is_of_the_item_as_it_was_registered(house: House) -> None:
    await register(house)
    refusal = await publish(house, status=409, item="511a/1")
    assert refusal["code"] == "unknown-item"


@pytest.mark.parametrize("field", ["item", "name", "department", "agency"])
async def test_no_sign_that_nobody_sees_is_entered_by_hand(house: House, field: str) -> None:
    changes: dict[str, Any] = {field: "511A\u200b1"}
    refusal = await register(house, status=422, **changes)
    assert "U+200B" in str(refusal)
