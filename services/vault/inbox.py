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
class Applicant:
    """Who applies, or acts for somebody who does."""

    subject: str


@record
class PinnedItem:
    """Of the procedure that a case pinned: which item it is for."""

    item: str


@record
class CaseFiled:
    """A case of these subjects began; `imported`: another system's, of whom nobody here knows anything."""

    case: str
    applicants: tuple[Applicant, ...]
    pinned: PinnedItem
    imported: bool = False


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
        filed = [fact for fact in facts if isinstance(fact, CaseFiled) and not fact.imported]
        await vault.rows.hold([(fact.case, one.subject, fact.pinned.item) for fact in filed for one in fact.applicants], on=connection)
        await vault.give_codes([fact.case for fact in filed], on=connection)
        await vault.rows.release([fact.case for fact in facts if not isinstance(fact, CaseFiled)], on=connection)
        return []

    return Hears(name=NAME, reader=READER, apply=apply)
