"""Rules, site and city say the same of every case: `contracts/phases.toml` against intake's own phases, over stories and over any history."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple, get_args

import pytest
from hypothesis import example, strategies
from hypothesis import given as whenever

from libs.contracts import phases
from services.hub.tests.merging import city_row
from services.intake.case import CASE, Command
from services.intake.events import CaseEvent, PinnedStep
from services.intake.tests import stories as s
from services.intake.tests.listing import CUTS, batches, listed, records
from services.intake.tests.test_properties import ASKED

PHASES = type(CASE.initial.phase)
STORIES = s.all_stories()
"""Every story intake's tests tell."""


class Shown(NamedTuple):
    """What people see of a case."""

    phase: str
    suspended: bool


def ruled(history: s.Told) -> Shown:
    """By the rules' own state."""
    state = CASE.fold(history)
    return Shown(state.phase.value, bool(state.suspensions.open) and not phases().ended(state.phase.value))


def at_the_site(history: s.Told, cuts: Iterable[int] = ()) -> Shown:
    """By the site's list: the row that intake's view makes of the facts, batch by batch."""
    row = listed(history, cuts)
    return Shown(row.phase, phases().suspended(row.suspensions, row.phase))


def in_the_city(history: s.Told, cuts: Iterable[int] = ()) -> Shown:
    """By the city's list: the row that the hub makes of the records, batch by batch."""
    events = records(history)
    row = city_row(events[begin:end] for begin, end in batches(history, cuts))
    return Shown(row.phase or "", phases().suspended(row.suspensions, row.phase or ""))


def apart(history: s.Told, cuts: Collection[int]) -> list[str]:
    """What rules, site and city say where they differ, after every fact of the history; empty: they never do."""
    said = [(told := history[:n], ruled(told), at_the_site(told, cuts), in_the_city(told, cuts)) for n in range(1, len(history) + 1)]
    return [f"{[type(e).__name__ for e in told]}: {rules}, {site}, {city}" for told, rules, site, city in said if not rules == site == city]


def test_every_fact_and_every_phase_of_the_rules_stands_in_the_contract() -> None:
    assert phases().facts == {event.__name__ for event in get_args(CaseEvent)}
    assert list(phases().words) == [phase.value for phase in PHASES if phase is not PHASES.NONE]
    assert {*phases().ends, phases().closed} <= set(phases().words)


@whenever(strategies.sampled_from(sorted(STORIES)), CUTS)
def test_rules_site_and_city_say_the_same_of_every_story(name: str, cuts: set[int]) -> None:
    assert apart(STORIES[name], cuts) == []


@pytest.mark.parametrize("name", STORIES)
def test_at_once_and_fact_by_fact_they_say_the_same_too(name: str) -> None:
    assert apart(STORIES[name], ()) == []
    assert apart(STORIES[name], range(1, len(STORIES[name]))) == []


acts = strategies.sampled_from(ASKED)
STEPS = (s.SITE_VISIT, s.REVIEW, s.SIGN)


@whenever(strategies.lists(strategies.one_of(acts, acts.map(s.imported)), max_size=30), strategies.sampled_from([(), STEPS]), CUTS)
@example([s.accept(), s.suspend(), s.start_step(), s.examine(), s.resume()], (), {3, 4, 6})
@example([s.request_corrections(), s.return_corrections("承诺书")], (), {3, 4, 6})
@example([s.refuse_acceptance(), s.close()], (), {3, 4, 6})
@example([s.accept(), s.suspend(), s.withdraw(), s.imported(s.suspend()), s.close(), s.imported(s.resume())], (), {3, 4, 6})
@example([s.accept(), s.suspend("2007-03-13", on="2007-03-12"), s.suspend(), s.resume(), s.call_off()], (), {3, 4, 5})
@example([s.accept(), s.imported(s.resume()), s.imported(s.suspend()), s.imported(s.decide()), s.imported(s.suspend())], (), {2, 4})
@example([s.imported(s.close()), s.imported(s.suspend()), s.imported(s.accept())], STEPS, {2, 3})
def test_rules_site_and_city_say_the_same_of_every_history(commands: list[Command], steps: tuple[PinnedStep, ...], cuts: set[int]) -> None:
    assert apart(s.went_on(commands, *steps), cuts) == []


def test_the_mark_stands_beside_the_phase() -> None:
    history = s.went_on([s.accept(), s.suspend(), s.start_step(), s.examine()])
    assert at_the_site(history) == Shown("examined", suspended=True)
    assert at_the_site(s.went_on([s.accept(), s.suspend(), s.start_step(), s.examine(), s.resume()])) == Shown("examined", suspended=False)
    assert at_the_site(s.went_on([s.accept(), s.suspend(), s.withdraw()])) == Shown("withdrawn", suspended=False)
