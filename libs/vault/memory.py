"""The vault in memory: the twin of the one in PostgreSQL, for tests and stories. The same suite proves both."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from libs.database import Connection
from libs.vault.erasing import ErasedLine
from libs.vault.keys import ROOT, Keyring, KeysOnce, key_row
from libs.vault.sealing import Wrapped
from libs.vault.subjects import ALIKE, TEXT, KeptSubject, KnownSubject, NewSubject, NobodyThere, Promise


class MadeUpKeys(Keyring):
    """Keys that no file has. `add` makes another one, which wraps from then on; `drop` takes one out."""

    def __init__(self) -> None:
        super().__init__(None)
        self._rows = [key_row(ROOT, secrets.token_bytes(32), datetime.now(UTC))]
        self.add()

    def add(self) -> str:
        made = key_row(f"k{secrets.token_hex(8)}", secrets.token_bytes(32), datetime.now(UTC))
        self._rows.append(made)
        return made.id

    def drop(self, kek: str) -> None:
        self._rows = [row for row in self._rows if row.id != kek]

    def read(self) -> KeysOnce:
        return KeysOnce(None, self._rows)


class MemoryRows:
    """The rows of a vault in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, KeptSubject] = {}
        self._sealed: dict[str, dict[str, bytes]] = {}
        self._digests: dict[str, set[tuple[str, bytes]]] = {}
        self._cases: dict[tuple[str, str], bool] = {}
        self._items: dict[tuple[str, str], str] = {}
        self._said: set[str] = set()
        self._codes: dict[str, bytes] = {}

    async def keep(self, new: NewSubject) -> KeptSubject:
        row = new.row
        for known in self._rows.values():
            if (known.node, known.key) == (row.node, row.key):
                return known
        if row.whose and ((whose := self._rows.get(row.whose)) is None or whose.node != row.node or whose.erased is not None):
            raise NobodyThere(row.whose)
        self._rows[row.subject], self._sealed[row.subject] = row, dict(new.sealed)
        self._digests[row.subject] = set(new.digests)
        return row

    async def find(self, subject: str) -> KeptSubject | None:
        return self._rows.get(subject)

    async def sealed(self, subject: str) -> dict[str, bytes]:
        return dict(self._sealed.get(subject, {}))

    async def alike(self, subject: str) -> list[str]:
        mine = {one for one in self._digests.get(subject, ()) if one[0] in ALIKE}
        return sorted(other for other, theirs in self._digests.items() if other != subject and mine & theirs)

    async def known(self, subjects: Sequence[str]) -> list[KnownSubject]:
        rows = [row for subject in subjects if (row := self._rows.get(subject)) is not None and row.erased is None]
        return [
            KnownSubject(subject=r.subject, node=r.node, kind=r.kind, whose=r.whose, same=tuple(await self.alike(r.subject))) for r in rows
        ]

    async def texts_of(self, subject: str) -> list[str]:
        return sorted(r.subject for r in self._rows.values() if r.kind == TEXT and r.whose == subject and r.erased is None)

    async def hold(self, cases: Sequence[tuple[str, str, str]], on: Connection | None = None) -> None:  # noqa: ARG002 (nothing commits together here)
        for case, subject, item in cases:
            if subject in self._rows:
                self._cases.setdefault((case, subject), True)
                self._items.setdefault((case, subject), item)

    async def release(self, cases: Sequence[str], on: Connection | None = None) -> None:  # noqa: ARG002 (nothing commits together here)
        self._cases = {place: runs and place[0] not in cases for place, runs in self._cases.items()}

    async def cases(self, subject: str) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for (case, one), runs in sorted(self._cases.items()):
            if one in self._its(subject):
                found[case] = runs or found.get(case, False)
        return found

    def _its(self, subject: str) -> set[str]:
        return {subject, self._rows[subject].whose} if subject in self._rows else {subject}

    async def item(self, case: str, subject: str = "") -> str:
        its = self._its(subject)
        return next((item for (of, one), item in self._items.items() if of == case and (not subject or one in its)), "")

    async def erase(self, line: ErasedLine, promise: Promise) -> bool:
        if any((await self.cases(line.subject)).values()):
            return False
        if (row := self._rows.get(line.subject)) is not None and row.erased is None:
            await promise()
            self._destroy(line)
        return True

    async def erase_again(self, lines: Sequence[ErasedLine]) -> int:
        left = [line for line in lines if (row := self._rows.get(line.subject)) is not None and row.erased is None]
        for line in left:
            self._destroy(line)
        return len(left)

    def _destroy(self, line: ErasedLine) -> None:
        row = self._rows[line.subject]
        self._rows[line.subject] = msgspec.structs.replace(row, wrapped=None, body=b"", public={}, erased=line)
        self._sealed.pop(line.subject, None)
        self._digests.pop(line.subject, None)

    async def left_behind(self) -> list[ErasedLine]:
        texts = [row for row in self._rows.values() if row.kind == TEXT and row.whose and row.erased is None]
        gone = {row.subject: row.erased for row in self._rows.values() if row.erased is not None}
        found = [(row, gone[row.whose]) for row in texts if row.whose in gone]
        return [ErasedLine(row.subject, row.node, by.officer, by.at) for row, by in sorted(found, key=lambda one: one[0].subject)]

    async def unsaid(self) -> list[ErasedLine]:
        return [row.erased for row in self._rows.values() if row.erased is not None and row.subject not in self._said]

    async def said(self, subjects: Sequence[str]) -> None:
        self._said.update(subjects)

    async def wraps(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self._rows.values():
            if row.wrapped is not None:
                found[row.wrapped.kek] = found.get(row.wrapped.kek, 0) + 1
        return found

    async def wrapped_by_others(self, kek: str, after: str, limit: int) -> list[tuple[str, Wrapped]]:
        rows = sorted((row.subject, row.wrapped) for row in self._rows.values() if row.wrapped is not None and row.wrapped.kek != kek)
        return [row for row in rows if row[0] > after][:limit]

    async def rewrap(self, rows: Sequence[tuple[str, Wrapped, Wrapped]]) -> None:
        for subject, old, new in rows:
            if self._rows[subject].wrapped == old:
                self._rows[subject] = msgspec.structs.replace(self._rows[subject], wrapped=new)

    async def give_codes(self, codes: Sequence[tuple[str, bytes]], on: Connection | None = None) -> None:  # noqa: ARG002 (nothing commits together here)
        for case, digest in codes:
            self._codes.setdefault(case, digest)

    async def give_code(self, case: str, digest: bytes) -> None:
        self._codes[case] = digest

    async def code(self, case: str) -> bytes | None:
        return self._codes.get(case)
