"""Reads that have to be recorded: before they are answered, by token and by session, and without what somebody typed."""

from __future__ import annotations

from datetime import date

import pytest

from libs.authority import Post, posted
from libs.web.reads import NOT_RECORDED, WatchedRead, path_kept, record_reads
from libs.web.tests.site import HTML, Stand
from libs.web.tests.test_signin import signed_in


@pytest.fixture
def stand() -> Stand:
    return Stand()


async def test_an_auditor_reads_nothing_that_is_not_recorded(stand: Stand) -> None:
    _, token = stand.accounts.issue("A9001", posted([Post.AUDITOR], ["511525"], last=date(2199, 12, 31)), "审计")
    async with stand.browser(token) as client:
        refused = await client.get("/nodes/511525")
        assert (refused.status_code, refused.json()["detail"]) == (403, NOT_RECORDED)
        read: list[WatchedRead] = []

        async def recorded(reading: WatchedRead, /) -> None:
            read.append(reading)

        record_reads(stand.app, recorded)
        assert (await client.get("/nodes/511525")).status_code == 200
    assert read == [("A9001", "intake.read-cases", "511525", "/nodes/511525")]


async def test_an_auditors_reads_are_recorded_by_session_too(stand: Stand) -> None:
    account, _ = stand.accounts.issue("A9001", posted([Post.AUDITOR], ["511525"], last=date(2199, 12, 31)), "审计")
    known, read = stand.accounts.person("L0001"), list[WatchedRead]()
    assert known is not None
    stand.accounts.set_password(account, known.kept)

    async def recorded(reading: WatchedRead, /) -> None:
        read.append(reading)

    record_reads(stand.app, recorded)
    async with stand.browser() as client:
        assert (await signed_in(client, "A9001")).status_code == 303
        assert (await client.get("/nodes/511525", headers=HTML)).status_code == 200
        await signed_in(client, "L0001")
        await client.get("/nodes/511525", headers=HTML)
    assert read == [("A9001", "intake.read-cases", "511525", "/nodes/511525")]


def test_of_a_path_only_what_names_something_of_ours_is_recorded() -> None:
    case, subject = "511525-20070305-000001-8", "subj-6f0a1c2e-4b5d-4e6f-8a9b-0c1d2e3f4a5b"
    for template, parts, kept in (
        ("/cases/{case}", {"case": case}, f"/cases/{case}"),
        ("/clocks/{clock:path}/proof", {"clock": f"clock:{case}:promised"}, f"/clocks/clock:{case}:promised/proof"),
        ("/subjects/{subject}", {"subject": subject}, f"/subjects/{subject}"),
        ("/nodes/{node}/items/{item:path}", {"node": "511525", "item": "李秀英"}, "/nodes/511525/items/{item}"),
        ("/cases/{case}", {"case": "李秀英 511525198003070023"}, "/cases/{case}"),
        ("/nodes/{node}", {"node": "511525198003070023"}, "/nodes/{node}"),
        ("/city", {}, "/city"),
    ):
        assert path_kept(template, parts) == kept
