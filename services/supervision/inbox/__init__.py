"""Hears rungs of clocks, which become cards, and acts on cases, which the detectors look at. What is remembered is loaded and saved here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from libs.bus import Effect, Hears, Reader
from libs.eventlog import Subject
from libs.views import Connection
from libs.wire import Recorded
from services.supervision.card import IssueCard, rungs
from services.supervision.card.rungs import ClockRed, ClockYellow, YellowOrRed
from services.supervision.events import CardIssued, FindingRaised
from services.supervision.finding import RaiseFinding, acts
from services.supervision.finding.acts import CaseFiled, FilingOrAct
from services.supervision.inbox.remembered import keep_log_cases, remember, remembered

NAME: Final = "supervision"
ACTOR: Final = "system:supervision"
READER: Final = Reader(
    {
        "liandong.deadline.ClockYellow.v1": ClockYellow,
        "liandong.deadline.ClockRed.v1": ClockRed,
        "liandong.intake.CaseFiled.v1": CaseFiled,
        "liandong.intake.CorrectionsRequested.v1": acts.CorrectionsRequested,
        "liandong.intake.CorrectionsReturned.v1": acts.CorrectionsReturned,
        "liandong.intake.CaseAccepted.v1": acts.CaseAccepted,
        "liandong.intake.CaseNotAccepted.v1": acts.CaseNotAccepted,
        "liandong.intake.StepStarted.v1": acts.StepStarted,
        "liandong.intake.StepHandedOver.v1": acts.StepHandedOver,
        "liandong.intake.StepDone.v1": acts.StepDone,
        "liandong.intake.StepSentBack.v1": acts.StepSentBack,
        "liandong.intake.ClocksSuspended.v1": acts.ClocksSuspended,
        "liandong.intake.ClocksResumed.v1": acts.ClocksResumed,
        "liandong.intake.SuspensionCalledOff.v1": acts.SuspensionCalledOff,
        "liandong.intake.LimitExtended.v1": acts.LimitExtended,
        "liandong.intake.CaseExamined.v1": acts.CaseExamined,
        "liandong.intake.CaseApproved.v1": acts.CaseApproved,
        "liandong.intake.CaseDecided.v1": acts.CaseDecided,
        "liandong.intake.ResultDelivered.v1": acts.ResultDelivered,
        "liandong.intake.CaseWithdrawn.v1": acts.CaseWithdrawn,
        "liandong.intake.CaseClosed.v1": acts.CaseClosed,
    }
)

Cards = Subject[IssueCard, CardIssued | None, CardIssued]
Findings = Subject[RaiseFinding, FindingRaised | None, FindingRaised]
_Asked = TypeVar("_Asked", IssueCard, RaiseFinding)


def hears(cards: Cards, findings: Findings) -> Hears:
    """The one consumer of supervision."""

    async def apply(connection: Connection, records: Sequence[Recorded]) -> list[Effect]:
        heard = [(record, READER.read(record)) for record in records]
        said = [(record, fact) for record, fact in heard if isinstance(fact, YellowOrRed)]
        facts = [(record, fact) for record, fact in heard if not isinstance(fact, YellowOrRed)]
        await keep_log_cases(connection, [fact for _, fact in facts if isinstance(fact, CaseFiled)])
        return [*_cards(cards, said), *await _findings(connection, findings, facts)]

    return Hears(name=NAME, reader=READER, apply=apply)


def _cards(cards: Cards, heard: Sequence[tuple[Recorded, YellowOrRed]]) -> list[Effect]:
    return [effect for record, rung in heard for effect in _effects(cards, record, rungs.react(None, rung, record.name)[1])]


async def _findings(connection: Connection, findings: Findings, heard: Sequence[tuple[Recorded, FilingOrAct]]) -> list[Effect]:
    before = await remembered(connection, sorted({fact.case for _, fact in heard}))
    after, effects = dict(before), list[Effect]()
    for record, fact in heard:
        after[fact.case], commands = acts.react(after[fact.case], fact, record.name)
        effects += _effects(findings, record, commands)
    await remember(connection, before, after)
    return effects


def _effects(subject: Subject[_Asked, Any, Any], record: Recorded, commands: Sequence[tuple[str, _Asked]]) -> list[Effect]:
    """The commands that follow from a record, each to its stream in the log of the record's node."""
    return [
        Effect(record, record.node, subject.intent(stream, command, actor=ACTOR, correlation=command.case)) for stream, command in commands
    ]
