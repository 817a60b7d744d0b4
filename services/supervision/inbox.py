"""What supervision hears: rungs (`liandong.deadline.*`) become cards, acts on cases (`liandong.intake.*`) are remembered and looked through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from libs.bus import Effect, Hears
from libs.eventlog import Subject
from libs.views import Connection
from libs.wire import Recorded
from services.supervision.card import IssueCard, card_of
from services.supervision.events import CardIssued, Colour, FindingRaised
from services.supervision.finding import DETECTORS, CaseFact, Deed, RaiseFinding, finding_of
from services.supervision.views import HeardFact, keep_cases, keep_facts, known_facts

NAME: Final = "supervision"
ACTOR: Final = "system:supervision"
RUNGS: Final = {"liandong.deadline.ClockYellow.v1": Colour.YELLOW, "liandong.deadline.ClockRed.v1": Colour.RED}
FILED: Final = "liandong.intake.CaseFiled.v1"
ACTS: Final[Mapping[str, Deed]] = {
    "liandong.intake.CorrectionsRequested.v1": Deed.ACT,
    "liandong.intake.CorrectionsReturned.v1": Deed.ACT,
    "liandong.intake.CaseAccepted.v1": Deed.ACT,
    "liandong.intake.CaseNotAccepted.v1": Deed.ACT,
    "liandong.intake.StepStarted.v1": Deed.ACT,
    "liandong.intake.StepDone.v1": Deed.ACT,
    "liandong.intake.ClocksSuspended.v1": Deed.ACT,
    "liandong.intake.ClocksResumed.v1": Deed.ACT,
    "liandong.intake.LimitExtended.v1": Deed.ACT,
    "liandong.intake.CaseExamined.v1": Deed.EXAMINE,
    "liandong.intake.CaseApproved.v1": Deed.APPROVE,
    "liandong.intake.CaseDecided.v1": Deed.ACT,
    "liandong.intake.ResultDelivered.v1": Deed.ACT,
    "liandong.intake.CaseWithdrawn.v1": Deed.ACT,
    "liandong.intake.CaseClosed.v1": Deed.END,
}
"""What is remembered. The filing is no act on a case: a record that begins after its end is odd, not worked on afterwards."""

Cards = Subject[IssueCard, CardIssued | None, CardIssued]
Findings = Subject[RaiseFinding, FindingRaised | None, FindingRaised]


class Rung(msgspec.Struct, frozen=True):
    """A yellow or red clock; a yellow one is never overdue."""

    clock: str
    case: str
    kind: str
    node: str
    officer: str
    generation: int
    due_at: datetime
    at: datetime
    overdue: int = 0
    imported: bool = False


class Act(msgspec.Struct, frozen=True):
    """An act on a case; `role` is a step's."""

    case: str
    officer: str
    at: datetime
    role: str = ""
    imported: bool = False


class Instants(msgspec.Struct, frozen=True):
    timeline: str


class Filed(msgspec.Struct, frozen=True):
    """A case began; `instants` names the virtual time of an imported log."""

    case: str
    instants: Instants | None = None


_RUNG: Final = msgspec.json.Decoder(Rung)
_ACT: Final = msgspec.json.Decoder(Act)
_FILED: Final = msgspec.json.Decoder(Filed)


def hears(cards: Cards, findings: Findings) -> Hears:
    """The one consumer of supervision."""

    async def apply(connection: Connection, records: Sequence[Recorded]) -> list[Effect]:
        effects = [_card(cards, record) for record in records if record.type in RUNGS]
        filed = [_opened(record) for record in records if record.type == FILED]
        if filed:
            await keep_cases(connection, filed)
        acts = [(record, _heard(record)) for record in records if record.type in ACTS]
        if acts:
            known = await known_facts(connection, sorted({act.case for _, act in acts}))
            await keep_facts(connection, [act for _, act in acts])
            effects.extend(_finding(findings, record, command) for record, command in found(known, acts))
        return effects

    types = frozenset({FILED, *RUNGS, *ACTS})
    return Hears(name=NAME, services=("intake", "deadline"), types=types, apply=apply)


def found(known: Mapping[str, Sequence[HeardFact]], acts: Sequence[tuple[Recorded, HeardFact]]) -> Iterator[tuple[Recorded, RaiseFinding]]:
    """What the detectors see in new acts that they did not see before them, with the act in which it became visible."""
    fresh: dict[str, list[tuple[Recorded, HeardFact]]] = {}
    for record, act in acts:
        fresh.setdefault(act.case, []).append((record, act))
    for case, new in fresh.items():
        before = known.get(case, ())
        facts = [_fact(act) for act in (*before, *(act for _, act in new))]
        for detector, detect in DETECTORS.items():
            seen = detect(facts)
            if seen is not None and seen.place >= len(before):
                record = new[seen.place - len(before)][0]
                yield record, RaiseFinding(case=case, detector=detector, node=record.node, seen=seen)


def _fact(heard: HeardFact) -> CaseFact:
    return CaseFact(
        deed=Deed(heard.deed),
        officer=heard.officer,
        at=heard.at,
        evidence=f"{heard.source}#{heard.epoch}#{heard.sequence}",
        imported=heard.imported,
    )


def _opened(record: Recorded) -> tuple[str, str, str]:
    filed = _FILED.decode(record.data)
    return filed.case, record.node, filed.instants.timeline if filed.instants else ""


def _heard(record: Recorded) -> HeardFact:
    act = _ACT.decode(record.data)
    deed = Deed(act.role) if act.role in ("examine", "approve") and record.type == "liandong.intake.StepDone.v1" else ACTS[record.type]
    return HeardFact(act.case, record.epoch, record.sequence, record.source, deed.value, act.officer, act.at, act.imported)


def _card(cards: Cards, record: Recorded) -> Effect:
    rung, colour = _RUNG.decode(record.data), RUNGS[record.type]
    command = IssueCard(
        case=rung.case,
        colour=colour,
        clock=rung.clock,
        clock_kind=rung.kind,
        node=rung.node,
        officer=rung.officer,
        generation=rung.generation,
        overdue=rung.overdue,
        due_at=rung.due_at,
        evidence=f"{record.source}#{record.epoch}#{record.sequence}",
        at=rung.at,
        imported=rung.imported,
    )
    card = card_of(rung.clock, colour, rung.generation, rung.overdue)
    return Effect(record, record.node, cards.act(card, command, actor=ACTOR, correlation=rung.case))


def _finding(findings: Findings, record: Recorded, command: RaiseFinding) -> Effect:
    finding = finding_of(command.detector, command.case)
    return Effect(record, record.node, findings.act(finding, command, actor=ACTOR, correlation=command.case))
