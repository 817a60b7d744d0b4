"""Whether a machine's time is to be believed: its wall clock held against a clock that only goes up, or at a start against the last tick.

Pure: both clocks come in as arguments (decision 0017).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from libs.decider import record

JUMP: Final = timedelta(hours=1)
"""How far the wall clock may go ahead of the other one, or back behind it, from one pass to the next; at a start, how far back behind the last tick."""
AWAY: Final = timedelta(days=60)
"""How long a site may have been down."""


class Doubt(str, Enum):
    """Why a machine's time is not believed."""

    AHEAD = "ahead"
    BACK = "back"
    AWAY = "away"


REASONS: Final[Mapping[Doubt, str]] = {
    Doubt.AHEAD: "机器时间向前跳了一小时以上",
    Doubt.BACK: "机器时间倒退了一小时以上",
    Doubt.AWAY: "距上一次计时超过 60 天",
}


@record
class Reading:
    """What both clocks of a machine say at once: the instant on the wall, and the seconds of the one that only goes up."""

    wall: datetime
    seconds: float


def doubted(now: Reading, before: Reading | None, last_tick: datetime | None) -> Doubt | None:
    """Why the wall clock is not believed `now`; None: it is.

    `before` is what this process read at its pass before; None: there was none, and the last tick of whatever process stands in, if there was one.
    """
    if before is not None:
        jump = (now.wall - before.wall) - timedelta(seconds=now.seconds - before.seconds)
        ahead = Doubt.AHEAD if jump > JUMP else None
    elif last_tick is not None:
        jump = now.wall - last_tick
        ahead = Doubt.AWAY if jump > AWAY else None
    else:
        return None
    return Doubt.BACK if jump < -JUMP else ahead
