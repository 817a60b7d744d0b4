"""Intake over HTTP: a case's whole way, who may do what, repeating, waiting for the view; on real PostgreSQL."""

from __future__ import annotations

import asyncio

from services.intake.http import ACTS
from services.intake.tests.house import COUNTY, ITEM, TOWN, House, published


async def examined(house: House) -> str:
    case = str((await house.file())["case"])
    await house.post(f"/cases/{case}/acceptance")
    await house.post(f"/cases/{case}/steps/start", {"name": "现场核查"}, by="examiner")
    await house.post(f"/cases/{case}/steps/done", {"name": "现场核查", "second_officer": "examiner-2"}, by="examiner")
    await house.post(f"/cases/{case}/examination", {"recommends": "granted"}, by="examiner")
    return case


async def test_a_case_from_filing_to_close(house: House) -> None:
    case = await examined(house)
    suspension = {"reason": "testing", "expected_days": 1, "notice": "宜水函〔2007〕8号", "notified": "2007-03-05", "first": "2007-03-05"}
    await house.post(f"/cases/{case}/suspension", suspension, by="approver")
    await house.post(f"/cases/{case}/resumption", {"last": "2007-03-05"}, by="approver")
    extension = {"days": 5, "head": "head-1", "document": "宜水批〔2007〕3号", "told": "2007-03-05"}
    await house.post(f"/cases/{case}/extension", extension, by="approver")
    await house.post(f"/cases/{case}/approval", {"outcome": "granted"}, by="approver")
    await house.post(f"/cases/{case}/decision", {"outcome": "granted", "document": "宜水许〔2007〕5号"}, by="approver")
    await house.post(f"/cases/{case}/delivery", {"how": "counter"})
    done = await house.post(f"/cases/{case}/close")
    shown = await house.show(done)
    assert done["version"] == shown["version"] == 12
    assert (shown["phase"], shown["outcome"], shown["possible"]) == ("closed", "granted", [])
    assert shown["filed_at"] == shown["closed_at"] == "2007-03-05T02:00:00Z"


async def test_corrections_over_http(house: House) -> None:
    done = await house.file()
    case = done["case"]
    await house.post(f"/cases/{case}/corrections-notice", {"missing": ["平面图", "承诺书"]})
    again = await house.post(f"/cases/{case}/corrections-notice", {"missing": ["验资报告"]}, status=409)
    assert again["code"] == "already-told-once"
    assert "第三十二条" in again["title"]
    await house.post(f"/cases/{case}/corrections-return", {"still_missing": ["承诺书"]})
    done = await house.post(f"/cases/{case}/corrections-return", {})
    assert (await house.show(done))["phase"] == "accepted"


async def test_declined_and_withdrawn(house: House) -> None:
    done = await house.file()
    done = await house.post(f"/cases/{done['case']}/refusal-to-accept", {"reason": "不属于本机关职权", "right_agency": "县水利局"})
    assert (await house.show(done))["phase"] == "not-accepted"
    done = await house.file()
    done = await house.post(f"/cases/{done['case']}/withdrawal")
    assert (await house.show(done))["phase"] == "withdrawn"


async def test_the_page_of_a_case_says_what_is_possible(house: House) -> None:
    shown = await house.show(await house.file())
    assert set(shown["possible"]) == {"acceptance", "refusal-to-accept", "corrections-notice", "withdrawal"}
    assert (shown["node"], shown["item"], shown["item_name"], shown["kind"]) == (COUNTY, ITEM, "取水许可", "promised")
    assert set(shown["possible"]) <= set(ACTS.values())


async def test_the_same_request_again_gets_the_same_case(house: House) -> None:
    first, again = await house.file(key="k1"), await house.file(key="k1")
    assert again == first
    other = await house.file(key="k2")
    assert int(other["case"].split("-")[2]) == int(first["case"].split("-")[2]) + 1, "the number of the repetition was given back"


async def test_a_key_belongs_to_one_request(house: House) -> None:
    case = (await house.file(key="k1"))["case"]
    await house.post(f"/cases/{case}/acceptance", key="k1", status=422)


async def test_a_case_that_moved_on_is_not_changed_unseen(house: House) -> None:
    done = await house.file()
    await house.post(f"/cases/{done['case']}/acceptance", version=done["version"])
    await house.post(f"/cases/{done['case']}/withdrawal", version=done["version"], status=412)


async def test_hundred_cases_at_once_have_hundred_numbers(house: House) -> None:
    cases = {done["case"] for done in await asyncio.gather(*(house.file() for _ in range(100)))}
    assert sorted(int(case.split("-")[2]) for case in cases) == list(range(1, 101))


async def test_only_whose_post_it_is(house: House) -> None:
    case = (await house.file())["case"]
    for act, form, by in (
        ("acceptance", None, "examiner"),
        ("acceptance", None, "stranger"),
        ("examination", {"recommends": "granted"}, "clerk"),
        ("approval", {"outcome": "granted"}, "examiner"),
        ("decision", {"outcome": "granted", "document": "x"}, "examiner"),
        ("steps/start", {"name": "现场核查"}, "clerk"),
        ("suspension", None, "examiner"),
        ("extension", None, "clerk"),
        ("close", None, "approver"),
    ):
        await house.post(f"/cases/{case}/{act}", form, by=by, status=403)


async def test_nobody_reads_another_countys_cases(house: House) -> None:
    done = await house.file()
    await house.get(f"/cases/{done['case']}", by="stranger", status=403)
    await house.get(f"/nodes/{COUNTY}/cases", by="stranger", status=403)


async def test_what_is_unknown_is_said_to_be(house: House) -> None:
    assert (await house.file(item="511A99999", status=409))["code"] == "unknown-item"
    await house.hear(published("511A00002", effective="2007-04-01"))
    assert (await house.file(item="511A00002", status=409))["code"] == "not-in-force"
    unknown = f"{COUNTY}-20070305-000777-1"
    assert (await house.post(f"/cases/{unknown}/acceptance", status=409))["code"] == "unknown-case"
    await house.get(f"/cases/{unknown}", status=404)
    await house.post("/cases/511525999-20070305-000001-1/acceptance", status=404)


async def test_forms_are_checked_before_rules(house: House) -> None:
    path = f"/nodes/{COUNTY}/cases"
    await house.post(path, {"item": ITEM, "channel": "counter", "applicant": "张三"}, status=422)
    await house.post(path, {"item": ITEM, "channel": "telegraph"}, status=422)
    await house.post(path, {"item": ITEM, "channel": "counter", "materials": ["长" * 61]}, status=422)
    await house.post(path, {"item": "511A\x0000001", "channel": "counter"}, status=422)


async def test_a_refused_filing_uses_no_number(house: House) -> None:
    form = {"item": ITEM, "channel": "counter", "materials": ["电话13800138000"]}
    assert (await house.post(f"/nodes/{COUNTY}/cases", form, status=409))["code"] == "personal-data"
    assert (await house.file())["case"].split("-")[2] == "000001"


async def test_text_no_log_can_keep_is_refused_as_a_form(house: House) -> None:
    case = (await house.file())["case"]
    for text in ("\ud800", "a\x00b"):
        await house.post(f"/cases/{case}/refusal-to-accept", {"reason": text, "right_agency": "县水利局"}, status=422)


async def test_the_list_goes_on_where_it_ended(house: House) -> None:
    for _ in range(5):
        done = await house.file()
    accepted = await house.post(f"/cases/{done['case']}/acceptance")
    await house.file(TOWN)
    await house.show(accepted)
    first = await house.get(f"/nodes/{COUNTY}/cases", limit=3)
    rest = await house.get(f"/nodes/{COUNTY}/cases", limit=3, after=first["next"])
    assert [int(row["case"].split("-")[2]) for row in first["cases"] + rest["cases"]] == [1, 2, 3, 4, 5]
    assert rest["next"] is None
    assert [row["case"] for row in (await house.get(f"/nodes/{COUNTY}/cases", phase="accepted"))["cases"]] == [done["case"]]


async def test_a_township_without_its_own_procedure_files_under_its_countys(house: House) -> None:
    assert (await house.show(await house.file(TOWN)))["procedure_version"] == 1
    await house.hear(published(version=7, node=TOWN, promised_days=5))
    assert (await house.show(await house.file(TOWN)))["procedure_version"] == 7
    assert (await house.show(await house.file(COUNTY)))["procedure_version"] == 1


async def test_later_versions_do_not_touch_a_case(house: House) -> None:
    await house.hear(published(version=2, effective="2007-03-06"))
    before = await house.file()
    house.pass_days(1)
    after = await house.file()
    assert [(await house.show(done))["procedure_version"] for done in (before, after)] == [1, 2]
