"""The door of the vault over a real database: kept, opened and said, reported, erased, restored."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import structlog

from libs.database import service_url
from libs.host import Around
from libs.testkit.house import COUNTY, House
from libs.testkit.neighbours import Neighbour
from libs.vault import PgRows, Vault, add_key, drop_keys
from services.vault.events import DataOpened, FollowCodeReissued
from services.vault.http.forms import SubjectForm
from services.vault.tests.test_forms import AGENT, FIRM, LI

CASE = f"{COUNTY}-20070305-000001-0"
ACT = "intake.examine"
SUBJECTS = f"/vault/nodes/{COUNTY}/subjects"


async def kept(house: House, form: Mapping[str, Any] = LI, **more: Any) -> str:
    found = await house.post(SUBJECTS, form, by="clerk", status=201, **more)
    return str(found["subject"])


async def opened(house: House, subject: str, *, by: str = "examiner", status: int = 200, **more: Any) -> Any:
    return await house.get(f"/vault/subjects/{subject}", by=by, status=status, act=ACT, **more)


async def erase(house: House, subject: str) -> None:
    answer = await house.http.post(f"/vault/subjects/{subject}/erasure", headers=house.headers("clerk"))
    assert answer.status_code == 200, answer.text


async def test_a_person_is_kept_once_per_application_and_found_again(house: House) -> None:
    first = await house.post(SUBJECTS, LI, by="clerk", key="k1", status=201)
    assert await house.post(SUBJECTS, LI, by="clerk", key="k1", status=201) == first
    assert first["same"] == []
    again = await house.post(SUBJECTS, LI, by="clerk", key="k2", status=201)
    assert again["same"] == [first["subject"]] != [again["subject"]]
    refused = await house.post(SUBJECTS, {**LI, "phone": "13990900002"}, by="clerk", key="k1", status=422)
    assert refused["code"] == "key-reused"
    assert await house.recorded() == [], "that somebody was kept is no fact"


async def test_an_agent_acts_for_somebody_kept_here(house: House) -> None:
    whose = await kept(house)
    agent = await kept(house, {**AGENT, "acts_for": whose})
    assert (await opened(house, agent))["fields"]["document"] == AGENT["document"]
    assert (await house.post(SUBJECTS, AGENT, by="clerk", status=409))["code"] == "unknown-principal"


async def test_what_is_opened_is_said_first_with_who_whose_what_for_and_when(house: House) -> None:
    subject = await kept(house)
    found = await opened(house, subject, case=CASE, fields="name,phone")
    assert found["fields"] == {"name": LI["name"], "phone": LI["phone"]}
    said = await house.one(DataOpened)
    assert said == DataOpened(
        subject=subject, node=COUNTY, fields=("name", "phone"), act=ACT, case=CASE, officer="examiner-1", at=house.time
    )


async def test_what_cannot_be_said_is_not_shown(house: House, database: str) -> None:
    subject = await kept(house)
    owner, role = await asyncpg.connect(database), urlsplit(service_url(database, "vault")).username
    await owner.execute(f'revoke insert on vault.event from "{role}"')
    answer = await house.http.get(f"/vault/subjects/{subject}", params={"act": ACT}, headers=house.headers("examiner"))
    await owner.execute(f'grant insert on vault.event to "{role}"')
    await owner.close()
    assert (answer.status_code, LI["name"] in answer.text) == (500, False)
    assert await house.recorded() == []
    assert (await opened(house, subject))["fields"]["name"] == LI["name"]


async def test_only_who_works_there_opens_anything(house: House) -> None:
    subject = await kept(house)
    await opened(house, subject, by="stranger", status=403)
    await opened(house, subject, by="leader", status=403)
    assert await house.recorded() == []
    await opened(house, subject[:-12] + "0" * 12, status=404)


async def test_nothing_is_opened_for_somebody_elses_case(house: House, intake: Neighbour) -> None:
    subject = await kept(house)
    await house.hear(await intake.says("CaseFiled", house.time, CASE, applicants=[{"subject": subject, "part": "applicant", "of": ""}]))
    assert (await opened(house, subject, case=f"{COUNTY}-20070305-000002-9", status=409))["code"] == "other-case"
    assert (await opened(house, subject, status=409))["code"] == "other-case"
    await opened(house, subject, case=CASE)


async def test_a_persons_own_report_is_over_all_their_subjects(house: House) -> None:
    first, second, other = await kept(house), await kept(house), await kept(house, {**LI, "resident_id": "511525197512310019"})
    for subject in (first, other, second):
        await opened(house, subject)
    await house.shown()
    found = (await house.get(f"/vault/subjects/{second}/openings", by="supervisor"))["openings"]
    assert [row["subject"] for row in found] == [first, second]
    assert {(row["officer"], row["act"], tuple(row["fields"])) for row in found} == {("examiner-1", ACT, ("name", "phone", "resident_id"))}


async def test_a_persons_own_report_has_who_read_what_they_wrote_and_not_whom_others_act_by(house: House) -> None:
    first, second = await kept(house), await kept(house)
    wrote = await kept(house, {"kind": "text", "text": "我家门前的路什么时候修", "author": first})
    acting = await kept(house, {**AGENT, "acts_for": first})
    for subject in (wrote, acting):
        await opened(house, subject)
    await house.shown()
    for subject in (first, second):
        found = (await house.get(f"/vault/subjects/{subject}/openings", by="supervisor"))["openings"]
        assert [(row["subject"], row["fields"]) for row in found] == [(wrote, ["text"])]


async def test_an_organisation_is_shown_by_name_and_code(house: House) -> None:
    found = await opened(house, await kept(house, FIRM))
    assert found["public"] == {"name": FIRM["name"], "uscc": FIRM["uscc"]}
    assert found["fields"] == {"contact_name": FIRM["contact_name"]}


# --- codes and keys ---------------------------------------------------------------------------------------------------------------------


async def test_a_code_is_given_anew_at_the_counter_and_that_is_a_fact(house: House, intake: Neighbour) -> None:
    path, port = f"/vault/cases/{CASE}/follow-code", house.service.vault
    assert port is not None
    assert (await house.post(path, by="clerk", status=409))["code"] == "no-follow-code"
    await house.hear(await intake.says("CaseFiled", house.time, CASE))
    old = await port.follow_code(CASE)
    assert old != ""
    new = (await house.post(path, by="clerk"))["code"]
    assert [await port.follows(CASE, code) for code in (old, new)] == [False, True]
    said = await house.one(FollowCodeReissued)
    assert (said.case, said.number, said.officer) == (CASE, 1, "clerk-1")
    assert new.encode() not in (await house.recorded())[0].data


async def test_keys_are_rotated_while_the_vault_runs(house: House, around: Around) -> None:
    subjects = [await kept(house) for _ in range(3)]
    path = around.keyring().path
    assert path is not None
    old, new = around.keyring().newest, add_key(path)
    late = await kept(house)
    uses = {row["kek"]: row for row in (await house.get("/vault/keys", by="operator"))["keys"]}
    assert {kek: (row["wraps"], row["newest"]) for kek, row in uses.items()} == {old: (3, False), new: (1, True)}
    answer = await house.http.post("/vault/keys/rewrap", headers=house.headers("operator"))
    assert answer.json() == {"rewrapped": 3, "left": 0}
    drop_keys(path, [old, new])
    assert [row["kek"] for row in (await house.get("/vault/keys", by="operator"))["keys"]] == [new]
    for subject in (*subjects, late):
        assert (await opened(house, subject))["fields"]["name"] == LI["name"]


# --- nothing is shown by accident -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {**LI, "name": "李\u200b秀英"},
        {**LI, "phone": "13990900001转8"},
        {**LI, "resident_id": "511525198003070024"},
        {**LI, "kind": "李秀英"},
        {**LI, "李秀英": "1", "13990900001": "2"},
        {**LI, "name": {"李秀英": "13990900001"}},
        {**LI, "name": ["李秀英", 511525198003070023511525198003070023]},
        {**FIRM, "contact_phone": "李秀英"},
        {**AGENT, "acts_for": "李秀英 13990900001"},
    ],
)
async def test_an_error_answer_and_the_log_never_have_what_was_filled_in(
    house: House, wrong: dict[str, Any], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await house.http.post(
        SUBJECTS, content=json.dumps(wrong), headers={**house.headers("clerk"), "Idempotency-Key": "k", "Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    said = "".join([answer.text, caplog.text, *capfd.readouterr()])
    for mark in ("李秀英", "李\u200b秀英", "13990900001", "511525198003070024", "511525198003070023"):
        assert mark not in said


async def test_neither_the_database_nor_the_log_has_what_was_said(house: House, database: str) -> None:
    subject = await kept(house)
    await kept(house, {**AGENT, "acts_for": subject})
    await kept(house, {"kind": "text", "text": "我家门前的路什么时候修", "author": subject})
    await opened(house, subject)
    await house.shown()
    owner = await asyncpg.connect(database)
    tables = [row[0] for row in await owner.fetch("select table_name from information_schema.tables where table_schema = 'vault'")]
    assert {"kept", "sealed", "digest", "openings", "event"} <= set(tables)
    rows = "".join([str(await owner.fetch(f'select t::text from vault."{table}" t')) for table in tables])
    await owner.close()
    for text in (*LI.values(), AGENT["name"], AGENT["document"], AGENT["resident_id"], "我家门前"):
        assert text == "person" or (text not in rows and text.encode().hex() not in rows)
    assert sha256(LI["resident_id"].encode()).hexdigest() not in rows, "a digest without a key can be guessed"


@pytest.mark.parametrize(("table", "right"), [("sealed", "insert"), ("kept", "insert"), ("digest", "insert")])
async def test_a_fault_of_the_database_tells_nothing_of_what_was_to_be_kept(
    house: House, database: str, table: str, right: str, caplog: pytest.LogCaptureFixture
) -> None:
    owner, role = await asyncpg.connect(database), urlsplit(service_url(database, "vault")).username
    await owner.execute(f'revoke {right} on vault.{table} from "{role}"')
    await owner.close()
    headers = {**house.headers("clerk"), "Idempotency-Key": "k", "Content-Type": "application/json"}
    with structlog.testing.capture_logs() as lines:
        answer = await house.http.post(SUBJECTS, content=json.dumps(LI), headers=headers)
    assert answer.status_code == 500
    (fault,) = [line for line in lines if line["event"] == "fault"]
    told = "".join(traceback.format_exception(fault["exc_info"]))
    assert "permission denied" in told, "the stack is there"
    said = "".join([answer.text, told, repr(fault), repr(lines), caplog.text])
    for text in list(LI.values())[1:]:
        assert text not in said


async def test_what_the_driver_quotes_of_a_value_is_sealed_already(house: House) -> None:
    """asyncpg puts a value that it cannot send into its message; there is no statement of the vault that has an open one."""
    asked: list[Any] = []
    async with house.pool.acquire() as connection:
        with connection.query_logger(asked.append):
            rows = PgRows(One(connection))  # type: ignore[arg-type]
            vault = Vault(rows, house.context.around.keyring)
            subject = await vault.keep(COUNTY, SubjectForm.model_validate(LI).confided(), key="k", request="r", at=house.time)
            row = await rows.find(subject)
            assert row is not None
            assert await vault.fields(row, ["name"]) == {"name": LI["name"]}
            await asyncio.sleep(0)
    assert any("insert into kept" in query.query for query in asked)
    for text in list(LI.values())[1:]:
        assert text not in repr(asked)


class One:
    """A pool of one connection."""

    def __init__(self, connection: Any) -> None:
        self.fetch, self.fetchrow, self.fetchval, self.execute = (
            connection.fetch,
            connection.fetchrow,
            connection.fetchval,
            connection.execute,
        )
