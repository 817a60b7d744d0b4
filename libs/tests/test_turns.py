"""Turns last until there is enough for one, and what comes after a pause waits for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.turns import ENOUGH, Pace

LONG, SHORT = 0.08, 0.02


class Clock:
    """Goes on by what it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def turn(pace: Pace, clock: Clock, count: int, work: float) -> float:
    """One turn: the seconds that it lasts."""
    pace.begin()
    clock.now += work
    rest = pace.end(count)
    clock.now += rest
    return work + rest


@pytest.mark.parametrize(
    ("count", "gathered", "seconds"),
    [(0, 5.0, SHORT), (1, 0.02, LONG), (25, 0.1, LONG), (25, 0.02, 0.04), (100, 0.1, 0.05), (300, 0.1, SHORT), (1000, 0.0, SHORT)],
)
def test_a_turn_lasts_until_there_is_enough_for_one(count: int, gathered: float, seconds: float) -> None:
    clock = Clock()
    pace = Pace(LONG, SHORT, clock)
    pace.begin()
    clock.now += gathered
    assert turn(pace, clock, count, 0.001) == pytest.approx(seconds)


@given(rate=st.floats(50, 10_000), work=st.floats(0, 0.3))
def test_a_steady_stream_settles_on_one_length(rate: float, work: float) -> None:
    clock = Clock()
    pace = Pace(LONG, SHORT, clock)
    lasted = LONG
    for _ in range(6):
        lasted = turn(pace, clock, max(round(rate * lasted), 1), work)
    wanted = max(min(LONG, max(SHORT, ENOUGH / rate)), work)
    assert lasted == pytest.approx(wanted, rel=0.15)


def test_what_comes_after_a_pause_waits_for_nothing() -> None:
    clock = Clock()
    pace = Pace(LONG, SHORT, clock)
    turn(pace, clock, 1, 0.001)
    clock.now += 10
    pace.begin()
    clock.now += LONG
    assert pace.end(1) == 0
