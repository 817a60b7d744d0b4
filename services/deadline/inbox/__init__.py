"""Hears intake's facts: loads what is remembered of their cases, lets `react` think, saves what is remembered then, and asks the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from libs.bus import Effect, Hears, Reader
from libs.eventlog import Subject
from libs.views import Connection
from libs.wire import Recorded
from services.deadline.clock import ACTOR, Command, State
from services.deadline.clock.heard import FactOfCase
from services.deadline.clock.triggers import react
from services.deadline.events import Event
from services.deadline.inbox.remembered import keep_cases, known_cases
from services.deadline.views import CONSUMER

READER: Final = Reader({f"liandong.intake.{fact.__name__}.v1": fact for fact in get_args(FactOfCase)})


def hears(clocks: Subject[Command, State, Event]) -> Hears:
    """The one consumer of the deadline service. A fact of a case that was never filed is parked."""

    async def apply(connection: Connection, records: Sequence[Recorded]) -> list[Effect]:
        facts: list[FactOfCase] = [READER.read(record) for record in records]
        known = await known_cases(connection, sorted({fact.case for fact in facts}))
        before, effects = dict(known), list[Effect]()
        for record, fact in zip(records, facts, strict=True):
            known[fact.case], commands = react(known.get(fact.case), fact, record.name)
            effects += [Effect(record, record.node, clocks.intent(clock, command, actor=ACTOR)) for clock, command in commands]
        await keep_cases(connection, [case for name, case in sorted(known.items()) if case != before.get(name)])
        return effects

    return Hears(name=CONSUMER, reader=READER, apply=apply)
