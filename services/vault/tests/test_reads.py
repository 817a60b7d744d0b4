"""What an auditor reads is a fact before it is answered, and is listed for who answers for the node; on real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg

from libs.authority import Grant, Post
from libs.database import service_url
from libs.testkit.house import COUNTY, SITE, TOWN, House
from libs.web import WatchedRead
from services.vault.events import RecordsRead
from services.vault.tests.test_forms import LI

LISTED = f"/vault/nodes/{COUNTY}/reads"
CASE = f"{COUNTY}-20070305-000001-0"


async def read(house: House, node: str, path: str, *, by: str = "A9001", act: str = "intake.read-cases") -> None:
    """Another service of the site is read."""
    assert house.service.reads is not None
    await house.service.reads(WatchedRead(by, act, node, path))


async def test_an_auditors_read_is_a_fact_of_the_node_that_it_is_about(house: House) -> None:
    await read(house, COUNTY, f"/intake/cases/{CASE}")
    await read(house, TOWN, f"/intake/nodes/{TOWN}/cases")
    await read(house, "511526", "/hub/cases/{case}", act="hub.read-city")
    await read(house, "", "/hub/city", act="hub.read-city")
    said = await house.all(RecordsRead)
    assert {(one.node, one.about, one.path) for one in said} == {
        (COUNTY, COUNTY, f"/intake/cases/{CASE}"),
        (TOWN, TOWN, f"/intake/nodes/{TOWN}/cases"),
        (SITE.code, "511526", "/hub/cases/{case}"),
        (SITE.code, "", "/hub/city"),
    }
    assert {(one.reader, one.at) for one in said} == {("A9001", house.time)}


async def test_what_an_auditor_asks_the_vault_is_recorded_and_nobody_elses(house: House) -> None:
    subject = str((await house.post(f"/vault/nodes/{COUNTY}/subjects", LI, by="clerk", status=201))["subject"])
    await house.get(f"/vault/subjects/{subject}/openings", by="supervisor")
    assert await house.all(RecordsRead) == []
    await house.get(f"/vault/subjects/{subject}/openings", by="auditor", sequence=0)
    said = await house.one(RecordsRead)
    assert (said.reader, said.act, said.path) == ("auditor-1", "vault.read-openings", f"/vault/subjects/{subject}/openings")


async def test_what_cannot_be_recorded_is_not_answered(house: House, database: str) -> None:
    subject = str((await house.post(f"/vault/nodes/{COUNTY}/subjects", LI, by="clerk", status=201))["subject"])
    owner, role = await asyncpg.connect(database), urlsplit(service_url(database, "vault")).username
    await owner.execute(f'revoke insert on vault.event from "{role}"')
    answer = await house.http.get(f"/vault/subjects/{subject}/openings", headers=house.headers("auditor"))
    await owner.execute(f'grant insert on vault.event to "{role}"')
    await owner.close()
    assert (answer.status_code, "openings" in answer.text) == (500, False)


async def test_many_reads_at_once_are_all_recorded_in_one_stream_each(house: House) -> None:
    readers = [f"A{n}" for n in range(3)]
    await asyncio.gather(*(read(house, COUNTY, f"/intake/cases/{CASE}", by=by) for by in readers for _ in range(20)))
    recorded = await house.recorded(RecordsRead)
    assert [event.sequence for event in recorded] == list(range(1, 61))
    assert {event.subject for event in recorded} == {f"reads:{by}" for by in readers}


async def test_reads_are_listed_newest_first_page_by_page_for_who_answers_for_the_node(house: House) -> None:
    for n, (node, by) in enumerate([(COUNTY, "A1"), (TOWN, "A1"), (COUNTY, "A2"), (COUNTY, "A1")]):
        await read(house, node, f"/intake/nodes/{node}/cases", by=by)
        house.time += timedelta(minutes=n)
    await house.shown()
    for by in ("supervisor", "centre-manager", "operator"):
        found = await house.get(LISTED, by=by)
        assert ([row["reader"] for row in found["reads"]], found["next"]) == (["A1", "A2", "A1"], None)
    for by in ("auditor", "clerk", "stranger"):
        await house.get(LISTED, by=by, status=403)
    assert [row["node"] for row in (await house.get(LISTED, by="supervisor", reader="A1"))["reads"]] == [COUNTY, COUNTY]
    first = await house.get(LISTED, by="supervisor", limit=2)
    rest = await house.get(LISTED, by="supervisor", limit=2, before=first["next"])
    assert [row["sequence"] for row in (*first["reads"], *rest["reads"])] == [3, 2, 1]
    house.hire("of the town", Grant(post=Post.SUPERVISOR, nodes=(TOWN,), document="高政授〔2007〕1号"))
    await house.get(LISTED, by="of the town", status=403)
    assert len((await house.get(f"/vault/nodes/{TOWN}/reads", by="of the town"))["reads"]) == 1


async def test_an_auditor_whose_time_is_over_sees_nothing_and_is_told_in_one_sentence(house: House) -> None:
    today = house.today()
    house.hire("until today", Grant(post=Post.AUDITOR, nodes=(COUNTY,), last=today, document="高政授〔2007〕3号"))
    subject = str((await house.post(f"/vault/nodes/{COUNTY}/subjects", LI, by="clerk", status=201))["subject"])
    path = f"/vault/subjects/{subject}/openings"
    await house.get(path, by="until today")
    house.pass_days(1)
    refused = await house.get(path, by="until today", status=403)
    ended = f"的授权已于 {today.year}年{today.month}月{today.day}日 到期（高政授〔2007〕3号）"
    assert refused["detail"] == f"until today（until today-1）：「查询个人信息的查阅记录」{ended}"
    await house.one(RecordsRead)
