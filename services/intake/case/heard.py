"""What others' facts mean to cases: a procedure published is known, a silence noticed asks for acceptance (行政许可法 Art. 32(1)(4))."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Final, assert_never

from libs.decider import record
from libs.workdays import Calendar
from services.intake.case import Command
from services.intake.case.acceptance import deem_accepted
from services.intake.case.filing import Version
from services.intake.events import Channel, Pinned, PinnedDepartment, PinnedMaterial, PinnedRemedies, PinnedStep, PinnedStop

CORRECTION: Final = "correction"
"""The kind of the clock whose silence is acceptance."""


@record
class ProcedurePublished:
    """A procedure version, as far as a case pins it; in force from `effective`."""

    item: str
    name: str
    version: int
    kind: str
    statutory_days: int
    promised_days: int
    delivery_days: int
    extension_days: int
    extension_moves_promise: bool
    correction_days: int
    steps: tuple[PinnedStep, ...]
    regime: str
    department: PinnedDepartment | None
    materials: tuple[PinnedMaterial, ...]
    pay_before_delivery: bool
    suspensions: tuple[PinnedStop, ...]
    delivery: tuple[Channel, ...]
    remedies: PinnedRemedies | None
    silence_accepts: bool
    approval: bool
    effective: date


_ALIKE: Final = [field.name for field in fields(Pinned) if field.name not in ("item_name", "procedure_version")]
"""What a case pins of a version under the name it has there."""


@record
class SilenceNoticed:
    """A limit passed in silence; `kind` says which clock's."""

    case: str
    kind: str
    at: datetime


Heard = ProcedurePublished | SilenceNoticed


@record
class Learned:
    """What a batch teaches of one node: the procedure versions that it published, in the order heard; kept when the batch ends."""

    versions: tuple[Version, ...] = ()


def react(calendar: Calendar, remembered: Learned, fact: Heard, _name: str) -> tuple[Learned, tuple[tuple[str, Command], ...]]:
    """What is learned with `fact`, and the commands that follow from it with their streams. None of them keeps the name of the fact.

    `calendar` is the one by which silences are judged.
    """
    match fact:
        case ProcedurePublished():
            return replace(remembered, versions=(*remembered.versions, (fact.effective, _pinned(fact)))), ()
        case SilenceNoticed(case=case, kind=kind, at=at):
            return remembered, ((case, deem_accepted(case, at, calendar)),) if kind == CORRECTION else ()
        case _:
            assert_never(fact)


def _pinned(procedure: ProcedurePublished) -> Pinned:
    alike = {name: getattr(procedure, name) for name in _ALIKE}
    return Pinned(**alike, item_name=procedure.name, procedure_version=procedure.version)
