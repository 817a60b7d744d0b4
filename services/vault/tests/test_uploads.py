"""Documents come in pieces over a line that breaks, are looked at as a whole, and kept or not; over a real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from httpx2 import Response

from libs.host import Around
from libs.testkit.clam import clam
from libs.testkit.house import COUNTY, House, open_house
from libs.testkit.papers import EICAR, OFD_FILE, PDF_FILE, PLACE, jpeg
from libs.vault import CHUNK, JPEG, LEAST_PIECE, MOST_BYTES, MOST_OPEN, MOST_PIECE, OFD, PDF, Clamd, Documents, PgDocuments, Vault
from services.vault.app import build
from services.vault.tests.sending import STEP, Sending, fetched, sent
from services.vault.tests.test_forms import LI
from services.vault.tests.test_http import kept

LONG = PDF_FILE[:9] + bytes(range(256)) * 60 + PDF_FILE[9:]


async def test_a_document_comes_in_pieces_and_goes_on_where_it_stopped(database: str, around: Around) -> None:
    async with open_house(build, database, name="vault", around=around) as house:
        sending = Sending(house, await kept(house), LONG)
        assert (await sending.begin())["offset"] == 0
        await sending.piece(0)
        await sending.piece(STEP)
    async with open_house(build, database, name="vault", around=around, process="p2") as house:
        sending.house = house
        assert await sending.offset() == 2 * STEP
        await sending.pieces(2 * STEP)
        done = await sending.finish()
        assert await sending.finish() == done, "the end may be said again"
        assert await sending.offset() == len(LONG)
        assert (await fetched(house, done["document"])).content == LONG
        assert (done["type"], done["size"], done["scan"]) == (PDF, len(LONG), "not-scanned")
        assert await house.recorded() != [], "that it was opened, and nothing else"
        assert len(await house.recorded()) == 1


async def test_the_same_piece_again_is_harmless_and_another_offset_is_told_the_right_one(house: House) -> None:
    sending = Sending(house, await kept(house), LONG)
    await sending.begin()
    for _ in range(3):
        assert (await sending.piece(0)).json()["offset"] == STEP
    for wrong in (STEP - 1, STEP + 1, 3 * STEP):
        answer = await sending.piece(wrong)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong-offset")
        assert f"应从第 {STEP} 字节接着传" in answer.json()["title"]
    other = await sending.piece(0, b"x" * STEP)
    assert (other.status_code, other.json()["code"]) == (409, "piece-differs")
    await sending.piece(STEP)
    assert (await sending.piece(0)).json()["offset"] == 2 * STEP
    assert await sending.offset() == 2 * STEP


async def test_pieces_are_bounded(house: House) -> None:
    sending = Sending(house, await kept(house), LONG + bytes(2 * MOST_PIECE))
    await sending.begin()
    assert (await sending.piece(0, bytes(MOST_PIECE + 1))).status_code == 413
    for few in (b"", bytes(LEAST_PIECE - 1)):
        assert (await sending.piece(0, few)).json()["code"] == "piece-too-small"
    assert (await sending.piece(len(sending.data) - 10, bytes(LEAST_PIECE))).json()["code"] == "beyond-the-end"
    assert (await sending.piece(0, bytes(MOST_PIECE))).json()["offset"] == MOST_PIECE
    assert (await sending.finish(status=409))["code"] == "not-complete"


async def test_nothing_comes_behind_the_end(house: House) -> None:
    sending = Sending(house, await kept(house), LONG)
    await sending.begin()
    await sending.pieces()
    for _ in range(2):
        answer = await sending.piece(len(LONG), b"")
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong-offset")
    await sending.finish()


async def test_a_key_that_was_made_of_what_was_typed_tells_nothing(house: House) -> None:
    sending = Sending(house, await kept(house), LONG)
    first = await sending.begin(key="li-xiuying@1980")
    assert await sending.begin(key="li-xiuying@1980") == first
    assert "li-xiuying" not in repr(await house.pool.fetchrow("select * from upload"))
    for number in (LI["resident_id"], f"upload:{LI['phone']}:1"):
        assert (await sending.begin(key=number, status=400))["fields"][0]["code"] == "personal-number"


async def test_of_pieces_at_once_one_is_taken_and_all_hear_the_same(house: House) -> None:
    sending = Sending(house, await kept(house), LONG)
    await sending.begin()
    for start in range(0, len(LONG), STEP):
        answers = await asyncio.gather(*(sending.piece(start) for _ in range(5)))
        assert {answer.json()["offset"] for answer in answers} == {min(start + STEP, len(LONG))}
    ends = await asyncio.gather(*(sending.finish() for _ in range(4)))
    assert len({end["document"] for end in ends}) == 1
    listed = await house.get(f"/vault/subjects/{sending.subject}/documents", by="examiner")
    assert [row["document"] for row in listed["documents"]] == [ends[0]["document"]]


class Overtaken(PgDocuments):
    """Rows of a process that is overtaken by another one between two pieces."""

    def __init__(self, house: House, other: Sending) -> None:
        super().__init__(house.pool)
        self.other, self.done = other, dict[str, Any]()

    async def piece(self, upload: str, start: int) -> bytes | None:
        if start and not self.done:
            self.done = await self.other.finish()
        return await super().piece(upload, start)


async def test_who_is_overtaken_while_reading_the_pieces_is_told_of_the_same_document(house: House) -> None:
    sending = Sending(house, await kept(house), LONG)
    await sending.begin()
    await sending.pieces()
    rows = Overtaken(house, sending)
    assert isinstance(house.service.vault, Vault)
    upload = await rows.upload(sending.upload)
    assert upload is not None
    document, label = await Documents(rows, house.service.vault).finish(upload, sha256(LONG).hexdigest(), house.time)
    assert (document.document, label.sent) == (rows.done["document"], rows.done["sha256"])


async def test_another_digest_is_refused_and_the_right_one_is_still_taken(house: House) -> None:
    sending = Sending(house, await kept(house), LONG)
    await sending.begin()
    await sending.pieces()
    assert (await sending.finish(digest="0" * 64, status=409))["code"] == "digest-differs"
    await sending.finish()
    assert (await sending.finish(digest="0" * 64, status=409))["code"] == "digest-differs"


@pytest.mark.parametrize(
    ("data", "said", "code"),
    [
        (b"MZ" + bytes(400), PDF, "type-not-taken"),
        (b"<html><script>alert(1)</script>", JPEG, "type-not-taken"),
        (PDF_FILE, JPEG, "other-type"),
        (OFD_FILE, PDF, "other-type"),
        (jpeg()[:700], JPEG, "spoilt-file"),
    ],
)
async def test_what_is_not_what_it_is_said_to_be_is_refused_and_nothing_of_it_kept(house: House, data: bytes, said: str, code: str) -> None:
    subject = await kept(house)
    assert (await sent(house, subject, data, said, status=409))["code"] == code
    for table in ("upload", "piece", "document", "chunk"):
        assert await house.pool.fetchval(f"select count(*) from {table}") == 0


async def test_a_photo_is_kept_without_its_place(house: House) -> None:
    done = await sent(house, await kept(house), jpeg(), JPEG, "IMG_0042.jpg")
    found = (await fetched(house, done["document"])).content
    assert PLACE not in found
    assert len(found) == done["size"]


async def test_bounds_are_those_of_a_subject(house: House) -> None:
    subject, other = await kept(house), await kept(house)
    for size in (0, MOST_BYTES + 1):
        form = {"name": "a.pdf", "type": PDF, "size": size}
        await house.post(f"/vault/subjects/{subject}/uploads", form, by="clerk", status=422)
    begun = [Sending(house, subject, LONG) for _ in range(MOST_OPEN + 3)]
    answers = await asyncio.gather(*(_begun(house, one) for one in begun))
    assert sorted(answer.status_code for answer in answers) == [201] * MOST_OPEN + [409] * 3
    assert (await Sending(house, subject, LONG).begin(status=409))["code"] == "too-many-uploads"
    await Sending(house, other, LONG).begin()
    first = next(answer.json()["upload"] for answer in answers if answer.status_code == 201)
    await house.http.delete(f"/vault/uploads/{first}", headers=house.headers("clerk"))
    await Sending(house, subject, LONG).begin()


async def _begun(house: House, one: Sending) -> Response:
    form = {"name": one.name, "type": one.kind, "size": len(one.data)}
    headers = {**house.headers("clerk"), "Idempotency-Key": str(uuid4())}
    return await house.http.post(f"/vault/subjects/{one.subject}/uploads", json=form, headers=headers)


async def test_the_same_request_begins_one_upload(house: House) -> None:
    sending = Sending(house, await kept(house), LONG)
    assert await sending.begin(key="k") == await sending.begin(key="k")
    sending.data += b"x"
    assert (await sending.begin(key="k", status=422))["code"] == "key-reused"


async def test_what_nobody_finished_goes_after_a_day_and_what_was_finished_stays(house: House) -> None:
    subject = await kept(house)
    done = await sent(house, subject, LONG)
    sending = Sending(house, subject, LONG)
    await sending.begin()
    await sending.piece(0)
    async with house.tasks():
        assert await sending.offset() == STEP
    house.time += timedelta(days=1, seconds=1)
    async with house.tasks():
        while await house.pool.fetchval("select count(*) from upload"):  # noqa: ASYNC110 (the loop's own pace)
            await asyncio.sleep(0.01)
    assert await house.pool.fetchval("select count(*) from piece") == 0
    assert (await sending.piece(STEP)).status_code == 404
    assert (await fetched(house, done["document"])).content == LONG


async def test_nobody_elses_upload_is_seen_or_added_to(house: House) -> None:
    sending = Sending(house, await kept(house), LONG)
    await sending.begin()
    for method, path in (("HEAD", ""), ("DELETE", ""), ("PUT", "/pieces/0"), ("POST", "/finish")):
        content = {"PUT": b"x" * STEP, "POST": b'{"sha256": "' + b"0" * 64 + b'"}'}.get(method)
        kind = {"Content-Type": "application/json"} if method == "POST" else {}
        for by in ("stranger", "examiner"):
            headers = {**house.headers(by), **kind}
            answer = await house.http.request(method, f"/vault/uploads/{sending.upload}{path}", headers=headers, content=content)
            assert answer.status_code == 403, f"{method} {by}: {answer.text}"
    assert await sending.offset() == 0


# --- the scanner ------------------------------------------------------------------------------------------------------------------------


async def test_what_is_infected_is_refused_nothing_is_kept_and_the_log_has_no_name(
    database: str, around: Around, capfd: pytest.CaptureFixture[str]
) -> None:
    async with clam() as server:
        scanned = Around(keyring=around.keyring, scanner=Clamd(server.address))
        async with open_house(build, database, name="vault", around=scanned) as house:
            subject = await kept(house)
            assert (await sent(house, subject, LONG))["scan"] == "clean"
            infected = PDF_FILE[:9] + EICAR + LONG[9:]
            assert (await sent(house, subject, infected, name="李秀英的证明.pdf", status=409))["code"] == "infected"
            assert await house.pool.fetchval("select count(*) from piece") == 0
            assert await house.pool.fetchval("select count(*) from document") == 1
            said = "".join(capfd.readouterr())
            assert "vault.infected" in said
            assert "Eicar-Test-Signature" in said
            assert "李秀英" not in said


async def test_while_the_scanner_is_away_nothing_is_let_through_and_nothing_is_lost(database: str, around: Around, tmp_path: Path) -> None:
    path = tmp_path / "c"
    scanned = Around(keyring=around.keyring, scanner=Clamd(f"unix://{path}"))
    async with open_house(build, database, name="vault", around=scanned) as house:
        sending = Sending(house, await kept(house), OFD_FILE, OFD)
        await sending.begin()
        await sending.pieces()
        assert (await sending.finish(status=503))["code"] == "scanner-away"
        assert await house.pool.fetchval("select count(*) from document") == 0
        async with clam(path=path):
            assert (await sending.finish())["scan"] == "clean"


# --- at rest ----------------------------------------------------------------------------------------------------------------------------


async def test_nothing_of_it_stands_open_in_the_database(house: House, database: str) -> None:
    mark, name = b"marked-words-of-a-citizen" * 200, "李秀英离婚证.pdf"
    subject = await kept(house)
    await sent(house, subject, PDF_FILE[:9] + mark + PDF_FILE[9:], name=name)
    half = Sending(house, subject, PDF_FILE[:9] + mark * 3 + PDF_FILE[9:], name=name)
    await half.begin()
    await half.piece(0)
    owner = await asyncpg.connect(database)
    tables = [row[0] for row in await owner.fetch("select table_name from information_schema.tables where table_schema = 'vault'")]
    assert {"upload", "piece", "document", "chunk"} <= set(tables)
    rows = "".join([str(await owner.fetch(f'select t::text from vault."{table}" t')) for table in tables])
    await owner.close()
    for text in (mark[:25], name.encode(), b"%PDF"):
        assert text.hex() not in rows
        assert text.decode() not in rows
    assert COUNTY in rows


async def test_chunks_are_bound_to_their_place(house: House) -> None:
    long = PDF_FILE[:9] + bytes(2 * CHUNK + 5) + PDF_FILE[9:]
    subject = await kept(house)
    sending = Sending(house, subject, long)
    await sending.begin()
    await sending.piece(0, long)
    done = await sending.finish()
    assert (await fetched(house, done["document"])).content == long
    await house.pool.execute("update chunk set data = (select data from chunk c where c.number = 0) where number = 1")
    with pytest.raises(Exception, match=subject):
        await fetched(house, done["document"])
    await house.pool.execute("update document set size = 5")
    assert (await fetched(house, done["document"])).status_code == 500, "a label that does not fit is noticed before anything is sent"
