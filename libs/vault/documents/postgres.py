"""Rows of documents and of uploads in PostgreSQL, beside those of their subjects. What is sent is sealed or a digest.

Whatever is added holds the subject's row meanwhile: an erasure that goes on waits, or nothing is added.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import msgspec

from libs.database import Connection, Pool
from libs.vault.documents.kept import MOST_KEPT, MOST_OPEN, Gone, KeptDocument, NotTaken, Upload

_HELD: Final = "select true from kept where subject = $1 and erased_at is null for no key update"
"""One at a time adds to a subject, so that bounds hold."""
_UPLOAD: Final = "upload, subject, node, key, body, size, taken, label, at, document"
_DOCUMENT: Final = "document, subject, node, type, size, digest, scan, label, at"
_KNOWN: Final = f"select {_UPLOAD} from upload where node = $1 and key = $2"
_FIND: Final = f"select {_UPLOAD} from upload where upload = $1"
_COUNT: Final = """
select array[
    (select count(*) from upload where subject = $1 and document = ''),
    (select count(*) from document where subject = $1)]"""
_BEGIN: Final = f"insert into upload ({_UPLOAD}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_PIECE: Final = "insert into piece (upload, start, data) values ($1, $2, $3)"
_TAKEN: Final = "update upload set taken = $2 where upload = $1"
_KEEP: Final = f"insert into document ({_DOCUMENT}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_DONE: Final = "with gone as (delete from piece where upload = $1) update upload set document = $2, taken = size where upload = $1"
_OF: Final = f"select {_DOCUMENT} from document where subject = $1 order by at, document"
_SWEEP: Final = "delete from upload where at < $1"


class PgDocuments:
    """The rows; `pool` sees the schema of the vault."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def _holding(self, subject: str) -> AsyncIterator[Connection]:
        """A transaction in which the subject stays. Raises `Gone` for one that is erased."""
        async with self._pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_HELD, subject):
                raise Gone(subject)
            yield connection

    # --- uploads ------------------------------------------------------------------------------------------------------------------------

    async def begin(self, new: Upload) -> Upload:
        """Keeps the upload, or gives back the one that began under the same key. Raises `NotTaken` for one too many, `Gone`."""
        async with self._holding(new.subject) as connection:
            if (known := await connection.fetchrow(_KNOWN, new.node, new.key)) is not None:
                return _upload(known)
            under_way, kept = await connection.fetchval(_COUNT, new.subject)
            if under_way >= MOST_OPEN:
                raise NotTaken("too-many-uploads", MOST_OPEN)
            if kept + under_way >= MOST_KEPT:
                raise NotTaken("too-many-documents", MOST_KEPT)
            await connection.execute(_BEGIN, *_values(new, _UPLOAD))
        return new

    async def upload(self, upload: str) -> Upload | None:
        """An upload, a finished one too."""
        found = await self._pool.fetchrow(_FIND, upload)
        return None if found is None else _upload(found)

    async def take(self, upload: Upload, start: int, end: int, data: bytes) -> bool:
        """Keeps the sealed piece, where nothing but what is before `start` has come; False, and nothing done, where it is otherwise."""
        async with self._holding(upload.subject) as connection:
            now = await connection.fetchrow(f"{_FIND} for update", upload.upload)
            if now is None:
                raise Gone(upload.upload)
            if now["taken"] != start or now["document"]:
                return False
            await connection.execute(_PIECE, upload.upload, start, data)
            await connection.execute(_TAKEN, upload.upload, end)
        return True

    async def piece(self, upload: str, start: int) -> bytes | None:
        """The sealed piece that begins there."""
        found: bytes | None = await self._pool.fetchval("select data from piece where upload = $1 and start = $2", upload, start)
        return found

    async def drop(self, upload: str) -> None:
        """Removes an upload with its pieces."""
        await self._pool.execute("delete from upload where upload = $1", upload)

    async def sweep(self, before: datetime) -> None:
        """Removes uploads that began before."""
        await self._pool.execute(_SWEEP, before)

    # --- documents ----------------------------------------------------------------------------------------------------------------------

    async def keep(self, upload: str, new: KeptDocument, chunks: Iterable[bytes]) -> KeptDocument:
        """Keeps the document in place of its upload, or gives back the one that the upload has become meanwhile. Raises `Gone`."""
        async with self._holding(new.subject) as connection:
            now = await connection.fetchrow(f"{_FIND} for update", upload)
            if now is None:
                raise Gone(upload)
            if now["document"]:
                return _kept(await connection.fetchrow(f"select {_DOCUMENT} from document where document = $1", now["document"]))
            await connection.execute(_KEEP, *_values(new, _DOCUMENT))
            for number, chunk in enumerate(chunks):
                await connection.execute("insert into chunk (document, number, data) values ($1, $2, $3)", new.document, number, chunk)
            await connection.execute(_DONE, upload, new.document)
        return new

    async def document(self, document: str) -> KeptDocument | None:
        """The row of a document."""
        found = await self._pool.fetchrow(f"select {_DOCUMENT} from document where document = $1", document)
        return None if found is None else _kept(found)

    async def of(self, subject: str) -> Sequence[KeptDocument]:
        """The documents of a subject, oldest first."""
        return [_kept(row) for row in await self._pool.fetch(_OF, subject)]

    async def chunk(self, document: str, number: int) -> bytes | None:
        """A sealed chunk."""
        found: bytes | None = await self._pool.fetchval("select data from chunk where document = $1 and number = $2", document, number)
        return found


def _values(row: Upload | KeptDocument, names: str) -> list[Any]:
    fields = msgspec.structs.asdict(row)
    return [fields[name] for name in names.split(", ")]


def _upload(row: Mapping[str, Any]) -> Upload:
    return Upload(**dict(row))


def _kept(row: Mapping[str, Any] | None) -> KeptDocument:
    assert row is not None
    return KeptDocument(**dict(row))
