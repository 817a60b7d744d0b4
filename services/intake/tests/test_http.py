"""Intake over HTTP: a case's whole way, repeating, waiting for the view; on real PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

from libs.testkit.house import COUNTY, TOWN, House
from libs.testkit.neighbours import Neighbour
from services.intake.http import ROUTES
from services.intake.tests.counter import DECLINED, ITEM, all_offered, file, listed, offered, published, show


async def examined(house: House) -> str:
    case = await visiting(house)
    await house.post(f"/intake/cases/{case}/steps/done", {"name": "现场核查", "second_officer": "examiner-2"}, by="examiner")
    await house.post(f"/intake/cases/{case}/steps/start", {"name": "审查"}, by="examiner")
    await house.post(f"/intake/cases/{case}/steps/done", {"name": "审查", "recommends": "granted"}, by="examiner")
    return case


async def visiting(house: House) -> str:
    """A case whose site visit is in the examiner's hands."""
    case = str((await file(house))["case"])
    await house.post(f"/intake/cases/{case}/acceptance", by="clerk")
    await house.post(f"/intake/cases/{case}/steps/start", {"name": "现场核查"}, by="examiner")
    return case


async def approve(house: House, case: str) -> dict[str, Any]:
    """The approver takes up the approving step and does it."""
    await house.post(f"/intake/cases/{case}/steps/start", {"name": "核准"}, by="approver")
    return await house.post(f"/intake/cases/{case}/steps/done", {"name": "核准", "outcome": "granted"}, by="approver")


async def test_a_case_from_filing_to_close(house: House) -> None:
    case = await examined(house)
    suspension = {"reason": "testing", "expected_days": 1, "notice": "宜水函〔2007〕8号", "notified": "2007-03-05", "first": "2007-03-05"}
    await house.post(f"/intake/cases/{case}/suspension", suspension, by="approver")
    await house.post(f"/intake/cases/{case}/resumption", {"number": 1, "last": "2007-03-05"}, by="approver")
    extension = {"days": 5, "head": "head-1", "document": "宜水批〔2007〕3号", "told": "2007-03-05", "reasons": "需要专家论证"}
    await house.post(f"/intake/cases/{case}/extension", extension, by="approver")
    await approve(house, case)
    await house.post(f"/intake/cases/{case}/decision", {"outcome": "granted", "document": "宜水许〔2007〕5号"}, by="approver")
    await house.post(f"/intake/cases/{case}/delivery", {"how": "counter", "receipt": "宜水达〔2007〕5号"}, by="clerk")
    done = await house.post(f"/intake/cases/{case}/close", by="clerk")
    shown = await show(house, done)
    assert done["version"] == shown["version"] == 19
    assert (shown["phase"], shown["outcome"], offered(shown)) == ("closed", "granted", set())
    assert shown["filed_at"] == shown["closed_at"] == "2007-03-05T02:00:00Z"


async def test_whether_another_officer_is_known_the_accounts_say(house: House) -> None:
    case = await visiting(house)
    unknown = {"name": "现场核查", "second_officer": "examiner-7"}
    assert (await house.post(f"/intake/cases/{case}/steps/done", unknown, by="examiner", status=409))["code"] == "second-unknown"
    away = {"to": "examiner-7", "reasons": "经办人休假"}
    assert (await house.post(f"/intake/cases/{case}/steps/hand-over", away, by="examiner", status=409))["code"] == "staff-unknown"
    await house.post(f"/intake/cases/{case}/steps/hand-over", away | {"to": "examiner-2"}, by="examiner")
    await house.post(f"/intake/cases/{case}/steps/done", unknown | {"second_officer": "examiner-1"}, by="second")


async def test_nobody_says_in_a_form_who_is_known(house: House) -> None:
    case = await visiting(house)
    told = {"name": "现场核查", "second_officer": "examiner-7", "second_known": True}
    await house.post(f"/intake/cases/{case}/steps/done", told, by="examiner", status=422)


async def test_a_case_sent_back_over_http(house: House) -> None:
    case = await examined(house)
    await house.post(f"/intake/cases/{case}/steps/start", {"name": "核准"}, by="approver")
    done = await house.post(f"/intake/cases/{case}/steps/send-back", {"reasons": "未核对取水量"}, by="approver")
    shown = await show(house, done)
    assert (shown["phase"], shown["officer"]) == ("accepted", "approver-1")
    assert await all_offered(house, done) == {"steps/start", "suspension", "extension", "withdrawal"}


async def test_corrections_over_http(house: House) -> None:
    done = await file(house)
    case = done["case"]
    await house.post(f"/intake/cases/{case}/corrections-notice", {"missing": ["平面图", "承诺书"]}, by="clerk")
    again = await house.post(f"/intake/cases/{case}/corrections-notice", {"missing": ["验资报告"]}, status=409, by="clerk")
    assert again["code"] == "already-told-once"
    assert "第三十二条" in again["title"]
    await house.post(f"/intake/cases/{case}/corrections-return", {"still_missing": ["承诺书"]}, by="clerk")
    done = await house.post(f"/intake/cases/{case}/corrections-return", {}, by="clerk")
    assert (await show(house, done))["phase"] == "accepted"


async def test_declined_and_withdrawn(house: House) -> None:
    done = await file(house)
    done = await house.post(f"/intake/cases/{done['case']}/refusal-to-accept", DECLINED, by="clerk")
    assert (await show(house, done))["phase"] == "not-accepted"
    done = await file(house)
    done = await house.post(f"/intake/cases/{done['case']}/withdrawal", by="clerk")
    assert (await show(house, done))["phase"] == "withdrawn"


async def test_the_page_of_a_case_says_what_is_possible(house: House) -> None:
    shown = await show(house, await file(house))
    assert offered(shown) == {"acceptance", "refusal-to-accept", "corrections-notice", "withdrawal"}
    assert (shown["node"], shown["item"], shown["item_name"], shown["kind"]) == (COUNTY, ITEM, "取水许可", "promised")
    because = {act["act"]: act["because"] for act in shown["possible"]}
    assert set(because) == set(ROUTES)
    assert (because["close"], because["decision"]) == (
        "结果尚未送达，不能办结（行政许可法第四十四条）",
        "尚未核准，不能作出决定（P-examine-approve）",
    )


async def test_the_same_request_again_gets_the_same_case(house: House) -> None:
    first, again = await file(house, key="k1"), await file(house, key="k1")
    assert again == first
    other = await file(house, key="k2")
    assert int(other["case"].split("-")[2]) == int(first["case"].split("-")[2]) + 1, "the number of the repetition was given back"


async def test_a_key_belongs_to_one_request(house: House) -> None:
    case = (await file(house, key="k1"))["case"]
    await house.post(f"/intake/cases/{case}/acceptance", key="k1", status=422, by="clerk")


NOBODYS = "511525-20070305-000077-1"


async def test_a_case_that_moved_on_is_not_changed_unseen(house: House) -> None:
    done = await file(house)
    await house.post(f"/intake/cases/{done['case']}/acceptance", version=done["version"], by="clerk")
    await house.post(f"/intake/cases/{done['case']}/withdrawal", version=done["version"], status=412, by="clerk")


async def test_conditions_are_compared_as_rfc_9110_has_it(house: House) -> None:
    """A weak tag never matches, a list matches with any of its tags, a star whichever version there is; what was done answers before all that."""
    done = await file(house)
    act, clerk = f"/intake/cases/{done['case']}/acceptance", house.headers("clerk")

    async def asked(path: str, tags: str, key: str, form: object = None) -> int:
        answer = await house.http.post(path, json=form or {}, headers={**clerk, "Idempotency-Key": key, "If-Match": tags})
        return answer.status_code

    for tags in (f'W/"{done["version"]}"', '"abc"', '"7", "9"', ""):
        assert await asked(act, tags, "k") == 412
    assert await asked(act, '"9", W/"1", "1"', "k") == 200
    assert await asked(act, '"9"', "k") == 200, "the key is known"
    assert await asked(f"/intake/cases/{done['case']}/withdrawal", "*", "k2") == 200
    assert await asked(f"/intake/cases/{NOBODYS}/acceptance", "*", "k3") == 412
    new = {"item": "511A00001", "channel": "counter", "materials": []}
    assert [await asked(f"/intake/nodes/{COUNTY}/cases", tags, "k4", new) for tags in ("*", '"1"')] == [412, 412]


async def test_hundred_cases_at_once_have_hundred_numbers(house: House) -> None:
    cases = {done["case"] for done in await asyncio.gather(*(file(house) for _ in range(100)))}
    assert sorted(int(case.split("-")[2]) for case in cases) == list(range(1, 101))


async def test_nobody_reads_another_countys_cases(house: House) -> None:
    done = await file(house)
    await house.get(f"/intake/cases/{done['case']}", by="stranger", status=403)
    await house.get(f"/intake/nodes/{COUNTY}/cases", by="stranger", status=403)


async def test_what_is_unknown_is_said_to_be(house: House, catalogue: Neighbour) -> None:
    assert (await file(house, item="511A99999", status=409))["code"] == "unknown-item"
    await house.hear(await published(catalogue, "511A00002", effective="2007-04-01"))
    assert (await file(house, item="511A00002", status=409))["code"] == "not-in-force"
    unknown = f"{COUNTY}-20070305-000777-1"
    assert (await house.post(f"/intake/cases/{unknown}/acceptance", status=409, by="clerk"))["code"] == "unknown-case"
    await house.get(f"/intake/cases/{unknown}", status=404, by="clerk")
    await house.post("/intake/cases/511525999-20070305-000001-1/acceptance", status=404, by="clerk")


async def test_forms_are_checked_before_rules(house: House) -> None:
    path = f"/intake/nodes/{COUNTY}/cases"
    await house.post(path, {"item": ITEM, "channel": "counter", "applicant": "张三"}, status=422, by="clerk")
    await house.post(path, {"item": ITEM, "channel": "telegraph"}, status=422, by="clerk")
    await house.post(path, {"item": ITEM, "channel": "counter", "materials": ["长" * 501]}, status=422, by="clerk")
    await house.post(path, {"item": "511A\x0000001", "channel": "counter"}, status=422, by="clerk")


async def test_a_refused_filing_uses_no_number(house: House) -> None:
    form = {"item": ITEM, "channel": "counter", "materials": ["电话13800138000"]}
    assert (await house.post(f"/intake/nodes/{COUNTY}/cases", form, status=409, by="clerk"))["code"] == "personal-data"
    assert (await file(house))["case"].split("-")[2] == "000001"


async def test_text_no_log_can_keep_is_refused_as_a_form(house: House) -> None:
    case = (await file(house))["case"]
    for text in ("\ud800", "a\x00b"):
        await house.post(f"/intake/cases/{case}/refusal-to-accept", DECLINED | {"explanation": text}, status=422, by="clerk")


async def test_the_list_goes_on_where_it_ended(house: House) -> None:
    for _ in range(5):
        done = await file(house)
    accepted = await house.post(f"/intake/cases/{done['case']}/acceptance", by="clerk")
    await file(house, TOWN)
    await show(house, accepted)
    first = await listed(house, limit=3)
    rest = await listed(house, behind=first["next"], limit=3)
    assert [int(row["case"].split("-")[2]) for row in first["cases"] + rest["cases"]] == [1, 2, 3, 4, 5]
    assert rest["next"] is None
    assert [row["case"] for row in (await listed(house, phase="accepted"))["cases"]] == [done["case"]]


async def test_a_township_without_its_own_procedure_files_under_its_countys(house: House, catalogue: Neighbour) -> None:
    assert (await show(house, await file(house, TOWN)))["procedure_version"] == 1
    await house.hear(await published(catalogue, version=7, node=TOWN, promised_days=5))
    assert (await show(house, await file(house, TOWN)))["procedure_version"] == 7
    assert (await show(house, await file(house, COUNTY)))["procedure_version"] == 1


async def test_later_versions_do_not_touch_a_case(house: House, catalogue: Neighbour) -> None:
    await house.hear(await published(catalogue, version=2, effective="2007-03-06"))
    before = await file(house)
    house.pass_days(1)
    after = await file(house)
    assert [(await show(house, done))["procedure_version"] for done in (before, after)] == [1, 2]


async def test_a_day_is_written_as_a_day(house: House) -> None:
    case = await examined(house)
    suspension = {"reason": "testing", "expected_days": 1, "notice": "宜水函〔2007〕8号", "notified": "2007-03-05", "first": "2007-03-05"}
    for wrong in (1173052800, "2007-03-05T00:00:00Z", "5.3.2007"):
        await house.post(f"/intake/cases/{case}/suspension", suspension | {"first": wrong}, by="approver", status=422)


async def test_the_applicants_way_is_offered_act_by_act(house: House) -> None:
    """Every act that is in turn and makes sense has its route."""
    case = await examined(house)
    done = await approve(house, case)
    assert await all_offered(house, done) == {"extension", "decision", "withdrawal"}
    because = {act["act"]: act["because"] for act in (await show(house, done))["possible"]}
    assert because["decision"] == "没有「作出决定」的授权；由核准人员、首席代表办理（P-authorisation）"


async def test_what_a_procedure_blocks_is_not_offered_until_it_is_over(house: House) -> None:
    case = await examined(house)
    suspension = {"reason": "testing", "expected_days": 1, "notice": "宜水函〔2007〕8号", "notified": "2007-03-05", "first": "2007-03-05"}
    await house.post(f"/intake/cases/{case}/suspension", suspension, by="approver")
    later = suspension | {"reason": "hearing", "first": "2007-03-08"}
    await house.post(f"/intake/cases/{case}/suspension", later, by="approver")
    done = await approve(house, case)
    shown = await show(house, done)
    assert (shown["phase"], shown["suspended"]) == ("approved", True)
    assert await all_offered(house, done) == {"resumption", "suspension/call-off", "extension", "withdrawal"}
    await house.post(f"/intake/cases/{case}/suspension/call-off", {"number": 2, "reasons": "申请人放弃听证"}, by="approver")
    done = await house.post(f"/intake/cases/{case}/resumption", {"number": 1, "last": "2007-03-05"}, by="approver")
    shown = await show(house, done)
    assert (shown["suspended"], await all_offered(house, done)) == (False, {"extension", "decision", "withdrawal"})
    done = await house.post(f"/intake/cases/{case}/withdrawal", by="clerk")
    shown = await show(house, done)
    assert (shown["phase"], shown["suspended"], offered(shown)) == ("withdrawn", False, {"close"})
