"""Ending a clock: what it measures was done, in time or late, or will not happen (withdrawn, not accepted)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.deadline.clock.change import Change, Changes, said
from services.deadline.clock.holding import Speaking
from services.deadline.events import ClockCancelled, ClockEnded

if TYPE_CHECKING:
    from services.deadline.clock import Clock


@record
class EndClock(Speaking):
    """End the clock: what it measures was done at `at`."""

    trigger: str
    at: datetime
    imported: bool = False


@record
class CancelClock(Speaking):
    """Cancel the clock: what it measures will not happen."""

    trigger: str
    at: datetime
    imported: bool = False


def ended(c: EndClock, clock: Clock) -> ClockEnded:
    """The fact that the clock ended; whether that was late, and under which calendar, is filled in afterwards."""
    return ClockEnded(
        **said(clock),
        kind=clock.started.kind,
        node=clock.started.node,
        late=False,
        due_at=None,
        calendar="",
        trigger=c.trigger,
        at=c.at,
        imported=c.imported,
    )


def cancelled(c: CancelClock, clock: Clock) -> ClockCancelled:
    """The fact that the clock was cancelled; under which calendar is filled in afterwards."""
    return ClockCancelled(
        **said(clock),
        kind=clock.started.kind,
        node=clock.started.node,
        calendar="",
        trigger=c.trigger,
        at=c.at,
        imported=c.imported,
    )


CHANGES: Final[Changes] = {EndClock: Change(ended), CancelClock: Change(cancelled)}
