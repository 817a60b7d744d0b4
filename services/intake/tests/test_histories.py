"""Whole histories: everything that the house can ask of a case, by a few officers, with drawn words, in the order of time (hypothesis)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hypothesis import example, strategies
from hypothesis import given as whenever

from libs.decider import Refused
from services.intake.case import ACTS, CASE, Case, Command, possible, settled
from services.intake.case.acceptance import Accept, DeemAccepted, RefuseAcceptance, deemed_at
from services.intake.case.corrections import RequestCorrections, ReturnCorrections
from services.intake.case.days import day_of
from services.intake.case.decision import Decide
from services.intake.case.delivery import Deliver
from services.intake.case.ending import Close, Withdraw
from services.intake.case.extension import ExtendLimit
from services.intake.case.filing import File
from services.intake.case.finishing import FinishStep, SendBack
from services.intake.case.limit import limit_passed
from services.intake.case.phase import Phase
from services.intake.case.steps import HandOver, StartStep
from services.intake.case.suspension import CallOffSuspension, ResumeClocks, SuspendClocks
from services.intake.events import (
    CaseAccepted,
    CaseApproved,
    CaseDecided,
    CaseEvent,
    CaseExamined,
    CorrectionsRequested,
    CorrectionsReturned,
    LimitExtended,
    Outcome,
    StepDone,
    StepHandedOver,
    StepRole,
    StepStarted,
    Stopper,
    WhyDeclined,
)
from services.intake.tests import stories as s

PEOPLE: Final = ("Ａ-1", "a-1", "A\N{ZERO WIDTH SPACE}-1", "A-2", "B-1", "b-1 ", "B-2")
"""Four people; some of them are written in several ways."""
PAPERS: Final = ("申请书", "平面图", "承诺书 ", "资产评估报告", " ")
CONCLUSIONS: Final = (Outcome.GRANTED, Outcome.REFUSED)
some = strategies.lists(strategies.sampled_from(PAPERS), max_size=4).map(tuple)


class Tried(NamedTuple):
    """What somebody tries, some hours after what was tried before, with the words that it may take. `as_due`: by who holds the step."""

    what: type[Command]
    officer: str = "A-1"
    other: str = "B-1"
    outcome: Outcome = Outcome.GRANTED
    named: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    reasons: str = "另有依据"
    number: int = 1
    days: int = 5
    reason: Stopper = Stopper.INSPECTION
    hours: int = 1
    as_due: bool = True


tried = strategies.builds(
    Tried,
    what=strategies.sampled_from([*(act for act in ACTS if act is not File), *[StartStep, FinishStep] * 6, HandOver, SuspendClocks]),
    officer=strategies.sampled_from(PEOPLE),
    other=strategies.sampled_from(PEOPLE),
    outcome=strategies.sampled_from(CONCLUSIONS),
    named=some,
    waived=some,
    reasons=strategies.sampled_from(["另有依据", "另有依据", "另有依据", "\N{ZERO WIDTH SPACE}"]),
    number=strategies.integers(0, 3),
    days=strategies.integers(-3, 20),
    reason=strategies.sampled_from([Stopper.INSPECTION, Stopper.HEARING]),
    hours=strategies.sampled_from([0, 1, 2, 14, 24, 24, 72, 24 * 7]),
    as_due=strategies.integers(0, 4).map(bool),
)
histories = strategies.lists(tried, min_size=5, max_size=40)
taken_up = histories.map(lambda rest: [Tried(Accept), *rest])


def _about_taking_up(t: Tried, _case: Case, _at: datetime) -> Command:
    match t.what.__name__:
        case "RefuseAcceptance":
            return (
                s.refuse_acceptance()
                if t.as_due
                else replace(s.refuse_acceptance(), reason=WhyDeclined.NOT_REQUIRED, explanation=t.reasons)
            )
        case "RequestCorrections":
            return replace(s.request_corrections(), missing=t.named)
        case "ReturnCorrections":
            return s.return_corrections(*t.named, waived=t.waived, reasons=t.reasons)
        case "Accept":
            return s.accept()
        case _:
            return s.deem_accepted("2007-03-13")


def _about_steps(t: Tried, case: Case, _at: datetime) -> Command:
    steps = case.steps
    bears, name = steps.concluding(steps.place), steps.next.name if steps.next else "核准"
    recommends, outcome = ({role: t.outcome}.get(bears, Outcome.NOT_STATED) for role in (StepRole.EXAMINE, StepRole.APPROVE))
    match t.what.__name__:
        case "StartStep":
            return s.start_step(name if t.as_due else "核准")
        case "HandOver":
            return s.hand_over(t.other, reasons=t.reasons)
        case "FinishStep":
            reasons = t.reasons if bears is StepRole.APPROVE else ""
            return replace(s.finish_step(name, second=t.other), recommends=recommends, outcome=outcome, reasons=reasons)
        case _:
            return s.send_back(reasons=t.reasons)


def _about_limits(t: Tried, _case: Case, at: datetime) -> Command:
    day = day_of(at) + timedelta(t.days)
    match t.what.__name__:
        case "SuspendClocks":
            asked = replace(s.suspend(), reason=t.reason, expected_days=t.number, notice=f"宜水函〔2007〕{t.days}号")
            return replace(asked, first=day, notified=min(day, day_of(at)))
        case "ResumeClocks":
            return replace(s.resume(number=t.number), last=day_of(at) - timedelta(abs(t.days) // 4))
        case "CallOffSuspension":
            return s.call_off(t.number, reasons=t.reasons)
        case _:
            return replace(s.extend(days=t.days, head=t.other), told=day_of(at) - timedelta(t.number))


def _about_the_end(t: Tried, _case: Case, _at: datetime) -> Command:
    match t.what.__name__:
        case "Decide":
            return s.decide(t.outcome, reasons=t.reasons)
        case "Deliver":
            return s.deliver()
        case "Withdraw":
            return s.withdraw()
        case _:
            return s.close()


Making = Callable[[Tried, Case, datetime], Command]
MAKING: Final[dict[type[Command], Making]] = {
    **dict.fromkeys((Accept, RefuseAcceptance, DeemAccepted, RequestCorrections, ReturnCorrections), _about_taking_up),
    **dict.fromkeys((StartStep, HandOver, FinishStep, SendBack), _about_steps),
    **dict.fromkeys((SuspendClocks, ResumeClocks, CallOffSuspension, ExtendLimit), _about_limits),
    **dict.fromkeys((Decide, Deliver, Withdraw, Close), _about_the_end),
}


class Answered(NamedTuple):
    """One thing tried: what the case was before, what was asked, and the facts of it; None: it was refused."""

    before: Case
    command: Command
    facts: tuple[CaseEvent, ...] | None


def tell(trying: list[Tried]) -> Iterator[Answered]:
    """A case just filed, on which everything is tried one after the other."""
    history, at = s.filed(s.REVIEW, s.SITE_VISIT, s.SIGN, s.ISSUE), s.at("2007-03-05")
    for one in trying:
        before, at, facts = CASE.fold(history), at + timedelta(hours=one.hours), None
        holder = before.steps.in_hand.officer if before.steps.in_hand and one.as_due else one.officer
        command = replace(MAKING[one.what](one, before, at), at=at, officer=holder)
        with suppress(Refused):
            facts = tuple(CASE.decide(command, before))
            history.extend(facts)
        yield Answered(before, command, facts)


def facts_of(trying: list[Tried]) -> list[CaseEvent]:
    return [fact for told in tell(trying) for fact in told.facts or ()]


def person(staff: str) -> str:
    """Who is meant, by this test's own reading of a number."""
    return "".join(c for c in unicodedata.normalize("NFKC", staff) if unicodedata.category(c) != "Cf").strip().casefold()


RETURNED_LATE: Final = [
    Tried(RequestCorrections, named=("平面图", "承诺书 ")),
    Tried(ReturnCorrections, named=("承诺书 ",), hours=24),
    Tried(ReturnCorrections, named=("承诺书 ",), hours=24 * 14),
]
TOLD: Final = RETURNED_LATE[:1]
AT_THE_VERY_INSTANT: Final = [Tried(Accept, hours=24 * 7 + 14)]
"""Filed at ten on Monday the 5th: the five days are over when the 13th begins."""
HANDED_ON: Final = [Tried(Accept), Tried(StartStep, "A-1"), Tried(HandOver, other="A-2")]
VISITED: Final = [Tried(StartStep, "B-1"), Tried(FinishStep, other="B-2")]
LATE: Final = [Tried(Accept), Tried(ExtendLimit, "B-1", other="B-2", number=0, days=10, hours=24 * 40), Tried(Withdraw)]


def test_every_act_of_the_house_but_filing_is_tried() -> None:
    assert MAKING.keys() == ACTS.keys() - {File}


@whenever(histories)
@example(RETURNED_LATE)
@example([*TOLD, Tried(ReturnCorrections, named=("申请书",))])
@example([*RETURNED_LATE[:2], Tried(RequestCorrections, named=("平面图", "承诺书"))])
def test_at_most_one_notice_names_anything_new_and_nothing_missing_grows(trying: list[Tried]) -> None:
    missing: set[str] | None = None
    for fact in facts_of(trying):
        if isinstance(fact, CorrectionsRequested | CorrectionsReturned):
            now = set(fact.missing if isinstance(fact, CorrectionsRequested) else fact.still_missing)
            assert missing is None or now <= missing
            missing = now
    assert (missing or set()) <= {material.name for material in s.pinned().materials}


@whenever(taken_up)
@example([*HANDED_ON, Tried(ExtendLimit, "B-1", other="A\N{ZERO WIDTH SPACE}-1", number=0, as_due=False)])
@example([Tried(Accept), Tried(ExtendLimit, "B-1", other="a-1", number=0, as_due=False), Tried(StartStep)])
@example([*HANDED_ON, Tried(FinishStep), *VISITED, Tried(StartStep, "A\N{ZERO WIDTH SPACE}-1"), Tried(FinishStep, other="B-2")])
def test_nobody_approves_decides_or_extends_what_they_examined(trying: list[Tried]) -> None:
    examined, approved = set[str](), set[str]()
    for fact in facts_of(trying):
        match fact:
            case StepStarted(role=role, officer=one) | StepHandedOver(role=role, to=one) | StepDone(role=role, second_officer=one):
                {StepRole.EXAMINE: examined, StepRole.APPROVE: approved}.get(role, set()).add(person(one))
            case CaseExamined(officer=one):
                examined.add(person(one))
            case CaseApproved(officer=one) | CaseDecided(officer=one) | LimitExtended(head=one):
                approved.add(person(one))
    assert not (examined & approved) - {""}


@whenever(histories)
@example(RETURNED_LATE)
def test_an_act_refused_or_already_so_writes_nothing_beyond_what_time_did(trying: list[Tried]) -> None:
    for before, command, facts in tell(trying):
        silence = CASE.decide(replace(s.deem_accepted("2007-03-13"), at=command.at), before)
        if facts is None:
            assert CASE.fold([*silence], before) == settled(before, command.at, s.CALENDAR)
        else:
            assert facts[: len(silence)] == tuple(silence), "time's facts stand first"


@whenever(histories)
@example(RETURNED_LATE)
@example(AT_THE_VERY_INSTANT)
def test_whatever_is_tried_deemed_acceptance_is_never_lost(trying: list[Tried]) -> None:
    deemed: datetime | None = None
    accepted: list[datetime] = []
    for before, command, facts in tell(trying):
        until = deemed_at(before, s.CALENDAR)
        if until is not None and until <= command.at:
            deemed = before.taking_up.received
        accepted.extend(fact.effective for fact in facts or () if isinstance(fact, CaseAccepted))
        if deemed is not None:
            now = settled(before, command.at, s.CALENDAR)
            assert now.taking_up.effective == deemed
            assert now.phase not in (Phase.FILED, Phase.CORRECTING, Phase.INCOMPLETE, Phase.NOT_ACCEPTED)
    assert len(accepted) <= 1


@whenever(taken_up)
@example([*HANDED_ON, Tried(FinishStep), *VISITED, Tried(StartStep, "B-1"), Tried(SendBack), Tried(Withdraw)])
@example([Tried(Accept), Tried(SuspendClocks), Tried(CallOffSuspension), Tried(SuspendClocks, days=0), Tried(ResumeClocks, number=2)])
def test_what_is_taken_was_offered(trying: list[Tried]) -> None:
    for before, command, facts in tell(trying):
        own = [fact for fact in facts or () if fact.at == command.at and fact.officer == command.officer]
        if own and not isinstance(command, DeemAccepted):
            assert possible(command, before)[type(command)] is None


@whenever(taken_up)
@example(LATE)
def test_a_limit_that_has_passed_stays_passed_but_for_a_procedure_that_runs(trying: list[Tried]) -> None:
    passed = False
    for before, command, _ in tell(trying):
        now = limit_passed(settled(before, command.at, s.CALENDAR), command.at, s.CALENDAR)
        assert now or not passed
        passed = now
