"""Documents of a subject: what there is, without a name, and one of them for an act and a case, which is written before a byte of it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Path, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from libs.vault import KeptDocument, disposition
from libs.web import REFUSES, Account, SubjectPath, answer, require, unstored
from services.vault.http.desk import FROM_HERE, Desk
from services.vault.http.opening import OPEN, ActName, CaseOrNone
from services.vault.http.uploads import OCTETS, UUID, told

LIST: Final = "vault.list-documents"
DocumentPath = Annotated[str, Path(pattern=f"^doc-{UUID}$")]
HARMLESS: Final = "sandbox; default-src 'none'"
"""Whatever a browser takes it for, nothing in it runs."""


class DocumentAnswer(BaseModel):
    """A document: what it is, how large, the digest that others may be told, and whether it was scanned."""

    document: str
    type: str
    size: int
    digest: str
    scan: str
    at: datetime


class DocumentsAnswer(BaseModel):
    """The documents of a subject, oldest first."""

    documents: list[DocumentAnswer]


def add_documents(router: APIRouter, desk: Desk) -> None:
    """Adds the routes. A document is given out as octets, to be saved: what it is said to be never makes a browser run it."""
    documents = desk.documents

    @router.get("/subjects/{subject}/documents", response_model=DocumentsAnswer)
    async def listed(subject: SubjectPath, account: Annotated[Account, Depends(require(LIST, anywhere=True))]) -> Response:
        await desk.find(subject, account, LIST)
        return unstored(answer({"documents": [_row(found) for found in await documents.rows.of(subject)]}))

    @router.get("/documents/{document}", response_class=Response, responses={**REFUSES, **OCTETS}, dependencies=[Depends(FROM_HERE)])
    async def document(
        document: DocumentPath, act: ActName, account: Annotated[Account, Depends(require(OPEN, anywhere=True))], case: CaseOrNone = ""
    ) -> Response:
        found = await documents.rows.document(document)
        if found is None:
            raise HTTPException(404)
        account.must_work_for(found.node)
        await desk.open(found.subject, found.node, (document,), act=act, case=case, by=account)
        with told():
            label = await documents.label(found)
        headers = {
            "Content-Disposition": disposition(label.name, label.type),
            "Content-Length": str(label.size),
            "Content-Security-Policy": HARMLESS,
            "Cache-Control": "no-store",
        }
        return StreamingResponse(documents.content(found), 200, headers, "application/octet-stream")


def _row(found: KeptDocument) -> dict[str, Any]:
    return {
        "document": found.document,
        "type": found.type,
        "size": found.size,
        "digest": found.digest,
        "scan": found.scan,
        "at": found.at,
    }
