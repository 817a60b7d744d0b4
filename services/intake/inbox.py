"""What intake hears: procedures from the catalogue, silence from the deadline service. What that means stands in case/heard.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from libs.bus import Effect, Hears, Reader
from libs.eventlog import Subject
from libs.views import Connection
from libs.wire import Recorded
from libs.workdays import Calendar
from services.intake.case import Case, Command
from services.intake.case.act import SYSTEM
from services.intake.case.heard import Learned, ProcedurePublished, SilenceNoticed, react
from services.intake.events import CaseEvent
from services.intake.numbers import parts
from services.intake.views import learn

READER: Final = Reader(
    {
        "liandong.catalogue.ProcedurePublished.v1": ProcedurePublished,
        "liandong.deadline.SilenceNoticed.v1": SilenceNoticed,
    }
)


def hears(cases: Subject[Command, Case, CaseEvent], calendar: Calendar, after: Callable[[], None]) -> Hears:
    """The one consumer of intake; `after` is called when a batch has been committed."""
    heard = partial(react, calendar)

    async def apply(connection: Connection, facts: Sequence[Recorded]) -> list[Effect]:
        learned: defaultdict[str, Learned] = defaultdict(Learned)
        effects: list[Effect] = []
        for fact in facts:
            learned[fact.node], commands = heard(learned[fact.node], READER.read(fact), fact.name)
            effects.extend(Effect(fact, parts(stream)[0], cases.intent(stream, command, actor=SYSTEM)) for stream, command in commands)
        await learn(connection, {node: now.versions for node, now in learned.items()})
        return effects

    return Hears(name="intake", reader=READER, apply=apply, after=after)
