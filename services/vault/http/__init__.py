"""The door of the vault: subjects and documents are kept, opened for a purpose, erased; codes are given anew; keys are wrapped anew; what
auditors read is recorded and listed. No rule stands here.
"""

from __future__ import annotations

from fastapi import APIRouter

from services.vault.http.codes import add_codes
from services.vault.http.desk import Desk
from services.vault.http.documents import add_documents
from services.vault.http.keeping import add_keeping
from services.vault.http.keys import add_keys
from services.vault.http.opening import add_opening
from services.vault.http.reads import ReadStreams, add_reads, recording
from services.vault.http.uploads import add_uploads


def vault_router(desk: Desk) -> APIRouter:
    """`/vault/…`"""
    router = APIRouter(prefix="/vault", tags=["vault"])
    add_keeping(router, desk)
    add_uploads(router, desk)
    add_documents(router, desk)
    add_opening(router, desk)
    add_codes(router, desk)
    add_keys(router, desk)
    add_reads(router, desk.context)
    return router


__all__ = ["Desk", "ReadStreams", "recording", "vault_router"]
