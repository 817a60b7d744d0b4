"""A site's vault: keeps what a person said sealed under a key of its own, opens it again, finds the same person by digest, erases it for good.

What it gives other services of the site, `Around.vault`, has no personal data in it: subject ids, case numbers, codes.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from libs.database import Connection
from libs.eventlog import KeyReused
from libs.vault.erasing import NAME, ErasedFile, ErasedLine
from libs.vault.follow import code_of, new_code, plain
from libs.vault.keys import Keyring
from libs.vault.lookup import Lookup
from libs.vault.memory import MadeUpKeys, MemoryRows
from libs.vault.recent import Recent
from libs.vault.sealing import DataKey
from libs.vault.subjects import Confided, KeptSubject, KnownSubject, NewSubject, VaultRows

PAGE: Final = 500
"""Data keys that are wrapped anew at a time."""


class VaultPort(Protocol):
    """What services of this site may ask of its vault, in process. No answer has personal data."""

    async def known(self, subject: str, node: str) -> bool:
        """Whether the node keeps data of the subject, not erased."""

    async def same(self, subject: str) -> tuple[str, ...]:
        """The other subjects of the same person or organisation at this site, not erased."""

    async def acquainted(self, subjects: Sequence[str]) -> Mapping[str, KnownSubject]:
        """Those of the subjects that are kept and not erased: nobody is asked for one that this process kept a moment ago."""

    def first_code(self, case: str) -> str:
        """The code that is given with the number of a case: the same, however often it is asked for."""

    async def follow_code(self, case: str) -> str:
        """`first_code`, as long as no other was given in its place; empty then."""

    async def follows(self, case: str, code: str) -> bool:
        """Whether it is the code of the case. How often somebody may try is the door's to say."""


class Vault:
    """One site's vault over its rows. `keyring` is asked for when a key is needed."""

    def __init__(self, rows: VaultRows, keyring: Callable[[], Keyring], erased: Path | None = None) -> None:
        self.rows, self._keyring, self._erased = rows, keyring, erased
        self._recent = Recent()
        self._lookup: Lookup | None = None

    @property
    def keyring(self) -> Keyring:
        """The keys of the site. Raises `LookupError` where it has none."""
        return self._keyring()

    @property
    def _file(self) -> ErasedFile | None:
        path = self._erased or (self.keyring.path.with_name(NAME) if self.keyring.path is not None else None)
        return None if path is None else ErasedFile(path)

    def _digest(self, kind: str, text: str) -> bytes:
        self._lookup = self._lookup or Lookup(self.keyring)
        return self._lookup.digest(kind, text)

    # --- keeping and opening ------------------------------------------------------------------------------------------------------------

    async def keep(self, node: str, confided: Confided, *, key: str, request: str, at: datetime) -> str:
        """Keeps a subject: its id. The same `key` at the node again: the id of the first time, or `KeyReused` where `request`, which names sender
        and content, is another, and `NobodyThere`.
        """
        subject, body = f"subj-{uuid4()}", self._digest("request", request)
        key = self._digest("key", key).hex()  # whoever makes keys out of what was typed tells nothing by it
        data = DataKey.new(subject)
        row = KeptSubject(
            subject=subject, node=node, kind=confided.kind, whose=confided.whose, wrapped=data.wrap(self.keyring), key=key, body=body,
            public=confided.public, at=at,
        )  # fmt: skip
        sealed = {field: data.seal(field, text.encode()) for field, text in confided.hidden.items()}
        kept = await self.rows.keep(
            NewSubject(row=row, sealed=sealed, digests=[(k, self._digest(k, t)) for k, t in confided.alike.items()])
        )
        if not hmac.compare_digest(kept.body, body):
            raise KeyReused
        return kept.subject

    def data_key(self, row: KeptSubject) -> DataKey | None:
        """The open key of a subject; None for one that was erased. Raises `Spoilt`, `Unreadable`."""
        return None if row.wrapped is None else DataKey.unwrap(row.subject, row.wrapped, self.keyring)

    async def fields(self, row: KeptSubject, names: Iterable[str]) -> dict[str, str]:
        """These fields of a subject, open: only behind the fact that says who opened them. Raises `Spoilt`, `Unreadable`."""
        if (data := self.data_key(row)) is None:
            return {}
        sealed = await self.rows.sealed(row.subject)
        return {name: data.open(name, sealed[name]).decode() for name in names if name in sealed}

    async def known(self, subject: str, node: str) -> bool:
        found = await self.rows.find(subject)
        return found is not None and found.node == node and found.erased is None

    async def same(self, subject: str) -> tuple[str, ...]:
        return tuple(await self.rows.alike(subject))

    async def introduced(self, subject: str) -> tuple[str, ...]:
        """`same`, of a subject just kept, which this process remembers for a moment."""
        found = await self.rows.known([subject])
        for one in found:
            self._recent.add(one)
        return found[0].same if found else ()

    async def acquainted(self, subjects: Sequence[str]) -> Mapping[str, KnownSubject]:
        known = self._recent.of(subjects)
        if missing := [subject for subject in subjects if subject not in known]:
            known |= {one.subject: one for one in await self.rows.known(missing)}
        return known

    # --- erasing ------------------------------------------------------------------------------------------------------------------------

    async def erase(self, line: ErasedLine) -> bool:
        """Erases a subject, its line on the disk before the database is told. False, and nothing done, while a case of it runs. Raises
        `Unreadable`, and nothing is done, where the line cannot be written.
        """

        async def promise() -> None:
            if (file := self._file) is not None:
                await asyncio.to_thread(file.add, line)

        try:
            return await self.rows.erase(line, promise)
        finally:
            self._recent.forget(line.subject)  # at the end: whoever asked about it meanwhile remembers it anew

    async def erase_again(self) -> int:
        """Erases whoever a restored database has brought back: how many. Raises `Unreadable` for a damaged file."""
        lines = list(self._file.lines()) if self._file is not None else []
        return await self.rows.erase_again(lines)

    # --- keys ---------------------------------------------------------------------------------------------------------------------------

    async def rewrap(self) -> int:
        """Wraps by the newest key what others wrap, page by page: how many. It goes on where an earlier run ended; all is readable meanwhile."""
        newest, after, done = self.keyring.newest, "", 0
        while page := await self.rows.wrapped_by_others(newest, after, PAGE):
            keys = [(DataKey.unwrap(subject, old, self.keyring), old) for subject, old in page]
            await self.rows.rewrap([(data.subject, old, data.wrap(self.keyring)) for data, old in keys])
            after, done = page[-1][0], done + len(page)
        return done

    # --- codes --------------------------------------------------------------------------------------------------------------------------

    def first_code(self, case: str) -> str:
        return code_of(self._digest("first-code", case))

    async def follow_code(self, case: str) -> str:
        code = self.first_code(case)
        return code if hmac.compare_digest(await self._kept_code(case), self._code_digest(case, code)) else ""

    async def give_codes(self, cases: Sequence[str], on: Connection | None = None) -> None:
        """Keeps the digest of the first code of new cases; one that was given anew stays. `on`: within its transaction."""
        await self.rows.give_codes([(case, self._code_digest(case, self.first_code(case))) for case in cases], on=on)

    async def new_follow_code(self, case: str) -> str:
        """Another code for the case; the one before is dead."""
        code = new_code()
        await self.rows.give_code(case, self._code_digest(case, code))
        return code

    async def follows(self, case: str, code: str) -> bool:
        return hmac.compare_digest(await self._kept_code(case), self._code_digest(case, code)) and bool(plain(code))

    async def _kept_code(self, case: str) -> bytes:
        """The digest of the code of a case. One that was filed a moment ago has none yet: then it is that of the first code, which nobody can
        know who was not given it.
        """
        return await self.rows.code(case) or self._code_digest(case, self.first_code(case))

    def _code_digest(self, case: str, code: str) -> bytes:
        return self._digest("follow", f"{case}\0{plain(code)}")


def made_up_vault() -> Vault:
    """A vault in memory, with keys that no file has: for the tests and stories of those who ask it."""
    keys = MadeUpKeys()
    return Vault(MemoryRows(), lambda: keys)


def no_vault() -> Vault:
    """In place of a vault where none stands: it knows nobody, and raises `LookupError` for what needs a key."""
    return Vault(MemoryRows(), _no_keyring)


def _no_keyring() -> Keyring:
    raise LookupError("没有给本进程保险库的密钥文件")
