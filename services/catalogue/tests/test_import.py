"""An item list through HTTP on real PostgreSQL: the real one, broken ones, the same one twice."""

from __future__ import annotations

import io
from typing import Any

import httpx2
import pytest
import xlsxwriter

from libs.testkit.data import shared
from libs.testkit.house import COUNTY, House, expect
from services.catalogue.events import ItemsImported
from services.catalogue.tests.stories import GOOD

pytestmark = pytest.mark.server
NODE = f"/catalogue/nodes/{COUNTY}"
HEAD = "department,name,task_type_code,base_code,area_code,agency_code,full_item_code\n"


def row(code: str, name: str = "某事项", kind: str = "1", agency: str = GOOD) -> str:
    return f"某局,{name},{kind},B1,511602000000,{agency},{code}\n"


async def send(house: House, data: bytes) -> httpx2.Response:
    return await house.http.post(f"{NODE}/imports", params={"name": "items.csv"}, content=data, headers=house.headers("editor"))


async def taken(house: House, data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = expect(await send(house, data), 200)
    return found


async def shown(house: House, path: str) -> Any:
    await house.shown()
    return await house.get(f"{NODE}/{path}", by="clerk")


@pytest.fixture
def real() -> bytes:
    path = shared("items", "sichuan_guangan_items_2025.csv")
    return path.read_bytes()


async def test_the_real_list_lands_whole_and_again_changes_nothing(house: House, real: bytes) -> None:
    found = await taken(house, real)
    assert (found["rows"], found["landed"], found["new"], found["set_aside"]) == (1135, 1135, 1135, [])
    empty = [one for one in found["agencies_set_aside"] if not one["value"]]
    assert (len(found["agencies_set_aside"]) - len(empty), len(empty)) == (151, 3)
    assert await shown(house, "counts") == {"items": 1135, "with_agency": 1135 - 154}
    head = await house.logs.of(COUNTY).head()
    run = await house.one(ItemsImported)
    assert (run.landed, run.unchanged, run.file_name) == (1135, 0, "items.csv")
    again = await taken(house, real)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1135)
    assert (await house.logs.of(COUNTY).head()).sequence == head.sequence + 1, "only that a run ended"


async def test_a_file_with_a_person_in_its_name_is_not_gone_through(house: House) -> None:
    name = {"name": "王某13800138000.csv"}
    answer = await house.http.post(f"{NODE}/imports", params=name, content=(HEAD + row("511A")).encode(), headers=house.headers("editor"))
    assert expect(answer, 409)["code"] == "personal-data"
    assert (await house.logs.of(COUNTY).head()).sequence == 0


async def test_the_same_list_as_a_spreadsheet_is_the_same_list(house: House) -> None:
    text = HEAD + row("511A") + row("511B", agency="")
    await taken(house, text.encode())
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for n, line in enumerate(text.splitlines()):
            sheet.write_row(n, 0, line.split(","))
    again = await taken(house, out.getvalue())
    assert (again["rows"], again["unchanged"]) == (2, 2)


async def test_rows_that_cannot_land_are_set_aside_with_row_column_and_reason(house: House) -> None:
    text = (
        HEAD + row("511A") + row("", "无码") + row("511B", "") + row("511A", "又一次") + row("511C", kind="77") + row("511D", agency="abc")
    )
    found = await taken(house, text.encode())
    told = [(one["row"], one["column"]) for one in found["set_aside"]]
    assert told == [(3, "full_item_code"), (4, "name"), (5, "full_item_code"), (6, "task_type_code")]
    assert "第 2 行" in found["set_aside"][2]["reason"]
    assert [(one["row"], one["value"]) for one in found["agencies_set_aside"]] == [(7, "abc")]
    assert await shown(house, "counts") == {"items": 2, "with_agency": 1}


async def test_what_no_log_can_keep_is_set_aside_before_anything_is_written(house: House) -> None:
    text = HEAD + row('"51\n1A"') + row("511B") + row("1.15113E+17") + row("511C", "事\x07项") + row("511D", "长" * 501) + row("511/E 1")
    found = await taken(house, (text + row("511/E")).encode())
    told = [(one["row"], one["column"]) for one in found["set_aside"]]
    assert told == [(2, "full_item_code"), (4, "full_item_code"), (5, "name"), (6, "name"), (7, "full_item_code")]
    assert "失真" in found["set_aside"][1]["reason"]
    assert await shown(house, "counts") == {"items": 2, "with_agency": 2}
    for code in ("511B", "511/E"):
        assert (await shown(house, f"items/{code}"))["item"] == code


async def test_a_codes_last_digits_lost_in_a_spreadsheet_are_told(house: House) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD.strip().split(","))
        sheet.write_row(1, 0, ("某局", "某事项", 1, "B1", 511602000000, 115113010833722043, "511A"))
    found = await taken(house, out.getvalue())
    assert found["landed"] == 1
    assert "失真" in found["agencies_set_aside"][0]["reason"]


async def test_a_broken_off_import_is_repeated(house: House) -> None:
    lines = [row(f"511A{n}") for n in range(5)]
    await taken(house, (HEAD + "".join(lines[:2])).encode())
    found = await taken(house, (HEAD + "".join(lines)).encode())
    assert (found["new"], found["unchanged"]) == (3, 2)


async def test_a_changed_list_changes_and_the_old_one_changes_back(house: House) -> None:
    old, new = (HEAD + row("511A", "旧名")).encode(), (HEAD + row("511A", "新名")).encode()
    for data, expected in ((old, (1, 0)), (new, (0, 1)), (old, (0, 1)), (old, (0, 0))):
        found = await taken(house, data)
        assert (found["new"], found["changed"]) == expected


async def test_gbk_is_read_and_told(house: House) -> None:
    found = await taken(house, (HEAD + row("511A", "食品经营许可")).encode("gbk"))
    assert ["GBK" in note for note in found["notes"]] == [True]
    assert (await shown(house, "items/511A"))["name"] == "食品经营许可"


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), ((HEAD + '"x').encode(), "broken-row"), (b"a,b\n1,2\n", "missing-column")])
async def test_a_broken_file_is_told_and_nothing_is_done(house: House, data: bytes, code: str) -> None:
    answer = await send(house, (HEAD + row("511A")).encode() + b'"' if code == "broken-row" else data)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await house.logs.of(COUNTY).head()).sequence == 0


async def test_a_code_known_in_another_form_is_set_aside_in_a_later_run(house: House) -> None:
    await taken(house, (HEAD + row("511A")).encode())
    found = await taken(house, (HEAD + row("511B") + row("５１１a", "又一次")).encode())
    assert (found["rows"], found["landed"], found["new"], found["changed"]) == (2, 1, 1, 0)
    ((number, column, reason),) = [(one["row"], one["column"], one["reason"]) for one in found["set_aside"]]
    assert (number, column) == (3, "full_item_code")
    assert "511A" in reason
    run = (await house.all(ItemsImported))[-1]
    assert (run.landed, run.set_aside_rows) == (1, 1)
    assert await shown(house, "counts") == {"items": 2, "with_agency": 2}


async def test_a_row_that_does_not_land_has_no_agency_that_is_set_aside(house: House) -> None:
    await taken(house, (HEAD + row("511A")).encode())
    found = await taken(house, (HEAD + row("511a", agency="abc") + row("511B", agency="abc")).encode())
    assert [one["row"] for one in found["set_aside"]] == [2]
    assert [one["row"] for one in found["agencies_set_aside"]] == [3]
    run = (await house.all(ItemsImported))[-1]
    assert (run.landed, run.set_aside_rows, run.set_aside_agencies) == (1, 1, 1)


async def test_an_editor_cannot_enter_a_known_code_in_another_form(house: House) -> None:
    await taken(house, (HEAD + row("511A")).encode())
    form = {"item": "511a", "name": "又一次", "type_code": "01", "department": "某局"}
    refusal = await house.post(f"{NODE}/items", form, by="editor", status=409)
    assert (refusal["code"], "511A" in refusal["title"]) == ("known-in-another-form", True)
