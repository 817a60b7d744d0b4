"""What supervision hears: rungs of clocks become cards, acts on cases are remembered and looked through. Here it only loads and saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from libs.bus import Effect, Hears, Reader
from libs.eventlog import Subject
from libs.views import Connection
from libs.wire import Recorded
from services.supervision import card, finding
from services.supervision.card import IssueCard, rungs
from services.supervision.card.rungs import ClockRed, ClockYellow, YellowOrRed
from services.supervision.events import CardIssued, FindingRaised
from services.supervision.finding import RaiseFinding, acts
from services.supervision.finding.acts import ActOnCase, CaseFiled, HeardAct
from services.supervision.inbox.remembered import remember, remembered

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
        "liandong.intake.StepDone.v1": acts.StepDone,
        "liandong.intake.ClocksSuspended.v1": acts.ClocksSuspended,
        "liandong.intake.ClocksResumed.v1": acts.ClocksResumed,
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
OfCase = CaseFiled | ActOnCase


def hears(cards: Cards, findings: Findings) -> Hears:
    """The one consumer of supervision."""

    async def apply(connection: Connection, records: Sequence[Recorded]) -> list[Effect]:
        heard = [(record, READER.read(record)) for record in records]
        effects = [_card(cards, record, fact) for record, fact in heard if isinstance(fact, YellowOrRed)]
        return effects + await _findings(
            connection, findings, [(record, fact) for record, fact in heard if not isinstance(fact, YellowOrRed)]
        )

    return Hears(name=NAME, reader=READER, apply=apply)


def _card(cards: Cards, record: Recorded, rung: YellowOrRed) -> Effect:
    _, (command,) = rungs.react(None, rung, f"{record.source}#{record.epoch}#{record.sequence}")
    return Effect(record, record.node, cards.intent(card.card_of(command), command, actor=ACTOR, correlation=rung.case))


async def _findings(connection: Connection, findings: Findings, heard: Sequence[tuple[Recorded, OfCase]]) -> list[Effect]:
    before = await remembered(connection, sorted({fact.case for _, fact in heard}))
    after, effects = dict(before), list[Effect]()
    for record, fact in heard:
        told = HeardAct(fact=fact, source=record.source, epoch=record.epoch, sequence=record.sequence)
        after[fact.case], commands = acts.react(after[fact.case], told)
        effects += [_finding(findings, record, command) for command in commands]
    await remember(connection, before, after)
    return effects


def _finding(findings: Findings, record: Recorded, command: RaiseFinding) -> Effect:
    intent = findings.intent(finding.finding_of(command), command, actor=ACTOR, correlation=command.case)
    return Effect(record, record.node, intent)
