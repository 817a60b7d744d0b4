"""A document comes: it is announced, comes piece by piece, is asked about after a line that broke, and is finished with the digest of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, HTTPException, Path, Response
from pydantic import BaseModel

from libs.vault import MOST_PIECE, Gone, KeptDocument, Label, NotTaken, ScannerAway, Upload
from libs.web import REFUSES, Account, CommandRoute, Envelope, MaxBody, NotYet, add_commands, answer, require
from services.vault.http.desk import Desk
from services.vault.http.forms import FinishForm, UploadForm
from services.vault.subject import may_add
from services.vault.subject.documents import not_taken

ADD: Final = "vault.add-document"
SENDER: Final = Depends(require(ADD, anywhere=True))
UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
UploadPath = Annotated[str, Path(pattern=f"^upload-{UUID}$")]
OffsetPath = Annotated[int, Path(ge=0, le=2**40)]
Piece = Annotated[bytes, Body(media_type="application/octet-stream")]
OCTETS: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/octet-stream": {}}}}
OFFSET, LENGTH = "Upload-Offset", "Upload-Length"
AWAY: Final = "病毒扫描程序没有应答，文件没有保存；已经传的留着，稍后再点完成"


class UploadAnswer(BaseModel):
    """An upload, how large the document is, and from which byte on it is to go on; `document` when it is finished."""

    upload: str
    size: int
    offset: int
    document: str


class FinishedAnswer(BaseModel):
    """A document that is kept: `sha256` is of the file as it came, `digest` what others may be told of it (decision 0031)."""

    document: str
    subject: str
    type: str
    size: int
    sha256: str
    digest: str
    scan: str


def add_uploads(router: APIRouter, desk: Desk) -> None:
    """Adds the routes. A piece, and the end, may be sent again: nothing changes."""
    context, documents = desk.context, desk.documents

    async def begin(by: Envelope, subject: str, form: UploadForm) -> Response:
        whose = await desk.find(subject, by.account, ADD)
        may_add(erased=whose.erased is not None)
        with told():
            found = await documents.begin(whose, form.announced(), key=by.key, request=by.digest, at=context.now())
        return _where(found, 201)

    @router.head("/uploads/{upload}", response_class=Response, responses=OCTETS)
    async def where(upload: UploadPath, account: Account = SENDER) -> Response:
        found = await _find(desk, upload, account)
        said = {OFFSET: str(found.taken), LENGTH: str(found.size), "Cache-Control": "no-store"}
        return Response(None, 200, said, "application/octet-stream")

    route = "/uploads/{upload}/pieces/{offset}"

    @router.put(route, response_model=UploadAnswer, responses=REFUSES, dependencies=[Depends(MaxBody(MOST_PIECE))])
    async def piece(upload: UploadPath, offset: OffsetPath, data: Piece = b"", account: Account = SENDER) -> Response:
        found = await _find(desk, upload, account)
        with told():
            taken = await documents.take(found, offset, data)
        return answer(_shape(found, taken))

    path = "/subjects/{subject}/uploads"
    row = CommandRoute(path=path, name="BeginUpload", act=ADD, does=begin, form=UploadForm, status=201, answers=UploadAnswer)
    add_commands(router, [row])
    _add_ends(router, desk)


def _add_ends(router: APIRouter, desk: Desk) -> None:
    documents = desk.documents

    @router.post("/uploads/{upload}/finish", response_model=FinishedAnswer, responses=REFUSES, status_code=201)
    async def finish(upload: UploadPath, form: FinishForm, account: Account = SENDER) -> Response:
        found = await _find(desk, upload, account)
        with told():
            kept, label = await documents.finish(found, form.sha256, desk.context.now())
        return answer(_finished(kept, label), 201)

    @router.delete("/uploads/{upload}", response_model=UploadAnswer)
    async def cancel(upload: UploadPath, account: Account = SENDER) -> Response:
        found = await _find(desk, upload, account)
        await documents.rows.drop(found.upload)
        return _where(found)


@contextmanager
def told() -> Iterator[None]:
    """What the library does not take, as it is answered."""
    try:
        yield
    except NotTaken as no:
        raise not_taken(no.why, no.number) from None
    except Gone:
        raise HTTPException(404) from None
    except ScannerAway:
        raise NotYet("scanner-away", AWAY, seconds=30) from None


async def _find(desk: Desk, upload: str, account: Account) -> Upload:
    found = await desk.documents.rows.upload(upload)
    if found is None:
        raise HTTPException(404)
    account.must_work_for(found.node)
    return found


def _finished(kept: KeptDocument, label: Label) -> dict[str, object]:
    return {
        "document": kept.document,
        "subject": kept.subject,
        "type": kept.type,
        "size": kept.size,
        "sha256": label.sent,
        "digest": kept.digest,
        "scan": kept.scan,
    }


def _shape(found: Upload, taken: int) -> dict[str, object]:
    return {"upload": found.upload, "size": found.size, "offset": taken, "document": found.document}


def _where(found: Upload, status: int = 200) -> Response:
    said = answer(_shape(found, found.taken), status)
    said.headers["Cache-Control"] = "no-store"
    return said
