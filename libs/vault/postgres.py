"""The vault's rows in PostgreSQL, in the schema of the service `vault`. What is sent is sealed or a digest: no statement, and no fault of the
driver's that quotes a value, can hold what a person said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from libs.database import Connection, Pool
from libs.vault.erasing import ErasedLine
from libs.vault.sealing import Wrapped
from libs.vault.subjects import ALIKE, TEXT, KeptSubject, KnownSubject, NewSubject, NobodyThere, Promise

_ROW: Final = "subject, node, kind, whose, kek, wrapped, key, body, public, at, erased_by, erased_at"
_KEEP: Final = """
with principal as (select from kept where subject = $4 and node = $2 and erased_at is null for key share),
new as (
    insert into kept (subject, node, kind, whose, kek, wrapped, key, body, public, at)
    select $1, $2, $3, $4, $5, $6::bytea, $7, $8::bytea, $9, $10::timestamptz where $4 = '' or exists (select from principal)
    on conflict (node, key) do nothing returning subject),
fields as (
    insert into sealed (subject, field, data)
    select new.subject, f.field, f.data from new cross join unnest($11::text[], $12::bytea[]) as f (field, data)),
digests as (
    insert into digest (kind, digest, subject)
    select d.kind, d.digest, new.subject from new cross join unnest($13::text[], $14::bytea[]) as d (kind, digest))
select subject from new"""
"""With the row locked of whoever it is about: it is kept, or they are erased, and who erases them sees it."""
_KNOWN: Final = f"select {_ROW} from kept where node = $1 and key = $2"
_FIND: Final = f"select {_ROW} from kept where subject = $1"
_ALIKE: Final = """
select distinct other.subject from digest mine join digest other using (kind, digest)
where mine.subject = $1 and other.subject <> $1 and mine.kind = any ($2::text[]) order by other.subject"""
_KNOWN_SUBJECTS: Final = """
select k.subject, k.node, k.kind, k.whose, array(
    select distinct other.subject from digest mine join digest other using (kind, digest)
    where mine.subject = k.subject and other.subject <> k.subject and mine.kind = any ($2::text[]) order by other.subject) as same
from kept k where k.subject = any ($1::text[]) and k.erased_at is null"""
_TEXTS: Final = "select subject from kept where whose = $1 and kind = $2 and erased_at is null order by subject"
_HOLD: Final = """
insert into holding ("case", subject, item, runs)
select h."case", k.subject, h.item, true from unnest($1::text[], $2::text[], $3::text[]) as h ("case", subject, item) join kept k using (subject)
order by k.subject, h."case" for key share of k
on conflict do nothing"""
"""With the subject's row locked: an erasure that goes on waits, or is waited for."""
_ITS: Final = "select $1 union select whose from kept where subject = $1"
"""A subject, and whom it acts for or who wrote it."""
_LOCKED: Final = f"select subject from kept where subject in ({_ITS}) order by subject for update"
_LOCKED_ALL: Final = "select from kept where subject = any ($1::text[]) and erased_at is null order by subject for update"
_RELEASE: Final = 'update holding set runs = false where "case" = any ($1::text[]) and runs'
_CASES: Final = f'select "case", bool_or(runs) from holding where subject in ({_ITS}) group by "case" order by "case"'
_ITEM: Final = f"select item from holding where \"case\" = $2 and ($1 = '' or subject in ({_ITS})) limit 1"
_RUNS: Final = f"select exists (select from holding where subject in ({_ITS}) and runs)"
_DESTROY: Final = """
with line as (select * from unnest($1::text[], $2::text[], $3::timestamptz[]) as l (subject, officer, at)),
gone as (
    update kept k set kek = '', wrapped = null, body = '', public = '{}', erased_by = l.officer, erased_at = l.at
    from line l where k.subject = l.subject and k.erased_at is null returning k.subject),
fields as (delete from sealed s using gone where s.subject = gone.subject),
digests as (delete from digest d using gone where d.subject = gone.subject),
uploads as (delete from upload u using gone where u.subject = gone.subject),
documents as (delete from document d using gone where d.subject = gone.subject)
select count(*) from gone"""
_LEFT_BEHIND: Final = """
select wrote.subject, wrote.node, author.erased_by, author.erased_at from kept wrote join kept author on author.subject = wrote.whose
where wrote.whose <> '' and wrote.kind = $1 and wrote.erased_at is null and author.erased_at is not null order by wrote.subject"""
_UNSAID: Final = "select subject, node, erased_by, erased_at from kept where erased_at is not null and not said order by erased_at, subject"
_SAID: Final = "update kept set said = true where subject = any ($1::text[])"
_WRAPS: Final = "select kek, count(*) from kept where wrapped is not null group by kek"
_OTHERS: Final = """
select subject, kek, wrapped from kept where wrapped is not null and kek <> $1 and subject > $2 order by subject limit $3"""
_REWRAP: Final = """
update kept k set kek = n.kek, wrapped = n.wrapped
from unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[]) as n (subject, old, kek, wrapped)
where k.subject = n.subject and k.wrapped = n.old"""
_GIVE: Final = """
insert into follow_code ("case", digest)
select c."case", c.digest from unnest($1::text[], $2::bytea[]) as c ("case", digest) order by c."case" on conflict ("case") do nothing"""
_GIVE_AGAIN: Final = """
insert into follow_code ("case", digest) values ($1, $2) on conflict ("case") do update set digest = excluded.digest"""
_CODE: Final = 'select digest from follow_code where "case" = $1'


class PgRows:
    """The rows of a vault in PostgreSQL; `pool` sees the service's schema."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(self, new: NewSubject) -> KeptSubject:
        row, fields, digests = new.row, list(new.sealed), list(new.digests)
        assert row.wrapped is not None
        public = msgspec.json.encode(row.public).decode()
        said = (row.subject, row.node, row.kind, row.whose, *row.wrapped, row.key, row.body, public, row.at)
        kinds, values = [kind for kind, _ in digests], [value for _, value in digests]
        if await self._pool.fetchval(_KEEP, *said, fields, [new.sealed[field] for field in fields], kinds, values) is not None:
            return row
        if (known := await self._pool.fetchrow(_KNOWN, row.node, row.key)) is None:
            raise NobodyThere(row.whose)
        return _kept(known)

    async def find(self, subject: str) -> KeptSubject | None:
        found = await self._pool.fetchrow(_FIND, subject)
        return None if found is None else _kept(found)

    async def sealed(self, subject: str) -> dict[str, bytes]:
        return dict(await self._pool.fetch("select field, data from sealed where subject = $1", subject))

    async def alike(self, subject: str) -> list[str]:
        return [row["subject"] for row in await self._pool.fetch(_ALIKE, subject, list(ALIKE))]

    async def known(self, subjects: Sequence[str]) -> list[KnownSubject]:
        rows = await self._pool.fetch(_KNOWN_SUBJECTS, list(subjects), list(ALIKE))
        return [KnownSubject(**{**row, "same": tuple(row["same"])}) for row in rows]

    async def texts_of(self, subject: str) -> list[str]:
        return [row["subject"] for row in await self._pool.fetch(_TEXTS, subject, TEXT)]

    async def hold(self, cases: Sequence[tuple[str, str, str]], on: Connection | None = None) -> None:
        if cases:
            await (on or self._pool).execute(_HOLD, *map(list, zip(*cases, strict=True)))

    async def release(self, cases: Sequence[str], on: Connection | None = None) -> None:
        if cases:
            await (on or self._pool).execute(_RELEASE, sorted(cases))

    async def cases(self, subject: str) -> dict[str, bool]:
        return dict(await self._pool.fetch(_CASES, subject))

    async def item(self, case: str, subject: str = "") -> str:
        found: str | None = await self._pool.fetchval(_ITEM, subject, case)
        return found or ""

    async def erase(self, line: ErasedLine, promise: Promise) -> bool:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCKED, line.subject)
            if await connection.fetchval(_RUNS, line.subject):
                return False
            row = await connection.fetchrow(_FIND, line.subject)
            if row is not None and row["erased_at"] is None:
                await promise()
                await connection.fetchval(_DESTROY, *_lines([line]))
        return True

    async def erase_again(self, lines: Sequence[ErasedLine]) -> int:
        async with self._pool.acquire() as connection, connection.transaction():
            # locked first: what another process adds meanwhile is there before, or not at all
            await connection.execute(_LOCKED_ALL, [line.subject for line in lines])
            return int(await connection.fetchval(_DESTROY, *_lines(lines)))

    async def left_behind(self) -> list[ErasedLine]:
        return [ErasedLine(*row) for row in await self._pool.fetch(_LEFT_BEHIND, TEXT)]

    async def unsaid(self) -> list[ErasedLine]:
        return [ErasedLine(*row) for row in await self._pool.fetch(_UNSAID)]

    async def said(self, subjects: Sequence[str]) -> None:
        await self._pool.execute(_SAID, list(subjects))

    async def wraps(self) -> dict[str, int]:
        return dict(await self._pool.fetch(_WRAPS))

    async def wrapped_by_others(self, kek: str, after: str, limit: int) -> list[tuple[str, Wrapped]]:
        return [(subject, Wrapped(by, key)) for subject, by, key in await self._pool.fetch(_OTHERS, kek, after, limit)]

    async def rewrap(self, rows: Sequence[tuple[str, Wrapped, Wrapped]]) -> None:
        columns = [[s for s, _, _ in rows], [o.key for _, o, _ in rows], [n.kek for _, _, n in rows], [n.key for _, _, n in rows]]
        await self._pool.execute(_REWRAP, *columns)

    async def give_codes(self, codes: Sequence[tuple[str, bytes]], on: Connection | None = None) -> None:
        if codes:
            await (on or self._pool).execute(_GIVE, [case for case, _ in codes], [digest for _, digest in codes])

    async def give_code(self, case: str, digest: bytes) -> None:
        await self._pool.execute(_GIVE_AGAIN, case, digest)

    async def code(self, case: str) -> bytes | None:
        found: bytes | None = await self._pool.fetchval(_CODE, case)
        return found


def _kept(row: Mapping[str, Any]) -> KeptSubject:
    return KeptSubject(
        subject=row["subject"],
        node=row["node"],
        kind=row["kind"],
        whose=row["whose"],
        wrapped=Wrapped(row["kek"], row["wrapped"]) if row["wrapped"] is not None else None,
        key=row["key"],
        body=row["body"],
        public=msgspec.json.decode(row["public"]),
        at=row["at"],
        erased=ErasedLine(row["subject"], row["node"], row["erased_by"], row["erased_at"]) if row["erased_at"] is not None else None,
    )


def _lines(lines: Sequence[ErasedLine]) -> tuple[list[Any], list[Any], list[Any]]:
    return [line.subject for line in lines], [line.officer for line in lines], [line.at for line in lines]
