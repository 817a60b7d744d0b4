"""What intake hears: procedures from the catalogue become rows, silence from the deadline service becomes a command (Art. 32(1)(4))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from libs.bus import Effect, Hears
from libs.eventlog import Subject
from libs.views import Connection
from libs.wire import Recorded
from libs.workdays import Calendar
from services.intake.case_commands import Command, DeemAccepted
from services.intake.case_state import Case
from services.intake.events import CaseEvent, Pinned, PinnedStep, StepRole
from services.intake.numbers import parts
from services.intake.views import learn_procedures

PUBLISHED: Final = "liandong.catalogue.ProcedurePublished.v1"
SILENCE: Final = "liandong.deadline.SilenceNoticed.v1"
ACTOR: Final = "system:intake"


class Step(msgspec.Struct, frozen=True):
    """A step of a procedure, as far as a case pins it."""

    name: str
    post: str
    role: StepRole = StepRole.WORK
    limit_days: int | None = None
    two_officers: bool = False


class ProcedurePublished(msgspec.Struct, frozen=True):
    """A procedure version, as far as a case pins it."""

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

    def pinned(self) -> Pinned:
        """What a case keeps of it."""
        return Pinned(
            item=self.item,
            item_name=self.name,
            procedure_version=self.version,
            kind=self.kind,
            statutory_days=self.statutory_days,
            promised_days=self.promised_days,
            delivery_days=self.delivery_days,
            extension_days=self.extension_days,
            extension_moves_promise=self.extension_moves_promise,
            correction_days=self.correction_days,
            steps=tuple(PinnedStep(**msgspec.structs.asdict(step)) for step in self.steps),
        )


class SilenceNoticed(msgspec.Struct, frozen=True):
    """A limit passed in silence; `kind` says which clock's."""

    case: str
    kind: str
    at: datetime


def hears(cases: Subject[Command, Case, CaseEvent], calendar: Calendar) -> Hears:
    """The one consumer of intake."""

    async def apply(connection: Connection, facts: Sequence[Recorded]) -> list[Effect]:
        published = [(fact.node, msgspec.json.decode(fact.data, type=ProcedurePublished)) for fact in facts if fact.type == PUBLISHED]
        if published:
            await learn_procedures(connection, [(node, procedure.pinned(), procedure.effective) for node, procedure in published])
        silences = [(fact, msgspec.json.decode(fact.data, type=SilenceNoticed)) for fact in facts if fact.type == SILENCE]
        return [deemed(fact, silence) for fact, silence in silences if silence.kind == "correction"]

    def deemed(cause: Recorded, silence: SilenceNoticed) -> Effect:
        command = DeemAccepted(case=silence.case, officer=ACTOR, at=silence.at, calendar=calendar)
        return Effect(cause, parts(silence.case)[0], cases.act(silence.case, command, actor=ACTOR))

    return Hears(name="intake", services=("catalogue", "deadline"), types=frozenset({PUBLISHED, SILENCE}), apply=apply)
