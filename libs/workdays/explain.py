"""Why a limit is due on its day: every day with its reason, counted one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from libs.workdays.calendar import Calendar, DayReason
from libs.workdays.ledger import Budget, Ledger, NaturalDays, NonWorkingStart, Until, derive, total

REASONS: Final = {
    "start-day": "起算当日不计入（民法典第二百零一条）",
    "start-rolled": "起算日为非工作日，顺延起算",
    "same-day": "即办：当个工作日办结",
    "after-closing": "即办：下班后收件，顺延至下一个工作日",
    "natural-day": "自然日，计入",
    "moved": "期限最后一日为非工作日，顺延（民法典第二百零三条）",
    "last-day": "顺延至此，期限最后一日",
    "stopped": "依法不计时（行政许可法第四十五条）",
    "event-day": "当日不计入",
    DayReason.WORKING_DAY.value: "工作日",
    DayReason.SHIFTED_WORK.value: "调休上班，工作日",
    DayReason.WEEKEND.value: "周末，不计入",
    DayReason.HOLIDAY.value: "法定节假日{holiday}，不计入",
    DayReason.NOTICED_REST.value: "放假{notice}，不计入",
    DayReason.SHIFTED_REST.value: "调休放假，不计入",
}
"""A sentence for each reason; a holiday is named in it."""
PROVISIONAL: Final = "（国务院尚未公布放假安排，暂按预计）"


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a derivation; `number` is its place among the counted, None where it is not counted."""

    date: date
    counted: bool
    reason: str
    number: int | None
    provisional: bool = False
    holiday: str = ""

    @property
    def reason_zh(self) -> str:
        """The reason as a sentence."""
        holiday, notice = (
            f"（{self.holiday}）" if self.holiday else "",
            f"（国务院办公厅通知：{self.holiday}）" if self.holiday else "（国务院办公厅通知）",
        )
        return REASONS[self.reason].format(holiday=holiday, notice=notice) + (PROVISIONAL if self.provisional else "")


@dataclass(frozen=True, slots=True)
class Back:
    """The latest day on which something may be done so that the budget lies between it and the event."""

    latest_date: date
    provisional: bool
    days: tuple[CountedDay, ...]


def explain(ledger: Ledger, calendar: Calendar, until: date | None = None) -> tuple[CountedDay, ...]:
    """Every day from the start to the due day (or to `until` while the clock stands still), each with its reason. Empty for an instant."""
    if isinstance(ledger.budget, Until):
        return ()
    end = derive(ledger, calendar).due_date or until or ledger.start_day
    days, number = total(ledger), 0
    if days == 0:
        return tuple(_immediate(calendar, ledger.start_day, end))
    rows, counting = list[CountedDay](), False
    for day in _each(ledger.start_day, end):
        if counting:
            rows.append(_row(ledger, calendar, day, number, days))
            number += rows[-1].counted
        else:
            counting = ledger.non_working_start is NonWorkingStart.AS_IS or calendar.is_working_day(day)
            rows.append(CountedDay(day, False, "start-day" if counting else "start-rolled", None, calendar.is_provisional(day)))
    return tuple(rows)


def _each(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))


def _immediate(calendar: Calendar, start: date, due: date) -> Iterator[CountedDay]:
    for day in _each(start, due):
        waits = "after-closing" if calendar.is_working_day(day) else calendar.reason(day).value
        yield CountedDay(day, False, "same-day" if day == due else waits, None, calendar.is_provisional(day), calendar.holiday(day))


def _row(ledger: Ledger, calendar: Calendar, day: date, number: int, days: int) -> CountedDay:
    provisional = calendar.is_provisional(day)
    if number < days and any(stop.first <= day and (stop.last is None or day <= stop.last) for stop in ledger.stops):
        return CountedDay(day, False, "stopped", None, provisional)
    if isinstance(ledger.budget, NaturalDays):
        if number >= days:
            reason = "last-day" if calendar.is_working_day(day) else "moved"
            return CountedDay(day, False, reason, None, provisional)
        return CountedDay(day, True, "natural-day", number + 1, provisional)
    counted = calendar.is_working_day(day)
    return CountedDay(day, counted, calendar.reason(day).value, number + 1 if counted else None, provisional, calendar.holiday(day))


def count_back(event_day: date, budget: Budget, calendar: Calendar) -> Back:
    """Backward, as for a hearing's notice (Art. 48): the event day is not counted; back n days of the budget's unit."""
    if isinstance(budget, Until) or budget.n < 1:
        raise ValueError("倒推需要至少 1 天的期限")
    working = not isinstance(budget, NaturalDays)
    latest = calendar.before(event_day, budget.n) if working else event_day - timedelta(budget.n)
    rows, number, day = [CountedDay(event_day, False, "event-day", None, calendar.is_provisional(event_day))], 0, event_day - timedelta(1)
    while day >= latest:
        counted = calendar.is_working_day(day) if working else True
        number += counted
        reason = calendar.reason(day).value if working else "natural-day"
        rows.append(CountedDay(day, counted, reason, number if counted else None, calendar.is_provisional(day), calendar.holiday(day)))
        day -= timedelta(1)
    return Back(latest, any(row.provisional for row in rows), tuple(rows))
