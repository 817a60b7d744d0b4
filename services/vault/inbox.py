"""Hears from intake which cases run: as long as one does, nobody in it is erased. The facts with which a case ends are those of `contracts/phases.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from libs.bus import Effect, Hears, Reader
from libs.decider import record
from libs.vault import Vault
from libs.views import Connection
from libs.wire import Recorded

NAME: Final = "vault"


@record
class PinnedItem:
    """Of the procedure that a case pinned: which item it is for."""

    item: str


@record
class CaseFiled:
    """A case of a subject began."""

    case: str
    applicant: str
    pinned: PinnedItem


@record
class CaseNotAccepted:
    """The case was not taken up: it is over."""

    case: str


@record
class CaseWithdrawn:
    """The applicant took the case back: it is over."""

    case: str


@record
class CaseClosed:
    """The case was closed: it is over."""

    case: str


FilingOrEnd = CaseFiled | CaseNotAccepted | CaseWithdrawn | CaseClosed
READER: Final = Reader({f"liandong.intake.{kind.__name__}.v1": kind for kind in (CaseFiled, CaseNotAccepted, CaseWithdrawn, CaseClosed)})


def hears(vault: Vault) -> Hears:
    """The one consumer of the vault."""

    async def apply(connection: Connection, records: Sequence[Recorded]) -> list[Effect]:
        facts: list[FilingOrEnd] = [READER.read(record) for record in records]
        filed = [(fact.case, fact.applicant, fact.pinned.item) for fact in facts if isinstance(fact, CaseFiled)]
        await vault.rows.hold(filed, on=connection)
        await vault.rows.release([fact.case for fact in facts if not isinstance(fact, CaseFiled)], on=connection)
        return []

    return Hears(name=NAME, reader=READER, apply=apply)
