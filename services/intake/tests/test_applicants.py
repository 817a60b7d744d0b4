"""Who applies, over HTTP and a real database: kept before, named by subject id, each for one case; duplicates and codes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from libs.testkit.house import COUNTY, TOWN, House, expect
from libs.testkit.people import applying, keep
from services.intake.events import Applicant, ApplicantPart, CaseFiled, Duplicates
from services.intake.http.applicants import UnderWay
from services.intake.tests.counter import ITEM

CASES = f"/intake/nodes/{COUNTY}/cases"
FORM = {"item": ITEM, "channel": "counter", "materials": ["申请书"]}


async def filed(house: House, *subjects: str, status: int = 201, key: str = "", **more: Any) -> dict[str, Any]:
    return await house.post(CASES, {**FORM, **applying(*subjects), **more}, by="clerk", key=key, status=status)


async def followed(house: House, case: str, code: str, status: int = 200) -> dict[str, Any]:
    found: dict[str, Any] = expect(await house.http.post("/intake/follow", json={"case": case, "code": code}), status)
    return found


async def test_whoever_applies_stands_in_the_fact_by_subject_alone(house: House) -> None:
    li = await keep(house.vault, COUNTY)
    agent = await keep(house.vault, COUNTY, acts_for=li)
    by_agent: dict[str, Any] = {"applicants": [{"subject": li}, {"subject": agent, "part": "agent", "of": li}], "channel": "agent"}
    await filed(house, **by_agent)
    said = await house.one(CaseFiled)
    assert said.applicants == (Applicant(subject=li), Applicant(subject=agent, part=ApplicantPart.AGENT, of=li))
    assert said.duplicates is None


async def test_of_a_filing_that_is_refused_nothing_is_half_done(house: House) -> None:
    elsewhere = await keep(house.vault, TOWN)
    nobody = elsewhere[:-12] + "0" * 12
    for subjects, code in (((nobody,), "unknown-subject"), ((elsewhere,), "unknown-subject"), ((), "no-applicant")):
        assert (await filed(house, *subjects, status=409))["code"] == code
    li = await keep(house.vault, COUNTY)
    await filed(house, li, li, status=422)
    await filed(house, "511525198003070023", status=422)
    assert await house.all(CaseFiled) == []
    first = await filed(house, li)
    assert first["case"].split("-")[2] == "000001", "a number that was not used is given back"


async def test_a_subject_goes_to_one_case(house: House) -> None:
    li = await keep(house.vault, COUNTY)
    first = await filed(house, li, key="k1")
    assert await filed(house, li, key="k1") == first
    assert (await filed(house, li, key="k2", status=409))["code"] == "subject-used"
    assert len(await house.all(CaseFiled)) == 1


async def test_who_was_kept_a_moment_ago_is_asked_nobody_about(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    subjects = [await keep(house.vault, COUNTY) for _ in range(3)]
    asked: list[object] = []
    known = house.vault.rows.known

    async def counted(these: Any) -> Any:
        asked.append(these)
        return await known(these)

    monkeypatch.setattr(house.vault.rows, "known", counted)
    for subject in subjects:
        await filed(house, subject)
    assert asked == []


# --- duplicates -------------------------------------------------------------------------------------------------------------------------


async def test_an_open_case_of_the_same_person_and_item_is_shown_and_answered(house: House) -> None:
    first = await filed(house, await keep(house.vault, COUNTY, "李秀英"))
    again = await keep(house.vault, COUNTY, "李秀英")
    no = await filed(house, again, key="k", status=409)
    assert (no["code"], no["cases"]) == ("duplicate-unanswered", [first["case"]])
    assert first["case"] in no["title"]
    answer = {"cases": [first["case"]], "reason": "另一处取水口"}
    assert (await filed(house, again, duplicates={**answer, "reason": ""}, status=409))["code"] == "no-reasons"
    await filed(house, again, duplicates=answer)
    said = (await house.all(CaseFiled))[-1]
    assert said.duplicates == Duplicates(cases=(first["case"],), reasons="另一处取水口")


async def test_an_ended_case_another_person_and_another_part_are_no_duplicates(house: House) -> None:
    first = await filed(house, await keep(house.vault, COUNTY, "李秀英"))
    done = await house.post(f"/intake/cases/{first['case']}/withdrawal", {}, by="clerk")
    await house.get(f"/intake/cases/{first['case']}", by="clerk", seen=done)
    await filed(house, await keep(house.vault, COUNTY, "李秀英"))
    wang = await keep(house.vault, COUNTY, "王建国")
    li = await keep(house.vault, COUNTY, "李秀英", acts_for=wang)
    await filed(house, applicants=[{"subject": wang}, {"subject": li, "part": "agent", "of": wang}])


async def test_of_two_filings_at_once_of_one_person_one_is_shown_the_other(house: House) -> None:
    """Whoever of them was kept first; both are at the door before either is filed."""
    for n in range(10):
        subjects = [await keep(house.vault, COUNTY, f"person {n}") for _ in range(2)]
        answers = await asyncio.gather(
            *(house.http.post(CASES, json={**FORM, **applying(one)}, headers=_headers(house, one)) for one in subjects[:: 1 - 2 * (n % 2)])
        )
        by_status = {answer.status_code: answer.json() for answer in answers}
        assert sorted(by_status) == [201, 409], [answer.text for answer in answers]
        assert by_status[409]["cases"] == [by_status[201]["case"]]


def _headers(house: House, key: str) -> dict[str, str]:
    return {**house.headers("clerk"), "Idempotency-Key": key}


async def test_who_waits_for_a_filing_that_comes_to_nothing_is_not_shown_it() -> None:
    under_way, place = UnderWay(most=1), ("subj-1", ITEM)
    first = under_way.enter([place], frozenset({"subj-1"}))
    waiting = asyncio.create_task(under_way.others([place], frozenset({"subj-2"})))
    assert await under_way.others([place], frozenset({"subj-1"})) == set(), "a request that is repeated is no other"
    first.set_result("")
    assert await waiting == set()
    under_way.enter([place], frozenset({"subj-2"})).set_result("c1")
    assert await under_way.others([place], frozenset({"subj-3"})) == {"c1"}
    under_way.enter([("subj-4", ITEM)], frozenset({"subj-4"})).set_result("c2")
    assert await under_way.others([place], frozenset({"subj-3"})) == set(), "the oldest go first"


# --- the code ---------------------------------------------------------------------------------------------------------------------------


async def test_the_code_is_given_with_the_number_and_again_to_whoever_repeats_the_request(house: House) -> None:
    li = await keep(house.vault, COUNTY)
    first = await filed(house, li, key="k1")
    assert len(first["follow_code"].replace("-", "")) >= 10
    assert await filed(house, li, key="k1") == first
    await house.vault.give_codes([first["case"]])
    assert await filed(house, li, key="k1") == first
    new = await house.vault.new_follow_code(first["case"])
    assert (await filed(house, li, key="k1"))["follow_code"] == ""
    assert {code.encode() in record.data for record in await house.recorded() for code in (first["follow_code"], new)} == {False}


async def test_whoever_has_number_and_code_is_told_where_the_case_stands(house: House) -> None:
    done = await filed(house, await keep(house.vault, COUNTY))
    await house.shown()
    found = await followed(house, done["case"], done["follow_code"].lower())
    assert (found["case"], found["item_name"], found["phase"], found["suspended"]) == (done["case"], "取水许可", "filed", False)
    assert found["state"] == "材料已经收到，正在核对是否齐全。"
    assert "clerk-1" not in str(found)


async def test_a_wrong_number_and_a_wrong_code_are_one_answer(house: House) -> None:
    done = await filed(house, await keep(house.vault, COUNTY))
    await house.shown()
    wrong = "0000-0000-0000"
    answers = [
        await followed(house, done["case"], wrong, 409),
        await followed(house, f"{COUNTY}-20070305-000999-1", done["follow_code"], 409),
        await followed(house, "511526-20070305-000001-1", wrong, 409),
        await followed(house, done["case"], "x", 409),
    ]
    assert answers[0]["code"] == "wrong-code"
    assert all(one == answers[0] for one in answers)


async def test_whoever_tries_too_often_waits(house: House) -> None:
    done = await filed(house, await keep(house.vault, COUNTY))
    await house.shown()
    form = {"case": done["case"], "code": "0000-0000-0000"}
    answers = [await house.http.post("/intake/follow", json=form) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [409] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    await followed(house, done["case"], done["follow_code"], 429)
