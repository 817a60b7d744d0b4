"""延长 (行政许可法 Art. 42): the budget of a clock grows, unless its limit has passed: a broken promise stays broken."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.deadline.clock.change import Change, Changes, said
from services.deadline.clock.holding import Speaking
from services.deadline.events import ClockExtended, LimitBudget, Unit

if TYPE_CHECKING:
    from services.deadline.clock import Clock


@record
class ExtendClock(Speaking):
    """Extend the clock: its budget grows by `budget`."""

    budget: LimitBudget
    trigger: str
    at: datetime
    imported: bool = False


def cannot_grow(c: ExtendClock, clock: Clock) -> bool:
    """Whether extending changes nothing: the limit is an instant, which nothing moves, or is counted in another unit."""
    return clock.started.budget.unit is Unit.UNTIL or c.budget.unit is not clock.started.budget.unit


def extended(c: ExtendClock, clock: Clock) -> ClockExtended:
    """The fact that the limit is longer; its rungs are a new generation."""
    return ClockExtended(
        **said(clock),
        budget=c.budget,
        due_at=None,
        provisional=False,
        generation=clock.generation.number + 1,
        trigger=c.trigger,
        at=c.at,
    )


CHANGES: Final[Changes] = {ExtendClock: Change(extended, cannot_grow)}


def extended_by(extensions: tuple[LimitBudget, ...], event: ClockExtended) -> tuple[LimitBudget, ...]:
    """The extensions of a clock after one more."""
    return (*extensions, event.budget)
