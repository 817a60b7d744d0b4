"""The proof of a deadline (时限凭证): everything that made it, each day counted or not and why, derived anew from facts and calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from libs.decider import record
from libs.workdays import CHINA, Calendar, CountedDay, derive, explain
from services.deadline.clock_rungs import ledger
from services.deadline.clock_state import Clock, Rung, evolve
from services.deadline.events import (
    Budget,
    ClockCancelled,
    ClockEnded,
    ClockKind,
    ClockRed,
    ClockReminded,
    ClockStarted,
    ClockYellow,
    Event,
    Policy,
    SilenceNoticed,
    Unit,
)

KINDS: Final[Mapping[ClockKind, str]] = {
    ClockKind.CORRECTION: "补正告知",
    ClockKind.STATUTORY: "法定时限",
    ClockKind.PROMISED: "承诺时限",
    ClockKind.STEP: "环节时限",
    ClockKind.DELIVERY: "送达时限",
}
UNITS: Final[Mapping[Unit, str]] = {Unit.WORKING_DAYS: "个工作日", Unit.NATURAL_DAYS: "个自然日"}
POLICIES: Final[Mapping[Policy, str]] = {
    Policy.AS_IS: "起算日不计入，次一工作日为第 1 日；起算日为非工作日的，照原日起算",
    Policy.ROLL_FORWARD: "起算日不计入；起算日为非工作日的，顺延至下一工作日起算",
}


@record
class Day:
    """A day of the derivation; `number` is its place among the counted."""

    date: date
    counted: bool
    number: int | None
    reason: str
    reason_zh: str
    provisional: bool


@record
class Interval:
    """Days not counted; `last` None: still going on."""

    reason: str
    first: date
    last: date | None


@record
class Extension:
    """What was added to the budget."""

    text: str
    budget: Budget


@record
class Spoken:
    """A rung that was said, at its own instant."""

    rung: str
    text: str
    generation: int
    overdue: int
    at: datetime


@record
class Basis:
    """What the clock was started with."""

    clock: str
    case: str
    kind: str
    kind_text: str
    label: str
    node: str
    officer: str
    article: str
    trigger: str
    budget: Budget
    budget_text: str
    policy: str
    policy_text: str
    timeline: str
    imported: bool
    start: datetime


@record
class Derivation:
    """What follows. `late`: past due when it ended, or, while it runs, when it was asked for; in virtual time, as far as that has gone on."""

    calendar: str
    days: tuple[Day, ...]
    stops: tuple[Interval, ...]
    extensions: tuple[Extension, ...]
    generation: int
    due_date: date | None
    due_at: datetime | None
    inclusive: bool
    provisional: bool
    rungs: tuple[Spoken, ...]
    state: str
    state_text: str
    ended_at: datetime | None
    late: bool


def proof(events: Sequence[Event], calendar: Calendar, now: datetime) -> tuple[Basis, Derivation]:
    """The proof of the clock whose facts are `events`, as it stands at `now`. Raises `LookupError` where none was started."""
    clock, over = Clock(), None
    for event in events:
        clock, over = evolve(clock, event), event if isinstance(event, ClockEnded | ClockCancelled) else over
    started = clock.started
    if started is None:
        raise LookupError("no such clock")
    known = ledger(started, clock)
    due = derive(known, calendar)
    running = bool(clock.fired & {(Rung.RED, 0)}) if started.timeline else due.late(now)
    late, state = due.late(over.at) if over else running, _state(clock, over)
    return _basis(started), Derivation(
        calendar=calendar.version,
        days=tuple(_day(day) for day in explain(known, calendar, now.astimezone(CHINA).date())),
        stops=tuple(Interval(reason=stop.reason, first=stop.first, last=stop.last) for stop in clock.stops),
        extensions=tuple(Extension(text=f"延长 {budget_text(more)}", budget=more) for more in clock.extensions),
        generation=clock.generation,
        due_date=due.due_date,
        due_at=due.due_at,
        inclusive=due.inclusive,
        provisional=due.provisional,
        rungs=tuple(spoken for event in events for spoken in _spoken(event)),
        state=state,
        state_text=state_text(state, late=late),
        ended_at=over.at if over else None,
        late=late,
    )


def _basis(started: ClockStarted) -> Basis:
    return Basis(
        clock=started.clock,
        case=started.case,
        kind=started.kind.value,
        kind_text=KINDS[started.kind],
        label=started.label,
        node=started.node,
        officer=started.officer,
        article=started.article,
        trigger=started.trigger,
        budget=started.budget,
        budget_text=budget_text(started.budget),
        policy=started.policy.value,
        policy_text=_policy_text(started),
        timeline=started.timeline,
        imported=started.imported,
        start=started.start,
    )


def budget_text(budget: Budget) -> str:
    """For people."""
    return f"{budget.n} {UNITS[budget.unit]}" if budget.unit in UNITS else "至给定的时刻（含）"


def state_text(state: str, *, late: bool) -> str:
    """For people. `state`: open, stopped, ended, cancelled."""
    words = {"open": ("计时中", "已超期"), "stopped": ("依法不计时", "已超期，依法不计时"), "ended": ("已结束，按时", "已结束，超期")}
    return words[state][late] if state in words else "已撤销"


def _policy_text(started: ClockStarted) -> str:
    return "导入的记录给出的时刻，不推算" if started.budget.unit is Unit.UNTIL else POLICIES[started.policy]


def _state(clock: Clock, over: ClockEnded | ClockCancelled | None) -> str:
    if over is not None:
        return "ended" if isinstance(over, ClockEnded) else "cancelled"
    return "stopped" if clock.stopped else "open"


def _day(day: CountedDay) -> Day:
    return Day(
        date=day.date,
        counted=day.counted,
        number=day.number,
        reason=day.reason,
        reason_zh=day.reason_zh,
        provisional=day.provisional,
    )


def _spoken(event: Event) -> list[Spoken]:
    match event:
        case ClockReminded(generation=generation, at=at):
            return [Spoken(rung="reminder", text="提醒", generation=generation, overdue=0, at=at)]
        case ClockYellow(generation=generation, at=at):
            return [Spoken(rung="yellow", text="黄牌：临近期限", generation=generation, overdue=0, at=at)]
        case ClockRed(generation=generation, overdue=overdue, at=at):
            text = f"红牌：已超期 {5 * overdue} 个工作日" if overdue else "红牌：超过期限"
            return [Spoken(rung="red", text=text, generation=generation, overdue=overdue, at=at)]
        case SilenceNoticed(at=at):
            return [Spoken(rung="silence", text="逾期未告知，视为受理", generation=0, overdue=0, at=at)]
        case _:
            return []
