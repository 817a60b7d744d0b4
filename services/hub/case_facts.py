"""Verified events → what they say of cases, days, clocks, cards and findings: a batch folded in memory, before anything is written.

The city reads the few fields it shows. What it knows and cannot show is named, never passed over in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec

from libs.wire import Recorded

CHINA: Final = timedelta(hours=8)
PHASES: Final[Mapping[str, str]] = {
    "CaseFiled": "filed",
    "CorrectionsRequested": "correcting",
    "CorrectionsReturned": "filed",
    "CaseAccepted": "accepted",
    "CaseNotAccepted": "not-accepted",
    "ClocksSuspended": "suspended",
    "ClocksResumed": "accepted",
    "CaseExamined": "examined",
    "CaseApproved": "approved",
    "CaseDecided": "decided",
    "ResultDelivered": "delivered",
    "CaseWithdrawn": "withdrawn",
    "CaseClosed": "closed",
}
COUNTED: Final[Mapping[str, str]] = {
    "CaseFiled": "filed",
    "CaseAccepted": "accepted",
    "CaseNotAccepted": "ended",
    "CaseWithdrawn": "ended",
    "CaseDecided": "decided",
    "CaseClosed": "closed",
}


ENDS: Final = frozenset({"CaseNotAccepted", "CaseWithdrawn", "CaseClosed"})
"""With any of them a case is open no more."""
MOVES: Final = frozenset({"ClockStarted", "ClockStopped", "ClockResumed", "ClockExtended"})
CLOCKS: Final = MOVES | {"ClockYellow", "ClockRed", "ClockEnded", "ClockCancelled"}
Key = Annotated[str, msgspec.Meta(max_length=200)]
"""What rows are found by; an index takes no more."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Pinned(msgspec.Struct):
    item: Key
    item_name: str


class _Instants(msgspec.Struct):
    timeline: Key


class Fact(msgspec.Struct):
    """The few fields the city uses of any fact; whatever else a payload has is passed over."""

    case: Key
    pinned: _Pinned | None = None
    instants: _Instants | None = None
    ref: str = ""
    imported: bool = False
    clock: Key = ""
    kind: str = ""
    label: str = ""
    due_at: Moment | None = None
    card: Key = ""
    colour: str = ""
    clock_kind: str = ""
    officer: str = ""
    finding: Key = ""
    detector: str = ""
    evidence: str | tuple[str, ...] = ""


class NotShown(Exception):
    """A verified event the city cannot show: archived, in its case's timeline, and reported."""


@dataclass(slots=True)
class CaseRow:
    """What a batch says of a case; None: nothing."""

    item: str | None = None
    item_name: str | None = None
    phase: str | None = None
    filed_at: datetime | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    ended_at: datetime | None = None
    imported: bool = False
    ref: str | None = None
    timeline: str | None = None
    yellow: bool = False
    red: bool = False
    statutory_red: bool = False


@dataclass(slots=True)
class ClockRow:
    """What a batch says of a clock; `moved`: its due instant was told."""

    number: str
    kind: str
    label: str = ""
    due_at: datetime | None = None
    moved: bool = False
    yellow: bool = False
    red: bool = False
    ended: bool = False


@dataclass(slots=True)
class Folded:
    """A batch, folded. Keys: node, then number or clock."""

    cases: dict[tuple[str, str], CaseRow] = field(default_factory=dict)
    days: Counter[tuple[str, str, str, date]] = field(default_factory=Counter)
    clocks: dict[tuple[str, str], ClockRow] = field(default_factory=dict)
    cards: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[tuple[Any, ...]] = field(default_factory=list)
    not_shown: list[tuple[Recorded, str]] = field(default_factory=list)

    def case(self, event: Recorded, fact: Fact) -> CaseRow:
        key = (event.node, fact.case)
        row = self.cases.get(key)
        if row is None:
            row = self.cases[key] = CaseRow()
        return row

    def count(self, event: Recorded, fact: Fact, kind: str) -> None:
        self.days[(event.node, fact.case, kind, (event.time + CHINA).date())] += 1


def _intake(folded: Folded, event: Recorded, name: str, fact: Fact) -> None:
    if name == "CaseFiled" and fact.pinned is None:
        raise NotShown("收件没有事项")
    row = folded.case(event, fact)
    row.phase = PHASES[name] if row.phase != "closed" else row.phase
    if name in COUNTED:
        folded.count(event, fact, COUNTED[name])
    if name == "CaseFiled" and fact.pinned is not None:
        row.item, row.item_name, row.filed_at, row.imported = fact.pinned.item, fact.pinned.item_name, event.time, fact.imported
        row.ref, row.timeline = fact.ref or None, fact.instants.timeline if fact.instants else None
    elif name == "CaseDecided":
        row.decided_at = event.time
    elif name == "CaseClosed":
        row.closed_at = event.time
    if name in ENDS:
        row.ended_at = row.ended_at or event.time


def _deadline(folded: Folded, event: Recorded, name: str, fact: Fact) -> None:
    kind = fact.kind or fact.clock.rpartition(":")[2]
    if not fact.clock or not kind:
        raise NotShown("时限没有编号或种类")
    row = folded.clocks.setdefault((event.node, fact.clock), ClockRow(fact.case, kind))
    row.label = fact.label or row.label
    if name in MOVES:
        row.due_at, row.moved = fact.due_at, True
    row.ended = row.ended or name in ("ClockEnded", "ClockCancelled")
    if name in ("ClockYellow", "ClockRed"):
        row.yellow, row.red = True, row.red or name == "ClockRed"
        case = folded.case(event, fact)
        case.yellow = case.yellow or kind == "promised"
        case.red = case.red or (kind == "promised" and name == "ClockRed")
        case.statutory_red = case.statutory_red or (kind == "statutory" and name == "ClockRed")


def _card(folded: Folded, event: Recorded, _name: str, fact: Fact) -> None:
    if not fact.card or fact.colour not in ("yellow", "red") or fact.due_at is None:
        raise NotShown("牌没有编号、颜色或期限")
    folded.case(event, fact)
    folded.count(event, fact, fact.colour)
    row = (fact.card, event.node, fact.case, fact.colour, fact.clock_kind, fact.officer, fact.due_at, event.time, fact.imported)
    folded.cards.append(row)


def _finding(folded: Folded, event: Recorded, _name: str, fact: Fact) -> None:
    if not fact.finding or not fact.detector:
        raise NotShown("发现没有编号或规则")
    evidence = list(fact.evidence) if isinstance(fact.evidence, tuple) else [fact.evidence]
    folded.findings.append((fact.finding, event.node, fact.case, fact.detector, event.time, evidence))


Handler = Callable[[Folded, Recorded, str, Fact], None]
SHOWN: Final[Mapping[str, tuple[str, Handler]]] = {
    **{f"liandong.intake.{name}": (name, _intake) for name in PHASES},
    **{f"liandong.deadline.{name}": (name, _deadline) for name in CLOCKS},
    "liandong.supervision.CardIssued": ("CardIssued", _card),
    "liandong.supervision.FindingRaised": ("FindingRaised", _finding),
}
_decode: Final = msgspec.json.Decoder(Fact).decode


def fold(events: Sequence[Recorded]) -> Folded:
    """The batch as rows. What the city does not know is passed over; what it knows and cannot show is named in `not_shown`."""
    folded = Folded()
    for event in events:
        family, _, version = event.type.rpartition(".v")
        found = SHOWN.get(family)
        if found is None:
            continue
        try:
            _show(folded, event, version, *found)
        except (NotShown, msgspec.DecodeError) as error:
            folded.not_shown.append((event, str(error)))
    return folded


def _show(folded: Folded, event: Recorded, version: str, name: str, handler: Handler) -> None:
    if version != "1":
        raise NotShown(f"{event.type} 比本版本新")
    if b"\\u0000" in event.data or not 1900 < event.time.year < 9000:
        raise NotShown("内容含有无法保存的字符或时间")
    fact = _decode(event.data)
    if not fact.case:
        raise NotShown("没有办件编号")
    handler(folded, event, name, fact)
