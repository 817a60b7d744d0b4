"""Whatever is asked in whatever order: a fact, nothing, or a refusal; never a fault (hypothesis)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given as whenever
from hypothesis import strategies

from libs.decider import Refused
from libs.workdays import derive
from services.intake.case import CASE, Command
from services.intake.case.limit import limit_passed, projected
from services.intake.case.two_persons import approvers, examiners
from services.intake.events import CaseApproved, CaseDecided, CaseExamined, CaseFiled, Outcome, Stopper
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
    replace(s.suspend("2007-03-20", on="2007-03-19"), reason=Stopper.HEARING),
    s.call_off(),
    s.call_off(number=2, on="2007-03-19"),
    s.resume(number=2),
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


@whenever(done_now)
def test_what_is_refused_changes_nothing(commands: list[Command]) -> None:
    """Whatever is asked, asking it again after it was refused is refused again, and what is taken later is the same without it."""
    history, taken = list(s.filed()), list[Command]()
    for command in commands:
        state = CASE.fold(history)
        try:
            events = CASE.decide(command, state)
        except Refused as refused:
            with pytest.raises(Refused, match=refused.code):
                CASE.decide(command, CASE.fold(history))
            assert CASE.fold(history) == state
            continue
        taken.append(command)
        history.extend(events)
    assert s.went_on(taken) == history


days = strategies.integers(-3, 30)
stops = strategies.builds(
    lambda today, begins, told, reason, n: replace(
        s.suspend(day(today + begins), day(today + told), on=day(today)), reason=reason, expected_days=n
    ),
    days, days, strategies.integers(-2, 2), strategies.sampled_from(Stopper), strategies.integers(-1, 20),
)  # fmt: skip
ends = strategies.builds(lambda today, lasted, n: s.resume(day(today - lasted), day(today), n), days, days, strategies.integers(1, 4))
taken_back = strategies.builds(lambda today, n: s.call_off(n, day(today)), days, strategies.integers(1, 4))
longer = days.map(lambda today: s.extend(told=day(today), on=day(today)))


def day(n: int) -> str:
    """The nth day behind acceptance on 6 March 2007."""
    return (date(2007, 3, 6) + timedelta(days=n)).isoformat()


@whenever(strategies.lists(strategies.one_of(stops, ends, taken_back, longer), max_size=10))
def test_no_act_makes_the_limit_earlier_or_revives_one_that_has_passed(commands: list[Command]) -> None:
    """Over acts in order of time; the limit while a procedure runs, which nobody knows, is behind every day."""
    history, never = list(s.accepted()), s.at("2059-01-01")

    def limit() -> datetime:
        ledger = projected(CASE.fold(history), s.CALENDAR)
        assert ledger is not None
        return derive(replace(ledger, stops=tuple(stop for stop in ledger.stops if stop.last)), s.CALENDAR).due_at or never

    for command in sorted(commands, key=lambda command: command.at):
        before, passed = limit(), limit_passed(CASE.fold(history), command.at, s.CALENDAR)
        with suppress(Refused):
            history.extend(CASE.decide(command, CASE.fold(history)))
        assert limit() >= before
        assert limit_passed(CASE.fold(history), command.at, s.CALENDAR) >= passed
