"""The clocks that a pass had to leave out, for their own fault: counted, and told once until they could be ticked again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from opentelemetry import metrics

from libs.workdays import OutOfCalendar

_log = structlog.get_logger("deadline")
_skipped = metrics.get_meter("liandong.deadline").create_counter(
    "liandong.deadline.clocks.skipped", description="clocks that began to be left out of the passes, by what is wrong with them"
)
BEYOND: Final = OutOfCalendar.__name__


class Aside:
    """What was wrong with each clock that the last pass of each timeline left out, by the name of the fault."""

    def __init__(self) -> None:
        self._of: dict[str, Mapping[str, str]] = {}

    def took(self, timeline: str, faults: Mapping[str, Exception]) -> None:
        """Keeps what the faults of a pass were, clock by clock, and tells those that are new, all in one line."""
        before, now = self._of.get(timeline, {}), {clock: type(fault).__name__ for clock, fault in faults.items()}
        self._of[timeline] = now
        new = [clock for clock, kind in now.items() if before.get(clock) != kind]
        for clock in new:
            _skipped.add(1, {"because": now[clock]})
        if new:
            _log.error("deadline.clocks_skipped", timeline=timeline, clocks=new[:5], count=len(new), exc_info=faults[new[0]])

    def beyond(self, timeline: str) -> int:
        """How many clocks lie beyond the calendar."""
        return sum(kind == BEYOND for kind in self._of.get(timeline, {}).values())

    def failed(self, timeline: str) -> int:
        """How many clocks could not be ticked for another reason."""
        return len(self._of.get(timeline, {})) - self.beyond(timeline)
