"""What is remembered of a case, and how its clocks are asked: the nouns of the table of triggers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from libs.decider import record
from services.deadline.clock import Command
from services.deadline.clock.heard import PinnedLimits
from services.deadline.clock.holding import Holdings
from services.deadline.clock.starting import clock_of, kind_of
from services.deadline.events import ClockKind, LimitBudget, Unit


@record
class OpenStop:
    """A procedure of Art. 45 of a case that is not over: the clocks of steps that begin meanwhile are stopped by it too."""

    number: int
    reason: str
    first: date


@record
class KnownCase:
    """What is remembered of a case. `running` are its clocks by their names behind the case number; `corrections` were begun so far; `came`:
    when an imported one came here.
    """

    case: str
    limits: PinnedLimits
    timeline: str = ""
    running: tuple[str, ...] = ()
    corrections: int = 0
    stops: tuple[OpenStop, ...] = ()
    holdings: Holdings = ()
    came: datetime | None = None

    def of(self, kinds: Collection[ClockKind]) -> list[str]:
        """The running clocks of these kinds, by their names."""
        return [name for name in self.running if kind_of(name) in kinds]


@record
class NewLimit:
    """A limit that a fact sets running from `since`. `post` and `officer`: whom it addresses, where it is no clock of who holds the step;
    `article` empty: the one of the kind in `ARTICLES`.
    """

    name: str
    budget: LimitBudget
    since: datetime
    post: str = ""
    officer: str = ""
    article: str = ""
    label: str = ""


Commands = Sequence[tuple[str, Command]]
"""Which clock, by its stream, and what is asked of it."""


def working_days(n: int) -> LimitBudget:
    """A budget of so many working days."""
    return LimitBudget(unit=Unit.WORKING_DAYS, n=n)


def over(known: KnownCase, names: Sequence[str], command: Command) -> tuple[KnownCase, Commands]:
    """What is known when the clocks of these names end, and the commands that end them."""
    return replace(known, running=tuple(name for name in known.running if name not in names)), ask(known, names, command)


def ask(known: KnownCase, names: Iterable[str], command: Command) -> Commands:
    """The command, to each of the clocks of these names."""
    return [(clock_of(known.case, name), command) for name in names]
