"""Rules, site and city say the same of every case: `contracts/phases.toml` against intake's own phases, over stories and over any history."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple, get_args

import pytest
from hypothesis import example, strategies
from hypothesis import given as whenever

from libs.contracts import phases
from libs.decider import Refused
from libs.eventlog import Codec
from libs.wire import Recorded, genesis, origin
from services.hub.inbox.rows import fold
from services.intake.case import CASE
from services.intake.events import CaseEvent, Event, PinnedStep
from services.intake.tests import stories as s
from services.intake.tests.test_properties import ASKED

CODEC = Codec("intake", get_args(Event))
PHASES = type(CASE.initial.phase)
NODE = "511525"


class Shown(NamedTuple):
    """What people see of a case."""

    phase: str
    suspended: bool


def ruled(history: s.Told) -> Shown:
    """By the rules' own state."""
    state = CASE.fold(history)
    return Shown(state.phase.value, state.stops.running is not None and not phases().ended(state.phase.value))


def at_the_site(history: s.Told) -> Shown:
    """By the site's list: the contract, folded fact by fact."""
    phase, suspended = "", None
    for event in history:
        fact = type(event).__name__
        phase, suspended = phases().after(phase, fact), phases().suspended(suspended, fact)
    return Shown(phase, bool(suspended) and not phases().ended(phase))


def in_the_city(history: s.Told) -> Shown:
    """By the city's list: what the hub makes of the records."""
    folded = fold([recorded(n, event) for n, event in enumerate(history, 1)])
    assert folded.not_shown == []
    row = folded.cases[(NODE, s.NUMBER)]
    return Shown(row.phase or "", bool(row.suspended) and not phases().ended(row.phase or ""))


def recorded(n: int, event: CaseEvent) -> Recorded:
    now = datetime(2007, 3, 5, tzinfo=UTC)
    return Recorded(
        source=origin(NODE, "intake"),
        epoch=1,
        sequence=n,
        id=str(n),
        type=CODEC.name(type(event)),
        subject=event.case,
        time=event.at,
        recordedtime=now,
        actor=event.officer,
        prevhash=genesis(),
        hash=genesis(),
        data=CODEC.encode(event),
    )


def apart(history: s.Told) -> list[str]:
    """What rules, site and city say where they differ, after every fact of the history; empty: they never do."""
    said = [(history[:n], ruled(history[:n]), at_the_site(history[:n]), in_the_city(history[:n])) for n in range(1, len(history) + 1)]
    return [f"{[type(e).__name__ for e in told]}: {rules}, {site}, {city}" for told, rules, site, city in said if not rules == site == city]


def stories() -> dict[str, s.Told]:
    """Every story intake's tests tell."""
    told = {name: tell for name, tell in inspect.getmembers(s, inspect.isfunction) if tell.__annotations__.get("return") == "Told"}
    return {name: tell() for name, tell in told.items()}


def went_on(commands: Iterable[object], *steps: PinnedStep) -> s.Told:
    """The history these commands make of a case just filed; what is refused adds nothing."""
    history = list(s.filed(*steps))
    for command in commands:
        try:
            history.extend(CASE.decide(command, CASE.fold(history)))  # type: ignore[arg-type]
        except Refused:
            continue
    return history


def test_every_fact_and_every_phase_of_the_rules_stands_in_the_contract() -> None:
    assert phases().facts == {event.__name__ for event in get_args(CaseEvent)}
    assert list(phases().words) == [phase.value for phase in PHASES if phase is not PHASES.NONE]
    assert {*phases().ends, phases().closed} <= set(phases().words)


@pytest.mark.parametrize("name", stories())
def test_rules_site_and_city_say_the_same_of_every_story(name: str) -> None:
    assert apart(stories()[name]) == []


acts = strategies.sampled_from(ASKED)
STEPS = (s.SITE_VISIT, s.REVIEW, s.SIGN)


@whenever(strategies.lists(strategies.one_of(acts, acts.map(s.imported)), max_size=30), strategies.sampled_from([(), STEPS]))
@example([s.accept(), s.suspend(), s.examine(), s.resume()], ())
@example([s.request_corrections(), s.return_corrections("承诺书")], ())
@example([s.refuse_acceptance(), s.close()], ())
@example([s.accept(), s.suspend(), s.withdraw(), s.imported(s.suspend()), s.close(), s.imported(s.resume())], ())
@example([s.imported(s.close()), s.imported(s.suspend()), s.imported(s.accept())], STEPS)
def test_rules_site_and_city_say_the_same_of_every_history(commands: list[object], steps: tuple[PinnedStep, ...]) -> None:
    assert apart(went_on(commands, *steps)) == []


def test_the_mark_stands_beside_the_phase() -> None:
    history = went_on([s.accept(), s.suspend(), s.examine()])
    assert at_the_site(history) == Shown("examined", suspended=True)
    assert at_the_site(went_on([s.accept(), s.suspend(), s.examine(), s.resume()])) == Shown("examined", suspended=False)
    assert at_the_site(went_on([s.accept(), s.suspend(), s.withdraw()])) == Shown("withdrawn", suspended=False)
