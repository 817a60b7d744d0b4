"""What is kept of a subject, and what whoever keeps the rows promises: PostgreSQL, and its twin in memory, under one suite."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from libs.database import Connection
from libs.vault.erasing import ErasedLine
from libs.vault.sealing import Wrapped

PERSON, ORGANISATION, AGENT, TEXT = "person", "organisation", "agent", "text"
ALIKE: Final = (PERSON, ORGANISATION)
"""The kinds of digests by which two subjects are the same person or organisation."""


class Confided(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be kept of one subject. `hidden` is sealed field by field; `alike` are texts that are found again by digest, by their kind; `public`
    stands open. `whose`: the subject that an agent acts for, or that wrote a text.
    """

    kind: str
    hidden: Mapping[str, str]
    alike: Mapping[str, str] = {}
    public: Mapping[str, str] = {}
    whose: str = ""

    def __repr__(self) -> str:
        return f"Confided({self.kind!r}, {sorted(self.hidden)})"


class KeptSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A subject as its row has it. `body` is the keyed digest of the request it came with; `wrapped` is gone where it was erased."""

    subject: str
    node: str
    kind: str
    whose: str
    wrapped: Wrapped | None
    key: str
    body: bytes
    public: Mapping[str, str]
    at: datetime
    erased: ErasedLine | None = None


class KnownSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A subject as others of the site may know it: its kind, whom it acts for or belongs to, and the other subjects of the same person or
    organisation at this site.
    """

    subject: str
    node: str
    kind: str
    whose: str
    same: tuple[str, ...]


class NewSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A subject on its way to the rows: everything in it is sealed or a digest already."""

    row: KeptSubject
    sealed: Mapping[str, bytes]
    digests: Sequence[tuple[str, bytes]]


class NobodyThere(Exception):
    """Whom an agent acts for, or who wrote a text, is not kept at the node, or is erased."""


Promise = Callable[[], Awaitable[None]]


class VaultRows(Protocol):
    """The rows of one vault. None of them holds anything a person said but sealed or digested; organisations' names and codes are public."""

    async def keep(self, new: NewSubject) -> KeptSubject:
        """Keeps the subject, or gives back the one that was kept under the same key at the same node. Raises `NobodyThere`."""

    async def find(self, subject: str) -> KeptSubject | None:
        """The row of a subject, an erased one too."""

    async def sealed(self, subject: str) -> dict[str, bytes]:
        """What is sealed of a subject, by field."""

    async def alike(self, subject: str) -> list[str]:
        """The other subjects of the same person or organisation, sorted."""

    async def known(self, subjects: Sequence[str]) -> list[KnownSubject]:
        """Those of the subjects that are kept and not erased."""

    async def texts_of(self, subject: str) -> list[str]:
        """The texts that a subject wrote and that are not erased, sorted."""

    async def hold(self, cases: Sequence[tuple[str, str, str]], on: Connection | None = None) -> None:
        """These cases (number, subject, item) run; subjects not kept here are passed over. `on`: within its transaction."""

    async def release(self, cases: Sequence[str], on: Connection | None = None) -> None:
        """These cases have ended."""

    async def cases(self, subject: str) -> dict[str, bool]:
        """The cases of a subject, and of whom it acts for or who wrote it: whether they still run."""

    async def item(self, case: str, subject: str = "") -> str:
        """The item of one of the subject's `cases`, or, without a subject, of any case; empty where that is not known."""

    async def erase(self, line: ErasedLine, promise: Promise) -> bool:
        """Destroys key, ciphertext and digests, after `promise` has returned; False, and nothing done, while one of its `cases` runs."""

    async def erase_again(self, lines: Sequence[ErasedLine]) -> int:
        """Destroys what is left of subjects that were erased before: of how many there was something."""

    async def left_behind(self) -> list[ErasedLine]:
        """Texts that are kept though whoever wrote them is erased: by whom and when that was."""

    async def unsaid(self) -> list[ErasedLine]:
        """Erasures of which the log may not have the fact."""

    async def said(self, subjects: Sequence[str]) -> None:
        """The log has the fact of these erasures."""

    async def wraps(self) -> dict[str, int]:
        """How many data keys each key-encryption key wraps."""

    async def wrapped_by_others(self, kek: str, after: str, limit: int) -> list[tuple[str, Wrapped]]:
        """A page of the data keys that `kek` does not wrap, in the order of their subjects, from the one behind `after`."""

    async def rewrap(self, rows: Sequence[tuple[str, Wrapped, Wrapped]]) -> None:
        """Puts the new wrapping (third) in place of the old one (second), where that still stands."""

    async def give_codes(self, codes: Sequence[tuple[str, bytes]], on: Connection | None = None) -> None:
        """Keeps the digests of cases' codes, where they have none."""

    async def give_code(self, case: str, digest: bytes) -> None:
        """Keeps the digest of a case's code, in place of the one it has."""

    async def code(self, case: str) -> bytes | None:
        """The digest of a case's code."""
