"""Starting a clock: a fact sets a limit running. A clock is named after its case: `clock:<case>:<kind>`, `clock:<case>:step:<n>`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from libs.decider import record
from libs.workdays import Calendar
from services.deadline.clock.holding import Speaking, addressee
from services.deadline.events import ClockKind, ClockStarted, LimitBudget, StartReading


@record
class StartClock(Speaking):
    """Start a clock: a limit runs from `start`. `trigger` names the fact that set it going (source#epoch#number), `article` the rule;
    `timeline` empty: real time;
    `came`: when the case came here out of another system's record.
    """

    clock: str
    case: str
    kind: ClockKind
    node: str
    budget: LimitBudget
    trigger: str
    article: str
    start: datetime
    at: datetime
    department: str = ""
    department_uscc: str = ""
    post: str = ""
    officer: str = ""
    label: str = ""
    non_working_start: StartReading = StartReading.AS_IS
    timeline: str = ""
    imported: bool = False
    came: datetime | None = None


def started(c: StartClock, calendar: Calendar) -> ClockStarted:
    """The fact that the clock runs, under the calendar of this version."""
    fact = ClockStarted(
        clock=c.clock,
        case=c.case,
        kind=c.kind,
        label=c.label,
        node=c.node,
        department=c.department,
        department_uscc=c.department_uscc,
        post=c.post,
        officer=c.officer,
        budget=c.budget,
        non_working_start=c.non_working_start,
        trigger=c.trigger,
        article=c.article,
        calendar=calendar.version,
        timeline=c.timeline,
        start=c.start,
        due_at=None,
        provisional=False,
        at=c.at,
        imported=c.imported,
    )
    return replace(fact, **addressee(fact, c.holdings, c.at))


def clock_of(case: str, name: str) -> str:
    """The name of a case's clock, which is also its stream: `name` is what stands behind the case number."""
    return f"clock:{case}:{name}"


def case_of(clock: str) -> str:
    """The case a clock belongs to, by its number."""
    return clock.split(":")[1]


def node_of_case(case: str) -> str:
    """The node that keeps a case and its clocks, by its code: the first part of the case number."""
    return case.partition("-")[0]


def kind_of(name: str) -> ClockKind:
    """What a clock of this name measures: `step:3` a step, `correction:2` a correction notice."""
    return ClockKind(name.partition(":")[0])
