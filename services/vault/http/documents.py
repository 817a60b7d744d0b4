"""Documents of a subject: what there is, without a name, and one of them for an act and a case, which is written before a byte of it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Path, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from libs.vault.documents import KeptDocument, disposition
from libs.web import REFUSES, Account, SubjectPath, require
from services.vault.http.desk import Desk
from services.vault.http.opening import READERS, ActName, CaseOrNone, unstored
from services.vault.http.uploads import SENDERS, UUID, told
from services.vault.subject import OpenData

LISTERS: Final = require(*SENDERS, *READERS.roles)
DocumentPath = Annotated[str, Path(pattern=f"^doc-{UUID}$")]
HARMLESS: Final = "sandbox; default-src 'none'"
"""Whatever a browser takes it for, nothing in it runs."""
OCTETS: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/octet-stream": {}}}}


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
    context, documents, vault = desk.context, desk.documents, desk.vault

    @router.get("/subjects/{subject}/documents", response_model=DocumentsAnswer)
    async def listed(subject: SubjectPath, account: Annotated[Account, Depends(LISTERS)]) -> Response:
        await desk.find(subject, account)
        return unstored({"documents": [_row(found) for found in await documents.rows.of(subject)]})

    @router.get("/documents/{document}", response_class=Response, responses={**REFUSES, **OCTETS})
    async def document(
        document: DocumentPath, act: ActName, account: Annotated[Account, Depends(READERS)], case: CaseOrNone = ""
    ) -> Response:
        found = await documents.rows.document(document)
        if found is None:
            raise HTTPException(404)
        account.must_work_for(found.node)
        cases, at = tuple(await vault.rows.cases(found.subject)), context.now()
        said = OpenData(
            subject=found.subject, node=found.node, fields=(document,), act=act, case=case, cases=cases, officer=account.staff, at=at
        )
        await desk.put(said)
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
