"""Erasing over a real database: not while a case runs, with what the person wrote, for good."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
import structlog

from libs.host import Around
from libs.testkit.house import COUNTY, House, open_house
from libs.testkit.neighbours import Neighbour
from libs.vault import ErasedLine, PgRows, Vault
from services.vault.app import build
from services.vault.events import DataErased
from services.vault.tests.test_forms import AGENT, LI
from services.vault.tests.test_http import CASE, erase, kept, opened


async def test_nobody_is_erased_while_a_case_runs_and_everybody_can_be_behind_its_end(house: House, intake: Neighbour) -> None:
    subject = await kept(house)
    await house.hear(await intake.says("CaseFiled", house.time, CASE, applicants=[{"subject": subject, "part": "applicant", "of": ""}]))
    refused = await house.post(f"/vault/subjects/{subject}/erasure", by="clerk", status=409)
    assert refused["code"] == "still-held"
    assert (await opened(house, subject, case=CASE))["fields"]["name"] == LI["name"]
    await house.hear(await intake.says("CaseClosed", house.time, CASE))
    await erase(house, subject)
    assert (await house.one(DataErased)).subject == subject
    assert (await opened(house, subject, case=CASE, status=409))["code"] == "erased"
    await erase(house, subject)
    await house.one(DataErased)


async def test_where_the_erasure_cannot_be_written_down_nothing_is_destroyed_and_the_log_names_the_file(
    house: House, around: Around
) -> None:
    """The disk is full, or may not be written: that is no database that is away, which nobody would tell of."""
    keys = around.keyring().path
    assert keys is not None
    (file := keys.with_name("vault.erased")).mkdir()
    subject = await kept(house)
    with structlog.testing.capture_logs() as lines:
        answer = await house.http.post(f"/vault/subjects/{subject}/erasure", headers=house.headers("clerk"))
    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    (fault,) = [line for line in lines if line["event"] == "fault"]
    assert str(fault["exc_info"]) == f"{file} 无法写入：是文件夹，不是文件"
    assert (await opened(house, subject))["fields"]["name"] == LI["name"]
    file.rmdir()
    await erase(house, subject)


async def test_what_a_person_wrote_goes_with_the_person(house: House) -> None:
    subject = await kept(house)
    wrote = await kept(house, {"kind": "text", "text": "我家门前的路什么时候修", "author": subject})
    await erase(house, subject)
    assert [said.subject for said in await house.all(DataErased)] == [subject, wrote]


async def test_what_a_person_wrote_stays_and_is_opened_as_long_as_their_case_runs(house: House, intake: Neighbour) -> None:
    subject = await kept(house)
    wrote = await kept(house, {"kind": "text", "text": "我家门前的路什么时候修", "author": subject})
    acting = await kept(house, {**AGENT, "acts_for": subject})
    await house.hear(await intake.says("CaseFiled", house.time, CASE, applicants=[{"subject": subject, "part": "applicant", "of": ""}]))
    for one in (subject, wrote, acting):
        assert (await house.post(f"/vault/subjects/{one}/erasure", by="clerk", status=409))["code"] == "still-held"
        assert (await opened(house, one, case=CASE[:-1] + "9", status=409))["code"] == "other-case"
    assert await house.all(DataErased) == []
    assert (await opened(house, wrote, case=CASE))["fields"] == {"text": "我家门前的路什么时候修"}
    assert (await opened(house, acting, case=CASE))["fields"]["name"] == AGENT["name"]
    await house.hear(await intake.says("CaseClosed", house.time, CASE))
    await erase(house, subject)
    assert [said.subject for said in await house.all(DataErased)] == [subject, wrote]


async def test_where_a_case_is_heard_of_just_then_all_of_it_stays(house: House, intake: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = await kept(house)
    wrote = await kept(house, {"kind": "text", "text": "我家门前的路什么时候修", "author": subject})
    filed = await intake.says("CaseFiled", house.time, CASE, applicants=[{"subject": subject, "part": "applicant", "of": ""}])
    assert isinstance(house.service.vault, Vault)
    rows, destroy = house.service.vault.rows, house.service.vault.rows.erase

    async def just_then(line: ErasedLine, *more: Any) -> bool:
        if line.subject == subject:
            await house.hear(filed)
        return await destroy(line, *more)

    monkeypatch.setattr(rows, "erase", just_then)
    assert (await house.post(f"/vault/subjects/{subject}/erasure", by="clerk", status=409))["code"] == "still-held"
    for one in (subject, wrote):
        assert (await opened(house, one, case=CASE))["fields"] != {}
    assert await house.all(DataErased) == []


async def test_what_a_crash_left_of_what_a_person_wrote_goes_at_the_opening(database: str, around: Around) -> None:
    async with open_house(build, database, name="vault", around=around) as house:
        subject = await kept(house)
        wrote = await kept(house, {"kind": "text", "text": "我家门前的路什么时候修", "author": subject})
        assert await Vault(PgRows(house.pool), around.keyring).erase(ErasedLine(subject, COUNTY, "C0117", house.time))
    async with open_house(build, database, name="vault", around=around, process="p2") as house:
        assert (await opened(house, wrote, status=409))["code"] == "erased"
        assert {(said.subject, said.officer, said.at) for said in await house.all(DataErased)} == {
            (one, "C0117", house.time) for one in (subject, wrote)
        }


async def test_a_restored_database_brings_nobody_back(database: str, around: Around) -> None:
    """Older rows are put back as a backup has them: the subject's own and those of its log. At the opening nothing of it is left."""
    tables = ("kept", "sealed", "digest", "openings")
    owner = await asyncpg.connect(database)
    async with open_house(build, database, name="vault", around=around) as house:
        subject, other = await kept(house), await kept(house, {**LI, "resident_id": "511525197512310019"})
        backup = {table: await owner.fetch(f"select * from vault.{table}") for table in tables}
        await erase(house, subject)
    for table in reversed(tables):
        await owner.execute(f"delete from vault.{table}")
    for table in tables:
        columns = list(backup[table][0].keys()) if backup[table] else []
        await owner.copy_records_to_table(table, records=[tuple(row) for row in backup[table]], columns=columns, schema_name="vault")
    assert await owner.fetchval("select count(*) from vault.sealed where subject = $1", subject) == 3
    async with open_house(build, database, name="vault", around=around, process="p2") as house:
        assert (await opened(house, subject, status=409))["code"] == "erased"
        assert (await opened(house, other))["fields"]["name"] == LI["name"]
        assert await owner.fetchval("select count(*) from vault.sealed where subject = $1", subject) == 0
        assert await owner.fetchval("select wrapped from vault.kept where subject = $1", subject) is None
        assert await owner.fetchval("select count(*) from vault.digest where subject = $1", subject) == 0
        assert [said.subject for said in await house.all(DataErased)] == [subject]
    await owner.close()


async def test_an_erasure_that_was_not_said_before_a_crash_is_said_at_the_opening(database: str, around: Around) -> None:
    async with open_house(build, database, name="vault", around=around) as house:
        subject = await kept(house)
        line = ErasedLine(subject, COUNTY, "C0117", house.time)
        assert await Vault(PgRows(house.pool), around.keyring).erase(line)
        assert await house.all(DataErased) == []
    async with open_house(build, database, name="vault", around=around, process="p2") as house:
        assert await house.one(DataErased) == DataErased(subject=subject, node=COUNTY, officer="C0117", at=line.at)
