"""What each fact of a case does to its clocks: which it ends, cancels, stops, lets go on, extends and starts (docs/clocks.md).

`TRIGGERS` is the table. `react` reads it: from what is remembered of a case and a fact to what is remembered then, and the commands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from libs.decider import record
from services.deadline.clock import Command
from services.deadline.clock.art45 import ResumeClock, StopClock
from services.deadline.clock.ending import CancelClock, EndClock
from services.deadline.clock.extending import ExtendClock
from services.deadline.clock.heard import (
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
    FactOfCase,
    FactOfHolding,
    LimitExtended,
    PinnedLimits,
    ResultDelivered,
    StepDone,
    StepFellDue,
    StepHandedOver,
    StepSentBack,
    StepStarted,
)
from services.deadline.clock.holding import Holdings, held_after
from services.deadline.clock.starting import StartClock, clock_of, kind_of, node_of_case
from services.deadline.events import ClockKind, LimitBudget, Unit

CORRECTION, STATUTORY, PROMISED, STEP, DELIVERY = ClockKind
STOPPED_BY_ART_45: Final = frozenset({STATUTORY, PROMISED, STEP})
"""The clocks that a procedure of Art. 45 stops where they run. Corrections, site visits, public notice and waiting for the upper level stop
none. Of the clocks that begin while a procedure runs it stops those of steps alone."""
NEVER_IMPORTED: Final = frozenset({CORRECTION, STEP, DELIVERY})
"""The clocks that an imported fact does not start: nobody is carded for the time before a case came."""
ARTICLES: Final = {
    CORRECTION: "行政许可法第三十二条第一款第四项",
    STATUTORY: "行政许可法第四十二条",
    PROMISED: "实施办法承诺时限（P-promised-limit）",
    STEP: "实施办法环节时限（P-step-limit）",
    DELIVERY: "行政许可法第四十四条",
}
SILENCE_AFTER_RETURN: Final = "补正材料收到后五日内未告知的，视为受理（P-silence-after-return）"
IMPORTED_INSTANT: Final = "导入的办件记录所给的时刻（P-imported-acts）"


@record
class OpenStop:
    """A procedure of Art. 45 that runs in a case: the clocks of steps that begin meanwhile are stopped by it too."""

    reason: str
    first: date


@record
class KnownCase:
    """What is remembered of a case. `running` are its clocks by their names behind the case number; `corrections` were begun so far; `came`:
    when an imported one came here.
    """

    case: str
    limits: PinnedLimits
    timeline: str = ""
    running: tuple[str, ...] = ()
    corrections: int = 0
    stop: OpenStop | None = None
    holdings: Holdings = ()
    came: datetime | None = None

    def of(self, kinds: Collection[ClockKind]) -> list[str]:
        """The running clocks of these kinds, by their names."""
        return [name for name in self.running if kind_of(name) in kinds]


@record
class NewLimit:
    """A limit that a fact sets running from `since`. `post` and `officer`: whom it addresses, where it is no clock of who holds the step;
    `article` empty: the one of the kind in `ARTICLES`.
    """

    name: str
    budget: LimitBudget
    since: datetime
    post: str = ""
    officer: str = ""
    article: str = ""
    label: str = ""


Commands = Sequence[tuple[str, Command]]
"""Which clock, by its stream, and what is asked of it."""


def _working_days(n: int) -> LimitBudget:
    return LimitBudget(unit=Unit.WORKING_DAYS, n=n)


# --- what a fact starts -----------------------------------------------------------------------------------------------------------


def at_filing(known: KnownCase, fact: CaseFiled) -> Iterable[NewLimit]:
    """At the filing: the limit for the correction notice, and the instants that an imported log gives as limits."""
    yield _correction(known, fact)
    if fact.instants is not None:
        for name, until in (("statutory", fact.instants.statutory), ("promised", fact.instants.promised)):
            if until is not None:
                yield NewLimit(name=name, budget=LimitBudget(unit=Unit.UNTIL, until=until), since=fact.at, article=IMPORTED_INSTANT)


def after_return(known: KnownCase, fact: CorrectionsReturned) -> Iterable[NewLimit]:
    """At an incomplete return: the limit for the correction notice anew, from the return; who took the return answers for it."""
    yield replace(_correction(known, fact), article=SILENCE_AFTER_RETURN)


def _correction(known: KnownCase, fact: CaseFiled | CorrectionsReturned) -> NewLimit:
    name = f"correction:{known.corrections + 1}" if known.corrections else "correction"
    return NewLimit(name=name, budget=_working_days(known.limits.correction_days), since=fact.at, officer=fact.officer)


def at_acceptance(known: KnownCase, fact: CaseAccepted) -> Iterable[NewLimit]:
    """At acceptance: statutory and promised limit from `effective`, unless an imported log gave instants for them."""
    if known.timeline:
        return
    for name, days in (("statutory", known.limits.statutory_days), ("promised", known.limits.promised_days)):
        yield NewLimit(name=name, budget=_working_days(days), since=fact.effective)


def of_step(_known: KnownCase, fact: StepFellDue) -> Iterable[NewLimit]:
    """When a step falls due: its own limit, if it has one, whether anybody takes the step up or not."""
    if fact.limit_days is not None:
        yield NewLimit(name=f"step:{fact.number}", budget=_working_days(fact.limit_days), since=fact.at, label=fact.name)


def at_decision(known: KnownCase, fact: CaseDecided) -> Iterable[NewLimit]:
    """At the decision: the limit for handing the result over, for which the department answers."""
    yield NewLimit(name="delivery", budget=_working_days(known.limits.delivery_days), since=fact.at)


# --- what a fact does to clocks ---------------------------------------------------------------------------------------------------

Doing = Callable[[KnownCase, Any, str], tuple[KnownCase, Commands]]
"""From what is known, a fact and its name as a trigger (source#epoch#number) to what is known then, and the commands."""


def starts(limits: Callable[[KnownCase, Any], Iterable[NewLimit]]) -> Doing:
    """A doing that sets running the limits that `limits` gives for a fact."""

    def begun(known: KnownCase, fact: FactOfCase, trigger: str) -> tuple[KnownCase, Commands]:
        begin = [limit for limit in limits(known, fact) if not (fact.imported and kind_of(limit.name) in NEVER_IMPORTED)]
        commands = [command for limit in begin for command in _begin(known, limit, fact, trigger)]
        corrections = known.corrections + sum(kind_of(limit.name) is CORRECTION for limit in begin)
        return replace(known, running=(*known.running, *(limit.name for limit in begin)), corrections=corrections), commands

    return begun


def _begin(known: KnownCase, limit: NewLimit, fact: FactOfCase, trigger: str) -> Commands:
    """Starts the clock; that of a step which begins while a procedure of Art. 45 runs is stopped at once."""
    kind, clock, department = kind_of(limit.name), clock_of(known.case, limit.name), known.limits.department
    start = StartClock(
        clock=clock,
        case=known.case,
        kind=kind,
        node=node_of_case(known.case),
        department=department.name if department else "",
        department_uscc=department.uscc if department else "",
        post=limit.post,
        officer=limit.officer,
        budget=limit.budget,
        trigger=trigger,
        article=limit.article or ARTICLES[kind],
        start=limit.since,
        at=fact.at,
        label=limit.label,
        timeline=known.timeline if limit.budget.unit is Unit.UNTIL else "",
        imported=fact.imported,
        came=known.came,
    )
    if known.stop is None or kind is not STEP:
        return [(clock, start)]
    return [(clock, start), (clock, StopClock(reason=known.stop.reason, first=known.stop.first, trigger=trigger, at=fact.at))]


def ends(*kinds: ClockKind) -> Doing:
    """A doing that ends the running clocks of these kinds: what they measured is done."""

    def ended(known: KnownCase, fact: FactOfCase, trigger: str) -> tuple[KnownCase, Commands]:
        return _over(known, known.of(kinds), EndClock(trigger=trigger, at=fact.at, imported=fact.imported))

    return ended


def holds(known: KnownCase, fact: FactOfHolding, _trigger: str) -> tuple[KnownCase, Commands]:
    """The step is with another post, or in other hands, or in none. What an imported record says of it addresses nothing to anybody here."""
    return (known if fact.imported else replace(known, holdings=held_after(known.holdings, fact))), ()


def ends_step(known: KnownCase, fact: StepDone, trigger: str) -> tuple[KnownCase, Commands]:
    """Ends the clock of the step of this number, if it runs."""
    return _over(known, _of_step(known, fact.number), EndClock(trigger=trigger, at=fact.at, imported=fact.imported))


def cancels_step(known: KnownCase, fact: StepSentBack, trigger: str) -> tuple[KnownCase, Commands]:
    """Cancels the clock of the step of this number, if it runs: it was given up."""
    return _over(known, _of_step(known, fact.number), CancelClock(trigger=trigger, at=fact.at, imported=fact.imported))


def _of_step(known: KnownCase, number: int) -> list[str]:
    return [name for name in known.running if name == f"step:{number}"]


def cancels(*kinds: ClockKind) -> Doing:
    """A doing that cancels the running clocks of these kinds: what they measured will not happen."""

    def cancelled(known: KnownCase, fact: FactOfCase, trigger: str) -> tuple[KnownCase, Commands]:
        return _over(known, known.of(kinds), CancelClock(trigger=trigger, at=fact.at, imported=fact.imported))

    return cancelled


def stops(known: KnownCase, fact: ClocksSuspended, trigger: str) -> tuple[KnownCase, Commands]:
    """A procedure of Art. 45 stops the clocks it can stop, and those of steps that begin while it runs."""
    stop = StopClock(reason=fact.reason, first=fact.first, trigger=trigger, at=fact.at)
    return replace(known, stop=OpenStop(reason=fact.reason, first=fact.first)), _to(known, known.of(STOPPED_BY_ART_45), stop)


def resumes(known: KnownCase, fact: ClocksResumed, trigger: str) -> tuple[KnownCase, Commands]:
    """The procedure of Art. 45 is over: the clocks it stopped go on."""
    return replace(known, stop=None), _to(known, known.of(STOPPED_BY_ART_45), ResumeClock(last=fact.last, trigger=trigger, at=fact.at))


def extends(known: KnownCase, fact: LimitExtended, trigger: str) -> tuple[KnownCase, Commands]:
    """Extends the statutory clock; the promised one too, if the procedure says so."""
    kinds = (STATUTORY, PROMISED) if fact.moves_promise else (STATUTORY,)
    return known, _to(known, known.of(kinds), ExtendClock(budget=_working_days(fact.days), trigger=trigger, at=fact.at))


def _over(known: KnownCase, names: Sequence[str], command: Command) -> tuple[KnownCase, Commands]:
    return replace(known, running=tuple(name for name in known.running if name not in names)), _to(known, names, command)


def _to(known: KnownCase, names: Iterable[str], command: Command) -> Commands:
    return [(clock_of(known.case, name), command) for name in names]


# --- the table --------------------------------------------------------------------------------------------------------------------

TRIGGERS: Final[Mapping[type[FactOfCase], Sequence[Doing]]] = {
    CaseFiled: (starts(at_filing),),
    CorrectionsRequested: (ends(CORRECTION),),
    CorrectionsReturned: (cancels(CORRECTION), starts(after_return)),
    CaseAccepted: (ends(CORRECTION), starts(at_acceptance)),
    CaseNotAccepted: (cancels(*ClockKind),),
    CaseWithdrawn: (cancels(*ClockKind),),
    StepFellDue: (holds, starts(of_step)),
    StepStarted: (holds,),
    StepHandedOver: (holds,),
    StepDone: (holds, ends_step),
    StepSentBack: (holds, cancels_step),
    ClocksSuspended: (stops,),
    ClocksResumed: (resumes,),
    LimitExtended: (extends,),
    CaseDecided: (ends(*ClockKind), starts(at_decision)),
    ResultDelivered: (ends(DELIVERY),),
    CaseClosed: (ends(*ClockKind),),
}


def react(remembered: KnownCase | None, fact: FactOfCase, name: str) -> tuple[KnownCase, Commands]:
    """What is remembered of the case after `fact`, whose name is `name` (source#epoch#number), and which clock, by its stream, is asked what.

    Raises `LookupError` for a case that was never filed, as far as was heard.
    """
    if isinstance(fact, CaseFiled):
        timeline = fact.instants.timeline if fact.instants else ""
        remembered = KnownCase(case=fact.case, limits=fact.pinned, timeline=timeline, came=fact.came)
    if remembered is None:
        raise LookupError(f"{fact.case} was never filed, as far as was heard")
    commands: list[tuple[str, Command]] = []
    for doing in TRIGGERS[type(fact)]:
        remembered, more = doing(remembered, fact, name)
        commands.extend(more)
    return remembered, [(clock, replace(command, holdings=remembered.holdings)) for clock, command in commands]
