"""收件: materials are handed over and a case begins, under the procedure in force that day (行政许可法 Art. 29, P-pinned-procedure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.applying import Applying, answered, may_apply, named
from services.intake.case.phase import Phase
from services.intake.events import CaseEvent, CaseFiled, Channel, Instants, Pinned
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case

PROMISED_KIND: Final = "promised"
"""The one kind of case that is offered yet (P-kinds-offered)."""


@record
class File(Applying):
    """收件: materials are handed over. `case` and `pinned` are made at the edge; so is `came`, when a case of another system's record comes here."""

    node: str
    pinned: Pinned
    materials: tuple[str, ...]
    instants: Instants | None = None
    ref: str = ""
    came: datetime | None = None


Command = File


def fold(pinned: Pinned | None, event: CaseEvent) -> Pinned | None:
    """The procedure that the case keeps, after `event`."""
    return event.pinned if isinstance(event, CaseFiled) else pinned


def known(c: Asked, case: Case) -> None:
    """Raises `Refused` where the number names a case already, or, for any act but filing, no case yet; imported acts are no exception."""
    if isinstance(c, File) and case.phase is not Phase.NONE:
        raise refused("number-taken")
    if not isinstance(c, File) and case.phase is Phase.NONE:
        raise refused("unknown-case")


def about(case: Case, c: Asked) -> Case:
    """The case that an act is about: a filing begins one, of the item whose procedure it pins."""
    return replace(case, pinned=c.pinned) if isinstance(c, File) else case


def may_file(c: File, _case: Case) -> None:
    """Raises `Refused` for a kind that is not offered, a notification that nobody approves, a channel that only imports have, or for who applies."""
    if c.pinned.kind != PROMISED_KIND or not c.pinned.approval:
        raise refused("kind-not-offered")
    if c.channel is Channel.INTERNAL:
        raise refused("internal-is-for-imports")
    may_apply(c)
    answered(c)


def filed(c: File, _case: Case) -> CaseFiled:
    """The fact that the materials are handed over: the case begins."""
    return CaseFiled(
        **said(c),
        node=c.node,
        pinned=c.pinned,
        channel=c.channel,
        applicants=c.applicants,
        materials=c.materials,
        instants=c.instants,
        ref=c.ref,
        came=c.came,
        duplicates=named(c),
    )


ACTS: Final[Acts] = {File: Act(may_file, filed)}


Version = tuple[date, Pinned]
"""A version of an item's procedure, as a case pins it: the day from which it is in force, and what it says."""


def in_force(versions: Sequence[Version], day: date, *, imported: bool = False) -> Pinned:
    """The first of `versions` (nearest node first, newest first) that is in force on `day`. Raises `Refused`.

    A case of another system's record that is older than every version here gets the earliest: its own was never published here.
    """
    if not versions:
        raise refused("unknown-item")
    found = next((pinned for effective, pinned in versions if effective <= day), None)
    if found is None and imported:
        return min(versions, key=lambda version: version[0])[1]
    if found is None:
        raise refused("not-in-force")
    return found
