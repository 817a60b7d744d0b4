"""A case from filing to close (行政许可法 Art. 29–45): its acts by topic, its road, and the one `decide`.

Rules bind acts done here and now; imported acts are kept as given (decision 0010).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, Final

from libs.decider import Decider, Refused, record
from libs.workdays import Calendar
from services.intake.case import (
    acceptance,
    corrections,
    decision,
    delivery,
    ending,
    examination,
    extension,
    filing,
    finishing,
    phase,
    steps,
    suspension,
    two_persons,
)
from services.intake.case.acceptance import TakingUp
from services.intake.case.act import Acts, Asked
from services.intake.case.authorised import act_name, must_be_authorised
from services.intake.case.examination import Opinions
from services.intake.case.phase import Phase
from services.intake.case.roads import in_turn
from services.intake.case.roads.promised import PROMISED
from services.intake.case.steps import Steps
from services.intake.case.suspension import Suspensions
from services.intake.case.texts import trimmed
from services.intake.case.two_persons import Hands
from services.intake.case.words import refuse_personal
from services.intake.events import CaseDecided, CaseEvent, LimitExtended, Pinned, ResultDelivered

TOPICS: Final = (filing, acceptance, corrections, steps, finishing, suspension, extension, decision, delivery, ending)
ACTS: Final[Acts] = {command: act for topic in TOPICS for command, act in topic.ACTS.items()}
NAMES: Final[Mapping[type[Any], str]] = {command: act_name(command) for command in ACTS}
"""What each command is called in `contracts/authority.toml`."""

Command = (
    filing.Command
    | acceptance.Command
    | corrections.Command
    | steps.Command
    | finishing.Command
    | suspension.Command
    | extension.Command
    | decision.Command
    | delivery.Command
    | ending.Command
)


@record
class Case:
    """What the rules remember: the phase, and each topic's part; only what a decision needs."""

    phase: Phase = Phase.NONE
    pinned: Pinned | None = None
    taking_up: TakingUp = TakingUp()
    missing: tuple[str, ...] = ()
    steps: Steps = Steps()
    hands: Hands = Hands()
    suspensions: Suspensions = Suspensions()
    extended: LimitExtended | None = None
    opinions: Opinions = Opinions()
    decided: CaseDecided | None = None
    delivered: ResultDelivered | None = None


def decide(command: Command, case: Case) -> Sequence[CaseEvent]:
    """The facts that follow from `command`; none when it is already so. Raises `Refused`.

    Time comes first: what it has done to the case by then is taken as done, and its facts stand before those of the act.
    """
    command = command if command.imported else trimmed(command)
    refuse_personal(command)
    filing.known(command, case)
    if command.imported:
        return _facts(command, case)
    time = acceptance.by_time(case, command.at, command.calendar)
    return (*time, *_judged(command, reduce(evolve, time, case)))


def _judged(command: Command, case: Case) -> tuple[CaseEvent, ...]:
    act = ACTS[type(command)]
    if act.already(command, case):
        return ()
    if not isinstance(command, filing.File):  # it begins the road
        in_turn(PROMISED, type(command), case.phase, acceptance.grounds(case.taking_up))
    _authorised(command, filing.about(case, command), type(command))
    act.check(command, case)
    return _facts(command, case)


def _authorised(asked: Asked, case: Case, command: type[Command]) -> None:
    must_be_authorised(case, asked, NAMES[command])
    must_be_authorised(case, asked, ACTS[command].within(case))


def _facts(command: Command, case: Case) -> tuple[CaseEvent, ...]:
    facts = ACTS[type(command)].fact(command, case)
    return facts if isinstance(facts, tuple) else (facts,)


def evolve(case: Case, event: CaseEvent) -> Case:
    """The state after `event`; total, also over imported facts in whatever order they came."""
    return Case(
        phase=phase.after(case.phase, event),
        pinned=filing.fold(case.pinned, event),
        taking_up=acceptance.fold(case.taking_up, event),
        missing=corrections.fold(case.missing, event),
        steps=steps.fold(case.steps, event),
        hands=two_persons.fold(case.hands, event),
        suspensions=suspension.fold(case.suspensions, event),
        extended=extension.fold(case.extended, event),
        opinions=examination.fold(case.opinions, event),
        decided=decision.fold(case.decided, event),
        delivered=delivery.fold(case.delivered, event),
    )


def settled(case: Case, at: datetime, calendar: Calendar) -> Case:
    """The case with what time has done to it by `at`."""
    return reduce(evolve, acceptance.by_time(case, at, calendar), case)


def possible(asked: Asked, case: Case) -> Mapping[type[Command], str | None]:
    """Every act on a case, and why who asks could not do it then; None: they may, and may still be refused for what the command says.

    The reasons are those of `decide`, in its order: turn, authority, topic.
    """
    now = settled(case, asked.at, asked.calendar)
    return {command: _why_not(asked, now, command) for command in PROMISED if command is not acceptance.DeemAccepted}


def _why_not(asked: Asked, case: Case, command: type[Command]) -> str | None:
    try:
        filing.known(asked, case)
        in_turn(PROMISED, command, case.phase, acceptance.grounds(case.taking_up))
        _authorised(asked, case, command)
        ACTS[command].offer(asked, case)
    except Refused as no:
        return no.because
    return None


CASE: Final[Decider[Command, Case, CaseEvent]] = Decider(initial=Case(), decide=decide, evolve=evolve)
