"""A procedure: the versioned rules under which an item is handled (Art. 30), checked against the law when it is published.

A command is asked in this order: may it be published (`publishing`), are its names names (`names`), its limits lawful (`limits`), its steps
(`steps`), materials (`materials`) and stops (`stops`), are department and remedies said (`remedies`), can a result be handed over (`delivery`),
does it say anything new.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from libs.decider import Decider
from services.catalogue.events import ProcedurePublished
from services.catalogue.procedure.delivery import check_delivery
from services.catalogue.procedure.limits import check_limits
from services.catalogue.procedure.materials import check_materials
from services.catalogue.procedure.names import check_names
from services.catalogue.procedure.publishing import PublishProcedure, already, may_publish, published
from services.catalogue.procedure.remedies import check_remedies
from services.catalogue.procedure.steps import check_steps
from services.catalogue.procedure.stops import check_stops

Command = PublishProcedure
State = ProcedurePublished | None


def stream(item: str) -> str:
    """The stream of an item's procedure."""
    return f"procedure:{item}"


def decide(command: PublishProcedure, before: State) -> Sequence[ProcedurePublished]:
    """The next version of the procedure, or `[]` where the last one says the same."""
    law = may_publish(command)
    told = published(command, law, before)
    check_names(told)
    check_limits(told, law)
    check_steps(told)
    check_materials(told)
    check_stops(told, law)
    check_remedies(told, law, department_valid=command.department_valid)
    check_delivery(told)
    return [] if already(told, before) else [told]


def evolve(_before: State, event: ProcedurePublished) -> State:
    """The procedure after `event`: its last version."""
    return event


PROCEDURE: Final[Decider[PublishProcedure, State, ProcedurePublished]] = Decider(None, decide, evolve)
