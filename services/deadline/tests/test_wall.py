"""When a machine's time is not believed: both clocks come in as arguments, no server is needed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from libs.testkit.neighbours import moment
from services.deadline.ticker.wall import REASONS, Doubt, Reading, doubted

NOON = moment("2007-03-05T12:00")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def read(wall: datetime, seconds: float) -> Reading:
    return Reading(wall=wall, seconds=seconds)


BEFORE = read(NOON, 1000.0)


@pytest.mark.parametrize(
    ("wall", "seconds", "doubt"),
    [
        (SECOND, 1.0, None),
        (HOUR + SECOND, 1.0, None),
        (HOUR + 2 * SECOND, 1.0, Doubt.AHEAD),
        (timedelta(days=365), 1.0, Doubt.AHEAD),
        (SECOND - HOUR, 1.0, None),
        (-HOUR, 1.0, Doubt.BACK),
        (timedelta(days=-365), 1.0, Doubt.BACK),
        (timedelta(days=90), 90 * 86_400.0, None),
        (timedelta(0), 3601.0, Doubt.BACK),
    ],
)
def test_within_a_process_both_clocks_go_on_alike_or_the_wall_clock_has_jumped(
    wall: timedelta, seconds: float, doubt: Doubt | None
) -> None:
    assert doubted(read(NOON + wall, 1000.0 + seconds), BEFORE, None) is doubt


def test_what_the_process_has_read_itself_counts_and_not_the_last_tick_of_another() -> None:
    assert doubted(read(NOON + SECOND, 1001.0), BEFORE, NOON - timedelta(days=365)) is None


@pytest.mark.parametrize(
    ("away", "doubt"),
    [
        (timedelta(0), None),
        (timedelta(days=60), None),
        (timedelta(days=60) + SECOND, Doubt.AWAY),
        (-HOUR, None),
        (-HOUR - SECOND, Doubt.BACK),
    ],
)
def test_at_a_start_the_last_tick_lies_at_most_sixty_days_back_and_not_ahead(away: timedelta, doubt: Doubt | None) -> None:
    assert doubted(read(NOON + away, 5.0), None, NOON) is doubt


def test_the_first_start_of_all_is_believed() -> None:
    assert doubted(read(NOON, 5.0), None, None) is None


def test_every_doubt_has_a_sentence() -> None:
    assert set(REASONS) == set(Doubt)
