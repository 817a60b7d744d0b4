"""Documents of a site's vault: they come in pieces that resume, are looked at as a whole, and are kept in chunks sealed under their subject's key.

A few at a time are in memory as a whole, while they are looked at; what is read is opened chunk by chunk.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import uuid4

import msgspec
import structlog

from libs.eventlog import KeyReused
from libs.vault.documents.content import JPEG, PNG, checked_type
from libs.vault.documents.kept import (
    ABANDONED,
    CHUNK,
    CLEAN,
    LEAST_PIECE,
    NOT_SCANNED,
    Announced,
    Gone,
    KeptDocument,
    Label,
    NotTaken,
    Upload,
)
from libs.vault.documents.photos import stripped
from libs.vault.documents.postgres import PgDocuments
from libs.vault.documents.scanning import Scanner
from libs.vault.lookup import Lookup
from libs.vault.sealing import DataKey, Spoilt
from libs.vault.subjects import KeptSubject
from libs.vault.vault import Vault

log = structlog.stdlib.get_logger("liandong.vault")
PHOTOS: Final = frozenset({JPEG, PNG})
MOST_WHOLES: Final = 4
"""Documents that are in memory as a whole at a time; of these one photo with all its pixels."""


class Documents:
    """The documents of one vault. `scanner`: None where the site has none; what is kept then says so."""

    def __init__(self, rows: PgDocuments, vault: Vault, scanner: Scanner | None = None) -> None:
        self.rows, self._vault, self._scanner = rows, vault, scanner
        self._wholes, self._photos = asyncio.Semaphore(MOST_WHOLES), asyncio.Semaphore(1)

    # --- uploads ------------------------------------------------------------------------------------------------------------------------

    async def begin(self, whose: KeptSubject, said: Announced, *, key: str, request: str, at: datetime) -> Upload:
        """An upload to put pieces to. The same `key` at the node again: the same upload, or `KeyReused` where `request` is another. Raises
        `NotTaken` for one too many, `Gone`.
        """
        upload, lookup = f"upload-{uuid4()}", Lookup(self._vault.keyring)
        body = lookup.digest("upload", request)
        key = lookup.digest("key", key).hex()  # whoever makes keys out of what was typed tells nothing by it
        label = self._key_of(whose).seal(upload, msgspec.json.encode(said))
        new = Upload(
            upload=upload, subject=whose.subject, node=whose.node, key=key, body=body, size=said.size, taken=0, label=label, at=at
        )  # fmt: skip
        kept = await self.rows.begin(new)
        if not hmac.compare_digest(kept.body, body):
            raise KeyReused
        return kept

    async def take(self, upload: Upload, start: int, data: bytes) -> int:
        """Takes a piece: how many bytes have come. The same piece again changes nothing. Raises `NotTaken`, `Gone`."""
        end = start + len(data)
        if end > upload.size:
            raise NotTaken("beyond-the-end", upload.size)
        if len(data) < LEAST_PIECE and end < upload.size:
            raise NotTaken("piece-too-small", LEAST_PIECE)
        key = await self._key(upload.subject)
        if data and await self.rows.take(upload, start, end, key.seal(_piece(upload.upload, start), data)):
            return end
        return await self._again(upload.upload, key, start, data)

    async def _again(self, upload: str, key: DataKey, start: int, data: bytes) -> int:
        """What a piece comes to that is not the next one: nothing, where it has come before."""
        now, sealed = await self.rows.upload(upload), await self.rows.piece(upload, start)
        if now is None:
            raise Gone(upload)
        if sealed is None:
            raise NotTaken("wrong-offset", now.taken)
        if key.open(_piece(upload, start), sealed) != data:
            raise NotTaken("piece-differs", now.taken)
        return now.taken

    async def finish(self, upload: Upload, digest: str, at: datetime) -> tuple[KeptDocument, Label]:
        """Looks at the whole, which has this SHA-256, and keeps it. Again: the same document. Raises `NotTaken`, `ScannerAway`, `Gone`."""
        key = await self._key(upload.subject)
        async with self._wholes:
            try:
                kept = await self._ended(upload.upload, key, digest, at)
            except Gone:  # its pieces went while they were read: another request has ended it
                kept = await self._ended(upload.upload, key, digest, at)
        label = self._opened(kept, key)
        if label.sent != digest:
            raise NotTaken("digest-differs")
        return kept, label

    async def _ended(self, upload: str, key: DataKey, digest: str, at: datetime) -> KeptDocument:
        """What the upload becomes now, or has become."""
        if (now := await self.rows.upload(upload)) is None:
            raise Gone(upload)
        if not now.document:
            return await self._finished(now, key, digest, at)
        if (kept := await self.rows.document(now.document)) is None:
            raise Gone(upload)
        return kept

    async def _finished(self, upload: Upload, key: DataKey, digest: str, at: datetime) -> KeptDocument:
        said = msgspec.json.decode(key.open(upload.upload, upload.label), type=Announced)
        data = await self._whole(upload, key)
        if sha256(data).hexdigest() != digest:
            raise NotTaken("digest-differs")
        try:
            scan = await self._scanned(upload, data)
            kind = await asyncio.to_thread(checked_type, data, said.type)
            kept = await self._stripped(data, kind) if kind in PHOTOS else data
        except NotTaken:
            await self.rows.drop(upload.upload)
            raise
        salt, document = secrets.token_bytes(32), f"doc-{uuid4()}"
        label = Label(name=said.name, type=kind, size=len(kept), sent=digest, kept=sha256(kept).hexdigest(), salt=salt)
        new = KeptDocument(
            document=document, subject=upload.subject, node=upload.node, type=kind, size=len(kept), digest=told(label), scan=scan,
            label=key.seal(document, msgspec.json.encode(label)), at=at,
        )  # fmt: skip
        return await self.rows.keep(upload.upload, new, _sealed(key, new, kept))

    async def _whole(self, upload: Upload, key: DataKey) -> bytes:
        """Everything that has come, opened. Raises `NotTaken` where that is not all."""
        if upload.taken < upload.size:
            raise NotTaken("not-complete", upload.taken)
        data = bytearray()
        while len(data) < upload.size:
            sealed = await self.rows.piece(upload.upload, len(data))
            if sealed is None:
                raise Gone(upload.upload)
            data += key.open(_piece(upload.upload, len(data)), sealed)
        return bytes(data)

    async def _stripped(self, data: bytes, kind: str) -> bytes:
        async with self._photos:
            return await asyncio.to_thread(stripped, data, kind)

    async def _scanned(self, upload: Upload, data: bytes) -> str:
        """How it was scanned. Raises `NotTaken` for what is infected, `ScannerAway`."""
        if self._scanner is None:
            return NOT_SCANNED
        if (found := await self._scanner.scan(data)) is not None:
            log.warning("vault.infected", subject=upload.subject, upload=upload.upload, found=found)
            raise NotTaken("infected")
        return CLEAN

    async def sweep(self, now: datetime) -> None:
        """Removes what was begun and not finished within a day, and what is only remembered of what was."""
        await self.rows.sweep(now - ABANDONED)

    # --- documents ----------------------------------------------------------------------------------------------------------------------

    async def label(self, document: KeptDocument) -> Label:
        """What is sealed with a document: only behind the fact that says who opened it. Raises `Spoilt`, `Unreadable`, `Gone`."""
        return self._opened(document, await self._key(document.subject))

    async def content(self, document: KeptDocument) -> AsyncIterator[bytes]:
        """The document, chunk by chunk: likewise. Raises `Spoilt` for one that was changed, shortened or put together otherwise."""
        key = await self._key(document.subject)
        for number in range(document.chunks):
            sealed = await self.rows.chunk(document.document, number)
            if sealed is None:
                raise Spoilt(document.subject)
            yield key.open(_chunk(document, number), sealed)

    def _opened(self, document: KeptDocument, key: DataKey) -> Label:
        label = msgspec.json.decode(key.open(document.document, document.label), type=Label)
        if (label.type, label.size, told(label)) != (document.type, document.size, document.digest):
            raise Spoilt(document.subject)
        return label

    async def _key(self, subject: str) -> DataKey:
        row = await self._vault.rows.find(subject)
        if row is None:
            raise Gone(subject)
        return self._key_of(row)

    def _key_of(self, row: KeptSubject) -> DataKey:
        if (key := self._vault.data_key(row)) is None:
            raise Gone(row.subject)
        return key


def told(label: Label) -> str:
    """The digest that others are told: of the file as it was sent, with a salt that goes when the document does (decision 0031)."""
    return hmac.digest(label.salt, bytes.fromhex(label.sent), sha256).hex()


def _sealed(key: DataKey, document: KeptDocument, data: bytes) -> Iterator[bytes]:
    for number in range(document.chunks):
        yield key.seal(_chunk(document, number), data[number * CHUNK : (number + 1) * CHUNK])


def _piece(upload: str, start: int) -> str:
    return f"{upload}\0{start}"


def _chunk(document: KeptDocument, number: int) -> str:
    """Where a chunk belongs: of which document, the how manieth, of a whole this long."""
    return f"{document.document}\0{number}\0{document.size}"
