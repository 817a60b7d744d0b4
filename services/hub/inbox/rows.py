"""Verified events → rows of the city's views: a batch folded in memory, before anything is written.

What the city does not know is passed over; what it knows and cannot show is named, never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from libs.contracts import phases
from libs.wire import Malformed, Recorded
from services.hub.inbox import facts as f
from services.hub.views import CityCard, CityClock, CityFinding, Folded

PHASES: Final = phases()
COUNTED: Final[Mapping[type[f.OfCase], str]] = {f.CaseFiled: "filed", f.CaseAccepted: "accepted", f.CaseDecided: "decided"}
"""Counted by the day of the fact. Finished cases are counted where rows are written: only there it is known whether an end is the first."""


class NotShown(Exception):
    """A verified event the city cannot show: archived, in its case's timeline, and reported."""


def fold(events: Sequence[Recorded]) -> Folded:
    """The batch as rows; in `not_shown` each event that is known and cannot be shown, with the reason."""
    folded = Folded()
    for event in events:
        family, _, version = event.type.rpartition(".v")
        if (handler := SHOWS.get(family)) is None:
            continue
        try:
            handler(folded, event, _read(event, version))
        except (NotShown, Malformed) as error:
            folded.not_shown.append((event, str(error)))
    return folded


def _read(event: Recorded, version: str) -> Any:
    if version != "1":
        raise NotShown(f"{event.type} 比本版本新")
    if not 1900 < event.time.year < 9000:
        raise NotShown("时间不在日历可用的范围内")
    fact = f.READER.read(event)
    if not fact.case:
        raise NotShown("没有办件编号")
    return fact


def _moved(folded: Folded, event: Recorded, fact: f.OfCase) -> None:
    """Puts the case where a fact of intake leaves it."""
    kind, row = type(fact), folded.case(event.node, fact.case)
    row.phase = PHASES.after(row.phase or "", kind.__name__) or None
    row.suspensions = PHASES.suspensions(row.suspensions, kind.__name__, fact.number if isinstance(fact, f.OfSuspension) else 0)
    if kind in COUNTED:
        folded.count(row, COUNTED[kind], event.time)
    if row.phase is not None and PHASES.ended(row.phase):
        row.finished_at = row.finished_at or event.time


def _filed(folded: Folded, event: Recorded, fact: f.CaseFiled) -> None:
    _moved(folded, event, fact)
    row = folded.case(event.node, fact.case)
    row.item, row.item_name, row.filed_at, row.imported = fact.pinned.item, fact.pinned.item_name, event.time, fact.imported
    row.ref, row.timeline = fact.ref or None, fact.instants.timeline if fact.instants else None


def _decided(folded: Folded, event: Recorded, fact: f.CaseDecided) -> None:
    _moved(folded, event, fact)
    folded.case(event.node, fact.case).decided_at = event.time


def _closed(folded: Folded, event: Recorded, fact: f.CaseClosed) -> None:
    _moved(folded, event, fact)
    folded.case(event.node, fact.case).closed_at = event.time


def _clock(folded: Folded, event: Recorded, fact: f.OfClock) -> CityClock:
    if not fact.clock:
        raise NotShown("时限没有编号")
    return folded.clocks.setdefault((event.node, fact.clock), CityClock(event.node, fact.clock, fact.case))


def _started(folded: Folded, event: Recorded, fact: f.ClockStarted) -> None:
    row = _due(folded, event, fact)
    row.kind, row.label = fact.kind, fact.label


def _due(folded: Folded, event: Recorded, fact: f.ClockStarted | f.ClockStopped | f.ClockResumed | f.ClockExtended) -> CityClock:
    row = _clock(folded, event, fact)
    row.due_at = fact.due_at
    folded.moved.add((row.node, row.clock))
    return row


def _warned(folded: Folded, event: Recorded, fact: f.ClockYellow | f.ClockRed) -> None:
    clock, case, red = _clock(folded, event, fact), folded.case(event.node, fact.case), isinstance(fact, f.ClockRed)
    clock.kind, clock.yellow, clock.red = fact.kind, True, clock.red or red
    case.yellow = case.yellow or fact.kind == "promised"
    case.red = case.red or (red and fact.kind == "promised")
    case.statutory_red = case.statutory_red or (red and fact.kind == "statutory")


def _over(folded: Folded, event: Recorded, fact: f.ClockEnded | f.ClockCancelled) -> None:
    row = _clock(folded, event, fact)
    row.kind, row.ended = fact.kind, True


def _card(folded: Folded, event: Recorded, fact: f.CardIssued) -> None:
    if not fact.card:
        raise NotShown("牌没有编号")
    folded.count(folded.case(event.node, fact.case), fact.colour, event.time)
    said = (fact.colour, fact.clock_kind, fact.department, fact.post, fact.officer, fact.due_at)
    folded.cards.append(CityCard(fact.card, event.node, fact.case, *said, event.time, fact.imported))


def _finding(folded: Folded, event: Recorded, fact: f.FindingRaised) -> None:
    if not fact.finding or not fact.detector:
        raise NotShown("发现没有编号或规则")
    folded.findings.append(CityFinding(fact.finding, event.node, fact.case, fact.detector, fact.rule_version, event.time, fact.evidence))


_OWN: Final[Mapping[type[f.OfCase], Callable[[Folded, Recorded, Any], object]]] = {
    f.CaseFiled: _filed,
    f.CaseDecided: _decided,
    f.CaseClosed: _closed,
    f.ClockStarted: _started,
    f.ClockStopped: _due,
    f.ClockResumed: _due,
    f.ClockExtended: _due,
    f.ClockYellow: _warned,
    f.ClockRed: _warned,
    f.ClockEnded: _over,
    f.ClockCancelled: _over,
    f.CardIssued: _card,
    f.FindingRaised: _finding,
}
SHOWS: Final = {kind.rpartition(".v")[0]: _OWN.get(model, _moved) for kind, model in f.READER.models.items()}
"""Type without its version → what it does to the rows; a fact of a case that has nothing of its own moves its case."""
