"""A document is given out for a purpose, which is said first, under a harmless name, to be saved; and is erased with its subject."""

from __future__ import annotations

import hmac
from hashlib import sha256
from urllib.parse import quote

import pytest

from libs.testkit.house import COUNTY, House
from libs.testkit.neighbours import Neighbour
from libs.testkit.papers import PDF_FILE
from services.vault.events import DataOpened
from services.vault.tests.sending import Sending, fetched, sent
from services.vault.tests.test_http import ACT, CASE, erase, kept, opened


async def test_a_document_is_opened_for_an_act_and_that_is_said_first(house: House) -> None:
    subject = await kept(house)
    document = (await sent(house, subject, PDF_FILE))["document"]
    assert await house.recorded() == [], "that something was kept is no fact"
    assert (await fetched(house, document, case=CASE)).content == PDF_FILE
    said = await house.one(DataOpened)
    assert said == DataOpened(subject=subject, node=COUNTY, fields=(document,), act=ACT, case=CASE, officer="examiner-1", at=house.time)
    await house.shown()
    report = (await house.get(f"/vault/subjects/{subject}/openings", by="supervisor"))["openings"]
    assert [row["fields"] for row in report] == [[document]]


async def test_only_who_works_there_opens_it_and_for_no_other_case(house: House, intake: Neighbour) -> None:
    subject = await kept(house)
    document = (await sent(house, subject, PDF_FILE))["document"]
    for by in ("stranger", "leader"):
        assert (await fetched(house, document, by=by)).status_code == 403
    assert (await fetched(house, f"doc-{document[-36:-12]}{'0' * 12}")).status_code == 404
    assert (await house.http.get(f"/vault/documents/{document}", headers=house.headers("examiner"))).status_code == 422, "for nothing"
    await house.hear(await intake.says("CaseFiled", house.time, CASE, applicants=[{"subject": subject, "part": "applicant", "of": ""}]))
    assert (await fetched(house, document, case=f"{COUNTY}-20070305-000002-9")).json()["code"] == "other-case"
    assert await house.recorded() == []


@pytest.mark.parametrize(
    ("name", "given"),
    [("𠮷和㛃.pdf", "𠮷和㛃.pdf"), ("../../证明\u202efdp.html", "证明fdp.html.pdf"), ('a";b=\u200b".pdf', "a__b=_.pdf")],
)
async def test_it_is_given_out_to_be_saved_and_runs_nowhere(house: House, name: str, given: str) -> None:
    document = (await sent(house, await kept(house), PDF_FILE, name=name))["document"]
    answer = await fetched(house, document)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=\"document.pdf\"; filename*=UTF-8''{quote(given, safe='')}"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox; default-src 'none'" in answer.headers.get_list("Content-Security-Policy")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Length"] == str(len(PDF_FILE))


@pytest.mark.parametrize("name", ["", "  ", "a\x00.pdf", "a\r\nb.pdf", "长" * 256])
async def test_a_name_that_can_be_none_is_refused_without_being_said(house: House, name: str) -> None:
    subject = await kept(house)
    found = await Sending(house, subject, PDF_FILE, name=name).begin(status=422)
    assert len(name.strip()) < 2 or name not in str(found)


async def test_others_are_told_a_digest_that_nobody_can_guess(house: House) -> None:
    subject = await kept(house)
    first, again = await sent(house, subject, PDF_FILE), await sent(house, subject, PDF_FILE)
    assert first["sha256"] == again["sha256"] == sha256(PDF_FILE).hexdigest()
    assert first["digest"] != again["digest"], "two that are equal cannot be told"
    listed = await house.get(f"/vault/subjects/{subject}/documents", by="examiner")
    assert {row["digest"] for row in listed["documents"]} == {first["digest"], again["digest"]}
    assert sha256(PDF_FILE).hexdigest() not in str(listed)
    assert "证明" not in str(listed)
    row = await house.pool.fetchrow("select * from document where document = $1", first["document"])
    assert hmac.digest(b"", sha256(PDF_FILE).digest(), sha256).hex() not in str(row)


async def test_documents_go_with_their_subject_and_nothing_is_added_to_who_was_erased(house: House) -> None:
    subject, other = await kept(house), await kept(house)
    document, stays = (await sent(house, subject, PDF_FILE))["document"], (await sent(house, other, PDF_FILE))["document"]
    half = Sending(house, subject, PDF_FILE)
    await half.begin()
    await half.pieces()
    await erase(house, subject)
    assert (await fetched(house, document)).status_code == 404
    await half.finish(status=404)
    assert (await half.piece(0)).status_code == 404
    assert (await Sending(house, subject, PDF_FILE).begin(status=409))["code"] == "erased"
    for table in ("upload", "document"):
        assert await house.pool.fetchval(f"select count(*) from {table} where subject = $1", subject) == 0
    assert await house.pool.fetchval("select count(*) from piece") == 0
    assert await house.pool.fetchval("select count(*) from chunk") == 1
    assert (await fetched(house, stays)).content == PDF_FILE


# --- what is written -------------------------------------------------------------------------------------------------------------------


async def test_what_a_citizen_wrote_comes_back_sign_by_sign(house: House) -> None:
    words = "  𠮷村的㛃说：\r\n\u2067\u05d0\u2069 付\u202e001\u202c元，e\u0301 ≠ \u00e9，\uf900\ufa0e \U0001f468\u200d\U0001f33e\t完  "
    wrote = await kept(house, {"kind": "text", "text": words})
    assert (await opened(house, wrote))["fields"]["text"] == words
    long = "长" * 10_000
    assert (await opened(house, await kept(house, {"kind": "text", "text": long})))["fields"]["text"] == long


@pytest.mark.parametrize("words", ["", " \n ", "a\x00b", "a\x1bb", "长" * 10_001])
async def test_what_is_no_text_is_refused(house: House, words: str) -> None:
    await house.post(f"/vault/nodes/{COUNTY}/subjects", {"kind": "text", "text": words}, by="clerk", status=422)
