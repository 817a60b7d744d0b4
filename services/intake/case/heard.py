"""What others' facts mean to cases: a procedure published is known, a silence noticed asks for acceptance (行政许可法 Art. 32(1)(4))."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final, assert_never

from libs.decider import record
from libs.workdays import Calendar
from services.intake.case import Command
from services.intake.case.acceptance import deem_accepted
from services.intake.case.filing import Version
from services.intake.events import Pinned, PinnedStep, StepRole

CORRECTION: Final = "correction"
"""The kind of the clock whose silence is acceptance."""


@record
class Step:
    """A step of a procedure, as far as a case pins it."""

    name: str
    post: str
    role: StepRole = StepRole.WORK
    limit_days: int | None = None
    two_officers: bool = False


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
    steps: tuple[Step, ...]
    effective: date


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
    return Pinned(
        item=procedure.item,
        item_name=procedure.name,
        procedure_version=procedure.version,
        kind=procedure.kind,
        statutory_days=procedure.statutory_days,
        promised_days=procedure.promised_days,
        delivery_days=procedure.delivery_days,
        extension_days=procedure.extension_days,
        extension_moves_promise=procedure.extension_moves_promise,
        correction_days=procedure.correction_days,
        steps=tuple(map(_pinned_step, procedure.steps)),
    )


def _pinned_step(step: Step) -> PinnedStep:
    return PinnedStep(name=step.name, post=step.post, role=step.role, limit_days=step.limit_days, two_officers=step.two_officers)
