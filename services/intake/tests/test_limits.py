"""Whatever is asked about stops and extensions: what is refused changes nothing, and no act moves a limit the wrong way (hypothesis)."""

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
from services.intake.events import Stopper
from services.intake.tests import stories as s
from services.intake.tests.test_properties import done_now


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
