"""What a case's facts do to its clocks: which begin, stop, go on, grow and end (domain.md, "deadline"; facts: `liandong.intake.*`).

Which clocks of a case run is kept in rows that commit with the cursor; the commands are harmless when they come again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, assert_never

from libs.bus import Effect, Hears
from libs.eventlog import Subject
from libs.views import Connection
from libs.wire import Recorded
from services.deadline.clock_commands import ACTOR, Cancel, Command, End, Extend, Resume, Start, Stop
from services.deadline.clock_state import Clock
from services.deadline.events import Budget, ClockKind, Event, Unit
from services.deadline.inbox_facts import (
    TYPES,
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseFiled,
    CaseNotAccepted,
    CaseWithdrawn,
    ClocksResumed,
    ClocksSuspended,
    CorrectionsRequested,
    CorrectionsReturned,
    Fact,
    LimitExtended,
    ResultDelivered,
    StepDone,
    StepStarted,
    read,
)
from services.deadline.views import CONSUMER, HeardCase, keep_cases, known_cases

STOPPED: Final = frozenset({ClockKind.STATUTORY, ClockKind.PROMISED, ClockKind.STEP})
"""The clocks that a procedure of Art. 45 stops. Corrections, site visits, public notice and waiting for the upper level stop none."""
ARTICLES: Final = {
    ClockKind.CORRECTION: "行政许可法第三十二条第一款第四项",
    ClockKind.STATUTORY: "行政许可法第四十二条",
    ClockKind.PROMISED: "实施办法承诺时限（P-promised-limit）",
    ClockKind.STEP: "实施办法环节时限（P-step-limit）",
    ClockKind.DELIVERY: "行政许可法第四十四条",
}
SILENCE_AFTER_RETURN: Final = "补正材料收到后五日内未告知的，视为受理（P-silence-after-return）"
IMPORTED_INSTANT: Final = "导入的办件记录所给的时刻（P-imported-acts）"

Clocks = Subject[Command, Clock, Event]
Asked = Iterator[tuple[str, Command]]
"""Which clock of the case (its name behind the case number), and what is asked of it."""


def hears(clocks: Clocks) -> Hears:
    """The one consumer of the deadline service."""

    async def apply(connection: Connection, records: Sequence[Recorded]) -> list[Effect]:
        facts = [(record, read(record)) for record in records]
        known = await known_cases(connection, sorted({fact.case for _, fact in facts}))
        before = {name: case.mark for name, case in known.items()}
        effects: list[Effect] = []
        for record, fact in facts:
            if isinstance(fact, CaseFiled):
                known[fact.case] = filed(record, fact)
            if (case := known.get(fact.case)) is None:
                raise LookupError(f"{fact.case} was never filed, as far as was heard")
            for name, command in follow(case, fact, Cause(record)):
                stream = stream_of(fact.case, name)
                effects.append(Effect(record, record.node, clocks.act(stream, command, actor=ACTOR)))
        await keep_cases(connection, [case for name, case in sorted(known.items()) if case.mark != before.get(name)])
        return effects

    return Hears(name=CONSUMER, services=("intake",), types=TYPES, apply=apply)


def stream_of(case: str, name: str) -> str:
    """The stream of a case's clock, which is also the clock's identity."""
    return f"clock:{case}:{name}"


def filed(record: Recorded, fact: CaseFiled) -> HeardCase:
    """What is remembered of a case from its filing on."""
    limits = fact.pinned
    return HeardCase(
        case=fact.case,
        node=record.node,
        officer=fact.officer,
        statutory_days=limits.statutory_days,
        promised_days=limits.promised_days,
        delivery_days=limits.delivery_days,
        correction_days=limits.correction_days,
        timeline=fact.instants.timeline if fact.instants else "",
    )


class Cause:
    """The fact a command follows from."""

    def __init__(self, record: Recorded) -> None:
        self.node = record.node
        self.trigger = f"{record.source}#{record.epoch}#{record.sequence}"


def follow(case: HeardCase, fact: Fact, cause: Cause) -> Asked:
    """The commands that follow from a fact; `case` is brought up to it. Imported facts start no correction, step or delivery clock."""
    match fact:
        case CaseFiled():
            yield from _filed(case, fact, cause)
        case CorrectionsRequested():
            yield from _end(case, fact, cause, ClockKind.CORRECTION)
        case CorrectionsReturned():
            yield from _cancel(case, fact, cause, ClockKind.CORRECTION)
            if not fact.imported:
                yield _correction(case, fact, cause, SILENCE_AFTER_RETURN)
        case CaseAccepted():
            yield from _accepted(case, fact, cause)
        case CaseNotAccepted() | CaseWithdrawn():
            yield from _cancel(case, fact, cause, *ClockKind)
        case StepStarted():
            yield from _step(case, fact, cause)
        case StepDone(number=number):
            yield from _end(case, fact, cause, ClockKind.STEP, number=number)
        case ClocksSuspended() | ClocksResumed():
            yield from _art_45(case, fact, cause)
        case LimitExtended(days=days, moves_promise=moves):
            longer = Extend(budget=_working_days(days), trigger=cause.trigger, at=fact.at)
            kinds = (ClockKind.STATUTORY, ClockKind.PROMISED) if moves else (ClockKind.STATUTORY,)
            yield from ((name, longer) for name in case.open(*kinds))
        case CaseDecided():
            yield from _end(case, fact, cause, *ClockKind)
            if not fact.imported:
                yield _start(case, "delivery", fact, cause, _working_days(case.delivery_days), since=fact.at)
        case ResultDelivered() | CaseClosed():
            yield from _end(case, fact, cause, *(ClockKind if isinstance(fact, CaseClosed) else (ClockKind.DELIVERY,)))
        case _:
            assert_never(fact)


def _working_days(n: int) -> Budget:
    return Budget(unit=Unit.WORKING_DAYS, n=n)


def _start(
    case: HeardCase,
    name: str,
    fact: Fact,
    cause: Cause,
    budget: Budget,
    *,
    since: datetime,
    officer: str = "",
    label: str = "",
    article: str = "",
) -> tuple[str, Start]:
    case.opened.append(name)
    kind = HeardCase.kind(name)
    return name, Start(
        clock=stream_of(case.case, name),
        case=case.case,
        kind=kind,
        node=cause.node,
        officer=officer or fact.officer,
        budget=budget,
        trigger=cause.trigger,
        article=article or ARTICLES[kind],
        start=since,
        at=fact.at,
        label=label,
        timeline=case.timeline if budget.unit is Unit.UNTIL else "",
        imported=fact.imported,
    )


def _correction(case: HeardCase, fact: Fact, cause: Cause, article: str = "") -> tuple[str, Start]:
    case.corrections += 1
    name = "correction" if case.corrections == 1 else f"correction:{case.corrections}"
    return _start(case, name, fact, cause, _working_days(case.correction_days), since=fact.at, article=article)


def _filed(case: HeardCase, fact: CaseFiled, cause: Cause) -> Asked:
    if not fact.imported:
        yield _correction(case, fact, cause)
    if fact.instants is not None:
        for name, until in (("statutory", fact.instants.statutory), ("promised", fact.instants.promised)):
            if until is not None:
                budget = Budget(unit=Unit.UNTIL, until=until)
                yield _start(case, name, fact, cause, budget, since=fact.at, article=IMPORTED_INSTANT)


def _accepted(case: HeardCase, fact: CaseAccepted, cause: Cause) -> Asked:
    """Limits run from `effective`; where the machine accepted, the officer who filed answers for them."""
    yield from _end(case, fact, cause, ClockKind.CORRECTION)
    if case.timeline:
        return
    officer = case.officer if fact.by == "silence" else fact.officer
    for name, days in (("statutory", case.statutory_days), ("promised", case.promised_days)):
        yield _start(case, name, fact, cause, _working_days(days), since=fact.effective, officer=officer)


def _step(case: HeardCase, fact: StepStarted, cause: Cause) -> Asked:
    if fact.imported or fact.limit_days is None:
        return
    yield _start(case, f"step:{fact.number}", fact, cause, _working_days(fact.limit_days), since=fact.at, label=fact.name)
    if case.stopped_from is not None:
        stop = Stop(reason=case.stopped_by, first=case.stopped_from, trigger=cause.trigger, at=fact.at)
        yield case.opened[-1], stop


def _art_45(case: HeardCase, fact: ClocksSuspended | ClocksResumed, cause: Cause) -> Asked:
    command: Command
    if isinstance(fact, ClocksSuspended):
        case.stopped_from, case.stopped_by = fact.first, fact.reason
        command = Stop(reason=fact.reason, first=fact.first, trigger=cause.trigger, at=fact.at)
    else:
        case.stopped_from, case.stopped_by = None, ""
        command = Resume(last=fact.last, trigger=cause.trigger, at=fact.at)
    yield from ((name, command) for name in case.open(*STOPPED))


def _end(case: HeardCase, fact: Fact, cause: Cause, *kinds: ClockKind, number: int | None = None) -> Asked:
    names = [name for name in case.open(*kinds) if number is None or name == f"step:{number}"]
    case.close(names)
    yield from ((name, End(trigger=cause.trigger, at=fact.at, imported=fact.imported)) for name in names)


def _cancel(case: HeardCase, fact: Fact, cause: Cause, *kinds: ClockKind) -> Asked:
    names = case.open(*kinds)
    case.close(names)
    yield from ((name, Cancel(trigger=cause.trigger, at=fact.at, imported=fact.imported)) for name in names)
