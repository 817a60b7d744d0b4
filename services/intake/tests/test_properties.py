"""Whatever is asked in whatever order: a fact, nothing, or a refusal; never a fault (hypothesis)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final, NamedTuple

from hypothesis import example, strategies
from hypothesis import given as whenever

from libs.codes import folded
from libs.decider import Refused
from services.intake.case import CASE, Case, Command, settled
from services.intake.case.acceptance import deemed_at
from services.intake.case.phase import Phase
from services.intake.case.two_persons import approvers, examiners, same_person
from services.intake.events import (
    AcceptedBy,
    CaseAccepted,
    CaseApproved,
    CaseDecided,
    CaseEvent,
    CaseExamined,
    CaseFiled,
    CorrectionsRequested,
    CorrectionsReturned,
    Outcome,
    StepDone,
    StepFellDue,
    StepHandedOver,
    StepRole,
    StepSentBack,
    StepStarted,
    Stopper,
)
from services.intake.tests import stories as s
from services.intake.tests.stories import given

ASKED: list[Command] = [
    s.accept(),
    s.accept("2007-03-20"),
    s.refuse_acceptance(),
    s.request_corrections(),
    s.request_corrections("验资报告", on="2007-04-20"),
    s.return_corrections(),
    s.return_corrections("承诺书"),
    s.deem_accepted("2007-03-13"),
    s.deem_accepted("2007-04-30"),
    s.start_step("现场核查"),
    s.finish_step("现场核查", second="examiner-2"),
    s.start_step("审查"),
    s.finish_step("审查"),
    s.examine(),
    s.examine("examiner-2", Outcome.REFUSED),
    s.start_approving(),
    s.start_approving("examiner-1"),
    s.approve(),
    s.approve("examiner-1"),
    s.approve(outcome=Outcome.REFUSED, reasons="不符合取水总量控制"),
    s.hand_over(),
    s.hand_over("examiner-1", "approver-1"),
    s.send_back(),
    s.suspend(),
    s.resume(),
    replace(s.suspend("2007-03-20", on="2007-03-19"), reason=Stopper.HEARING),
    s.call_off(),
    s.call_off(number=2, on="2007-03-19"),
    s.resume(number=2),
    s.extend(),
    s.decide(),
    s.decide(Outcome.REFUSED, reasons="不符合取水总量控制"),
    s.deliver(),
    s.withdraw(),
    s.close(),
]
acts = strategies.sampled_from(ASKED)
told = strategies.lists(strategies.one_of(acts, acts.map(s.imported)), max_size=30)
done_now = strategies.lists(acts, max_size=40)


@whenever(told)
def test_every_order_of_acts_done_and_imported_is_answered(commands: list[Command]) -> None:
    history = list(s.filed(s.SITE_VISIT, s.REVIEW, s.SIGN))
    for command in commands:
        try:
            events = CASE.decide(command, CASE.fold(history))
        except Refused:
            events = []
        assert events or not command.imported, "an imported act is kept as given"
        history.extend(events)


OFFICERS: Final = ("甲-1", "甲-2", "乙-1", " 甲-1", "乙-2")
"""A handful of people, one of them written in two ways."""
STEPS: Final = (s.REVIEW, s.SITE_VISIT, s.SIGN)
HOLDER: Final = ""
"""Whoever holds the step, in place of one of the officers."""


class Move(NamedTuple):
    """What one of them tries on the case as it stands, with another of them if it takes two."""

    what: str
    officer: str
    other: str
    outcome: Outcome


moves = strategies.builds(
    Move,
    strategies.sampled_from(["start", "start", "finish", "finish", "hand over", "hand over", "send back", "decide"]),
    strategies.sampled_from([*OFFICERS, *[HOLDER] * 4]),
    strategies.sampled_from(OFFICERS),
    strategies.sampled_from([Outcome.GRANTED, Outcome.REFUSED]),
)
by_few = strategies.lists(moves, min_size=10, max_size=40)


def command(move: Move, case: Case) -> Command:
    """The move as a command: the step whose turn it is, with the conclusion that it bears."""
    steps = case.steps
    holder = steps.in_hand.officer if steps.in_hand else OFFICERS[-1]
    officer, name, bears = move.officer or holder, steps.next.name if steps.next else "核准", steps.concluding(steps.place)
    match move.what:
        case "start":
            return s.start_step(name, officer)
        case "finish" if bears is StepRole.EXAMINE:
            return s.examine(officer, move.outcome)
        case "finish" if bears is StepRole.APPROVE:
            return s.approve(officer, move.outcome, "另有依据")
        case "finish":
            return s.finish_step(name, officer, move.other)
        case "hand over":
            return s.hand_over(move.other, officer)
        case "send back":
            return s.send_back(officer)
        case _:
            return s.decide(officer=officer)


def worked(tried: list[Move]) -> s.Told:
    """A case accepted, on which the moves are tried one after the other; what is refused adds nothing."""
    history = given(s.filed(*STEPS)).when(s.accept()).history()
    for move in tried:
        case = CASE.fold(history)
        with suppress(Refused):
            history.extend(CASE.decide(command(move, case), case))
    return history


def holders(history: s.Told) -> Iterator[tuple[str, CaseEvent]]:
    """Every fact with who held the step before it, by the facts alone; nobody: an empty word."""
    held = ""
    for fact in history:
        yield held, fact
        match fact:
            case StepStarted(officer=officer):
                held = officer
            case StepHandedOver(to=to):
                held = to
            case StepDone() | StepSentBack():
                held = ""


@whenever(by_few)
def test_no_order_of_acts_by_a_few_officers_has_a_case_approved_by_an_examiner(tried: list[Move]) -> None:
    history = worked(tried)
    examined, approved = set[str](), set[str]()
    for fact in history:
        match fact:
            case StepStarted(role=role, officer=one) | StepHandedOver(role=role, to=one) | StepDone(role=role, second_officer=one):
                {StepRole.EXAMINE: examined, StepRole.APPROVE: approved}.get(role, set()).add(folded(one))
            case CaseExamined(officer=one):
                examined.add(folded(one))
            case CaseApproved(officer=one) | CaseDecided(officer=one):
                approved.add(folded(one))
    assert not (examined & approved) - {""}


@whenever(by_few)
def test_who_finishes_hands_over_or_sends_back_is_who_holds(tried: list[Move]) -> None:
    for held, fact in holders(worked(tried)):
        match fact:
            case StepStarted():
                assert held == ""
            case StepDone(officer=officer) | StepHandedOver(officer=officer) | StepSentBack(officer=officer):
                assert same_person(held, officer)


@whenever(by_few)
def test_a_step_is_due_before_it_is_in_hand_and_each_falling_due_has_its_own_number(tried: list[Move]) -> None:
    history = worked(tried)
    due = [fact for fact in history if isinstance(fact, StepFellDue)]
    assert [fact.number for fact in due] == list(range(1, len(due) + 1))
    last = {fact.number: fact.name for fact in due}
    assert all(last[fact.number] == fact.name for fact in history if isinstance(fact, StepStarted | StepDone | StepSentBack))


@whenever(done_now)
def test_no_order_of_acts_done_now_gets_around_the_second_officer(commands: list[Command]) -> None:
    history = s.went_on(commands, s.SITE_VISIT, s.REVIEW, s.SIGN)
    state = CASE.fold(history)
    assert not examiners(state) & approvers(state)
    kinds = [type(event) for event in history]
    assert kinds[0] is CaseFiled
    if CaseDecided in kinds:
        assert kinds.index(CaseExamined) < kinds.index(CaseApproved) < kinds.index(CaseDecided)
        assert kinds.count(CaseApproved) == 1
        assert kinds.count(CaseDecided) == 1


# --- taking up -------------------------------------------------------------------------------------------------------------------------

some = strategies.lists(strategies.sampled_from(["申请书", "平面图", "承诺书 ", "资产评估报告"]), max_size=3).map(tuple)
ABOUT_TAKING_UP: list[strategies.SearchStrategy[Command]] = [
    strategies.builds(lambda missing: replace(s.request_corrections(), missing=missing), some),
    strategies.builds(lambda left, waived: s.return_corrections(*left, waived=waived, reasons="已由共享数据查验"), some, some),
    strategies.builds(lambda left: s.return_corrections(*left), some),
    strategies.sampled_from([s.accept(), s.refuse_acceptance(), s.deem_accepted("2007-03-13"), s.withdraw(), s.start_step("现场核查")]),
]
moments = strategies.integers(0, 24 * 32).map(lambda hours: s.at("2007-03-05") + timedelta(hours=hours))
"""From the filing of a story on."""
taking_up = strategies.lists(strategies.tuples(strategies.one_of(*ABOUT_TAKING_UP), moments), max_size=12).map(
    lambda asked: [replace(command, at=moment) for command, moment in asked]
)
in_time_order = taking_up.map(lambda commands: sorted(commands, key=attrgetter("at")))


@whenever(taking_up)
@example([s.request_corrections(), s.return_corrections("承诺书"), s.return_corrections("平面图", on="2007-03-15")])
@example([s.request_corrections(), s.return_corrections("承诺书"), s.request_corrections("平面图", "承诺书", on="2007-03-15")])
def test_what_is_missing_never_grows_and_one_notice_names_it(commands: list[Command]) -> None:
    missing: set[str] | None = None
    for event in s.went_on(commands, s.SITE_VISIT):
        match event:
            case CorrectionsRequested(missing=named) | CorrectionsReturned(still_missing=named):
                assert missing is None or set(named) <= missing, "more than the one notice named, less what came back"
                missing = set(named)
            case _:
                pass
    assert (missing or set()) <= {material.name for material in s.pinned().materials}


@whenever(in_time_order)
@example([s.request_corrections(), s.return_corrections("承诺书"), s.return_corrections("承诺书", on="2007-03-23")])
@example([s.request_corrections(), s.return_corrections("承诺书"), s.request_corrections("承诺书", on="2007-03-23"), s.withdraw()])
def test_deemed_acceptance_is_never_lost(commands: list[Command]) -> None:
    """Once the time to tell has passed in silence the case is accepted from that receipt, whatever follows, written or refused."""
    history, deemed = s.filed(s.SITE_VISIT), None
    for command in commands:
        before = CASE.fold(history)
        until = deemed_at(before, s.CALENDAR)
        if until is not None and until <= command.at:
            deemed = deemed or before.taking_up.received
        with suppress(Refused):
            history.extend(CASE.decide(command, before))
        now = settled(CASE.fold(history), command.at, s.CALENDAR)
        if deemed is not None:
            assert now.taking_up.effective == deemed
            assert now.phase in (Phase.ACCEPTED, Phase.WITHDRAWN)


@whenever(in_time_order, moments)
def test_a_refused_act_changes_nothing_and_silence_noticed_writes_what_time_did(commands: list[Command], last: datetime) -> None:
    history = s.went_on(commands, s.SITE_VISIT)
    state, silence = CASE.fold(history), replace(s.deem_accepted("2007-03-13"), at=last)
    for command in ASKED:
        with suppress(Refused):
            facts = CASE.decide(replace(command, at=last), state)
            time = CASE.decide(silence, state)
            assert list(facts[: len(time)]) == list(time), "time's facts stand first"
    assert CASE.fold([*history, *CASE.decide(silence, state)]) == settled(state, last, s.CALENDAR)


@whenever(taking_up)
def test_who_was_told_is_accepted_by_the_return_or_by_silence_after_it(commands: list[Command]) -> None:
    told: CaseEvent | None = None
    for event in s.went_on(commands, s.SITE_VISIT):
        if isinstance(event, CaseAccepted) and told is not None:
            assert isinstance(told, CorrectionsReturned)
            assert event.by is (AcceptedBy.SILENCE if told.still_missing else AcceptedBy.DECISION)
        if isinstance(event, CorrectionsRequested | CorrectionsReturned):
            told = event
