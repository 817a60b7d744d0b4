"""A bad night: a site, PostgreSQL and Kafka killed and frozen in seeded order under sixteen callers; in the morning all that was acknowledged is
there once, and nobody has started anything by hand."""

from __future__ import annotations

import pytest

from services.onebox import throw_away
from tests.chaos.invariants import wrong
from tests.chaos.night import Deed, Night, schedule
from tests.chaos.replaying import say_again

pytestmark = pytest.mark.server
SEED = 20261128


def survived(deeds: list[Deed], seed: int) -> None:
    """Lets a night pass over a box of its own, and looks at it in the morning: heal → drain → invariants."""
    print(f"seed {seed}:", "; ".join(f"{deed.after:.1f} s, {deed}" for deed in deeds), flush=True)
    with throw_away() as box:
        night = Night(box, seed, deeds)
        night.pass_over()
        acknowledged = night.callers.acknowledged
        print(f"{len(acknowledged)} commands acknowledged", flush=True)
        assert len(acknowledged) > len(deeds)
        assert wrong(box, acknowledged) == []
        assert len(night.recoveries) == len(deeds)
        assert say_again(box) > len(acknowledged)
        assert wrong(box, acknowledged) == [], "every topic was heard once more"


def test_after_a_bad_night_everything_acknowledged_is_there_once() -> None:
    survived(schedule(SEED, frozen=5.0), SEED)


@pytest.mark.slow
@pytest.mark.timeout(3600)  # eight minutes of it are standing still
def test_after_a_night_of_minutes_standing_still_everything_acknowledged_is_there_once() -> None:
    survived(schedule(SEED + 1, frozen=60.0, times=2), SEED + 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEED + 2, SEED + 5))
def test_after_other_nights_too(seed: int) -> None:
    survived(schedule(seed, frozen=5.0), seed)
