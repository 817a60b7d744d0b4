"""How a clock's days are counted: its budget, stops and extensions as `libs.workdays` counts them (行政许可法 Art. 82; 民法典 Art. 201, 203)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libs.workdays import Budget as Days
from libs.workdays import Ledger, NaturalDays, NonWorkingStart, Stop, Until, WorkingDays
from services.deadline.events import LimitBudget, Unit

if TYPE_CHECKING:
    from services.deadline.clock import Clock


def days(budget: LimitBudget) -> Days:
    """The budget as the calendar counts it."""
    if budget.until is not None:
        return Until(budget.until)
    return NaturalDays(budget.n) if budget.unit is Unit.NATURAL_DAYS else WorkingDays(budget.n)


def ledger(clock: Clock) -> Ledger:
    """The ledger of the clock: start, budget, stops and extensions, as the calendar counts them."""
    return Ledger(
        start=clock.started.start,
        budget=days(clock.started.budget),
        stops=tuple(Stop(stop.first, stop.last) for stop in clock.stops.all),
        extensions=tuple(days(extension) for extension in clock.extensions),
        non_working_start=NonWorkingStart(clock.started.non_working_start.value),
    )
