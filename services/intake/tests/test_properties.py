"""Whatever is asked in whatever order: a fact, nothing, or a refusal; never a fault (hypothesis)."""

from __future__ import annotations

from hypothesis import given as whenever
from hypothesis import strategies

from libs.decider import Refused
from services.intake.case import CASE, Command
from services.intake.case.two_persons import approvers, examiners
from services.intake.events import CaseApproved, CaseDecided, CaseExamined, CaseFiled, Outcome
from services.intake.tests import stories as s

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
    s.start_step("核准", "approver-1"),
    s.finish_step("核准", "approver-1"),
    s.suspend(),
    s.resume(),
    s.extend(),
    s.examine(),
    s.examine("approver-1"),
    s.approve(),
    s.approve("examiner-1"),
    s.approve(outcome=Outcome.REFUSED),
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


@whenever(done_now)
def test_no_order_of_acts_done_now_gets_around_the_second_officer(commands: list[Command]) -> None:
    history = s.went_on(commands)
    state = CASE.fold(history)
    assert not examiners(state) & approvers(state)
    kinds = [type(event) for event in history]
    assert kinds[0] is CaseFiled
    if CaseDecided in kinds:
        assert kinds.index(CaseExamined) < kinds.index(CaseApproved) < kinds.index(CaseDecided)
        assert kinds.count(CaseDecided) == 1
