"""What intake hears: procedures from the catalogue, silence from the deadline service. What that means stands in case/heard.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from libs.bus import Effect, Hears, Reader
from libs.eventlog import Subject
from libs.views import Connection
from libs.wire import Recorded
from libs.workdays import Calendar
from services.intake.case import Case, Command
from services.intake.case.act import SYSTEM
from services.intake.case.heard import Known, ProcedurePublished, SilenceNoticed, react
from services.intake.events import CaseEvent
from services.intake.numbers import parts
from services.intake.views import learn

READER: Final = Reader(
    {
        "liandong.catalogue.ProcedurePublished.v1": ProcedurePublished,
        "liandong.deadline.SilenceNoticed.v1": SilenceNoticed,
    }
)


def hears(cases: Subject[Command, Case, CaseEvent], calendar: Calendar, learned: Callable[[], None]) -> Hears:
    """The one consumer of intake; `learned` is called after every batch."""

    async def apply(connection: Connection, facts: Sequence[Recorded]) -> list[Effect]:
        known: dict[str, Known] = {}
        effects: list[Effect] = []
        for fact in facts:
            before = known.get(fact.node, Known(calendar=calendar))
            known[fact.node], commands = react(before, READER.read(fact))
            effects.extend(Effect(fact, parts(c.case)[0], cases.intent(c.case, c, actor=SYSTEM)) for c in commands)
        await learn(connection, {node: now.versions for node, now in known.items()})
        learned()
        return effects

    return Hears(name="intake", reader=READER, apply=apply)
