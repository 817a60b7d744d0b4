"""The proof of a deadline (时限凭证): everything that made it, each day counted or not and why, derived anew from facts and calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Final

from libs.decider import record
from libs.workdays import CHINA, Calendar, Calendars, CountedDay, derive, explain, midnight
from services.deadline.clock import Clock, State, evolve
from services.deadline.clock.carrying import days_run
from services.deadline.clock.counting import ledger
from services.deadline.clock.rungs import Rung
from services.deadline.events import (
    ClockEnded,
    ClockKind,
    ClockRed,
    ClockReminded,
    ClockStarted,
    ClockYellow,
    Event,
    LimitBudget,
    SilenceNoticed,
    StartReading,
    Unit,
)

KINDS: Final[Mapping[ClockKind, str]] = {
    ClockKind.CORRECTION: "补正告知",
    ClockKind.STATUTORY: "法定时限",
    ClockKind.PROMISED: "承诺时限",
    ClockKind.STEP: "环节时限",
    ClockKind.DELIVERY: "送达时限",
    ClockKind.SUSPENSION: "依法不计时所需时间",
}
UNITS: Final[Mapping[Unit, str]] = {Unit.WORKING_DAYS: "个工作日", Unit.NATURAL_DAYS: "个自然日"}
START_READINGS: Final[Mapping[StartReading, str]] = {
    StartReading.AS_IS: "起算日不计入，次一工作日为第 1 日；起算日为非工作日的，照原日起算",
    StartReading.ROLL_FORWARD: "起算日不计入；起算日为非工作日的，顺延至下一工作日起算",
}


@record
class ProofDay:
    """A day of the derivation and why it is counted or not; `number` is its place among the counted."""

    date: date
    counted: bool
    number: int | None
    reason: str
    reason_zh: str
    provisional: bool


@record
class ProofStop:
    """A procedure of Art. 45 whose days are not counted; `last` None: it still runs."""

    reason: str
    first: date
    last: date | None


@record
class ProofExtension:
    """An extension of the budget (Art. 42)."""

    text: str
    budget: LimitBudget


@record
class ProofCarriedOver:
    """That the clock ran in another system's record until its case came here, at `at`; `ran` working days by then."""

    text: str
    ran: int
    at: datetime


@record
class ProofRung:
    """A rung that was said, at its own instant."""

    rung: str
    text: str
    generation: int
    overdue: int
    at: datetime


@record
class Basis:
    """What a clock was started with: trigger, article, budget, whom it addressed, start."""

    clock: str
    case: str
    kind: str
    kind_text: str
    label: str
    node: str
    department: str
    post: str
    officer: str
    article: str
    trigger: str
    budget: LimitBudget
    budget_text: str
    non_working_start: str
    non_working_start_text: str
    timeline: str
    imported: bool
    start: datetime


@record
class Derivation:
    """What calendar and facts make of the basis. `late`: past due when the clock ended, or, while it runs, when the proof was asked for; in
    virtual time, as far as that has gone on.
    """

    calendar: str
    days: tuple[ProofDay, ...]
    carried: ProofCarriedOver | None
    stops: tuple[ProofStop, ...]
    extensions: tuple[ProofExtension, ...]
    generation: int
    due_date: date | None
    due_at: datetime | None
    inclusive: bool
    provisional: bool
    rungs: tuple[ProofRung, ...]
    state: str
    state_text: str
    ended_at: datetime | None
    late: bool


def proof(events: Sequence[Event], calendars: Calendars, now: datetime) -> tuple[Basis, Derivation] | None:
    """The proof of the clock whose facts are `events`, as it stands at `now`, or stood at its end; None where none was started.

    A clock that is over keeps the calendar it ended under. Raises `UnknownCalendar`.
    """
    nothing: State = None
    clock = reduce(evolve, events, nothing)
    return (_basis(clock.started), _derivation(clock, events, calendars, now)) if clock else None


def _derivation(clock: Clock, events: Sequence[Event], calendars: Calendars, now: datetime) -> Derivation:
    known, over = ledger(clock), clock.over
    calendar, until = (calendars.of(over.calendar), over.at) if over else (calendars.current, now)
    due = derive(known, calendar)
    running = (Rung.RED, 0) in clock.generation.said if clock.started.timeline else due.late(now)
    late, state = due.late(over.at) if over else running, _state(clock, now)
    return Derivation(
        calendar=calendar.version,
        days=tuple(_day(day) for day in explain(known, calendar, until.astimezone(CHINA).date())),
        carried=_carried(clock, calendar),
        stops=tuple(ProofStop(reason=stop.reason, first=stop.first, last=stop.last) for stop in clock.stops.all),
        extensions=tuple(ProofExtension(text=f"延长 {budget_text(more)}", budget=more) for more in clock.extensions),
        generation=clock.generation.number,
        due_date=due.due_date,
        due_at=due.due_at,
        inclusive=due.inclusive,
        provisional=due.provisional,
        rungs=tuple(rung for event in events for rung in _rungs(event)),
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
        department=started.department,
        post=started.post,
        officer=started.officer,
        article=started.article,
        trigger=started.trigger,
        budget=started.budget,
        budget_text=budget_text(started.budget),
        non_working_start=started.non_working_start.value,
        non_working_start_text=_start_text(started),
        timeline=started.timeline,
        imported=started.imported,
        start=started.start,
    )


def budget_text(budget: LimitBudget) -> str:
    """The budget as people read it."""
    return f"{budget.n} {UNITS[budget.unit]}" if budget.unit in UNITS else "至给定的时刻（含）"


def state_text(state: str, *, late: bool) -> str:
    """The state as people read it. `state`: open, stopped, ended, cancelled."""
    words = {"open": ("计时中", "已超期"), "stopped": ("依法不计时", "已超期，依法不计时"), "ended": ("已结束，按时", "已结束，超期")}
    return words[state][late] if state in words else "不再计时"


def _start_text(started: ClockStarted) -> str:
    return "导入的记录给出的时刻，不推算" if started.budget.unit is Unit.UNTIL else START_READINGS[started.non_working_start]


def _state(clock: Clock, now: datetime) -> str:
    if clock.over is not None:
        return "ended" if isinstance(clock.over, ClockEnded) else "cancelled"
    return "stopped" if any(midnight(stop.first) <= now for stop in clock.stops.open) else "open"


def _carried(clock: Clock, calendar: Calendar) -> ProofCarriedOver | None:
    """Counted anew, with the stops that have been heard of since."""
    if clock.carried is None:
        return None
    days = days_run(clock, clock.carried.at, calendar)
    return ProofCarriedOver(text=f"导入时已经过 {days} 个工作日，此前不发牌", ran=days, at=clock.carried.at)


def _day(day: CountedDay) -> ProofDay:
    return ProofDay(
        date=day.date,
        counted=day.counted,
        number=day.number,
        reason=day.reason,
        reason_zh=day.reason_zh,
        provisional=day.provisional,
    )


def _rungs(event: Event) -> list[ProofRung]:
    match event:
        case ClockReminded(generation=generation, at=at):
            return [ProofRung(rung="reminder", text="到期提醒", generation=generation, overdue=0, at=at)]
        case ClockYellow(generation=generation, at=at):
            return [ProofRung(rung="yellow", text="黄牌：临近期限", generation=generation, overdue=0, at=at)]
        case ClockRed(generation=generation, overdue=overdue, at=at):
            text = f"红牌：已超期 {5 * overdue} 个工作日" if overdue else "红牌：超过期限"
            return [ProofRung(rung="red", text=text, generation=generation, overdue=overdue, at=at)]
        case SilenceNoticed(at=at):
            return [ProofRung(rung="silence", text="逾期未告知，视为受理", generation=0, overdue=0, at=at)]
        case _:
            return []
