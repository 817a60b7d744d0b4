"""Turns are long while little comes, short while much does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from libs.turns import FEW, Pace

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


@given(rate=st.floats(0, 10_000), work=st.floats(0, 0.3))
def test_a_steady_stream_settles_on_one_length(rate: float, work: float) -> None:
    clock = Clock()
    pace = Pace(LONG, SHORT, clock)
    lasted = LONG
    for _ in range(4):
        lasted = turn(pace, clock, round(rate * lasted), work)
    if rate < FEW * 0.9:
        assert abs(lasted - max(LONG, work)) < 1e-6
    elif rate > FEW * 1.2:
        assert abs(lasted - max(SHORT, work)) < 1e-6


def test_what_comes_after_a_pause_waits_for_nothing() -> None:
    clock = Clock()
    pace = Pace(LONG, SHORT, clock)
    turn(pace, clock, 1, 0.001)
    clock.now += 10
    pace.begin()
    clock.now += LONG
    assert pace.end(1) == 0
