"""What must hold for every ledger."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from libs.workdays import (
    CHINA,
    Budget,
    Calendar,
    Ledger,
    NaturalDays,
    NonWorkingStart,
    Stop,
    Until,
    WorkingDays,
    derive,
    explain,
    ran,
)

CALENDAR = Calendar.load()
DAYS = st.dates(date(2004, 1, 1), date(2030, 12, 31))
LENGTHS = st.integers(0, 40)
NON_WORKING_STARTS = st.sampled_from(NonWorkingStart)


@st.composite
def stops(draw: st.DrawFn, start: date) -> tuple[Stop, ...]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        first = start + timedelta(draw(st.integers(-10, 60)))
        found.append(Stop(first, first + timedelta(draw(st.integers(0, 20)))))
    return tuple(found)


@st.composite
def ledgers(draw: st.DrawFn, least: int = 0) -> Ledger:
    start, n = draw(DAYS), draw(st.integers(least, 45))
    budget: Budget = WorkingDays(n) if draw(st.booleans()) else NaturalDays(n)
    return Ledger(start, budget, draw(stops(start)), (), draw(NON_WORKING_STARTS))


@given(ledgers(least=1))
def test_the_due_day_is_the_last_counted_day_of_counting_one_by_one(ledger: Ledger) -> None:
    days = explain(ledger, CALENDAR)
    counted = [day for day in days if day.counted]
    assert [day.number for day in counted] == list(range(1, len(counted) + 1))
    assert isinstance(ledger.budget, WorkingDays | NaturalDays)
    assert len(counted) == ledger.budget.n
    if isinstance(ledger.budget, WorkingDays):
        assert counted[-1].date == derive(ledger, CALENDAR).due_date
    else:
        assert CALENDAR.on_or_after(counted[-1].date) == derive(ledger, CALENDAR).due_date


@given(ledgers(least=1), LENGTHS)
def test_how_far_it_had_run_is_the_number_of_the_last_day_counted_by_then(ledger: Ledger, length: int) -> None:
    assert isinstance(ledger.budget, WorkingDays | NaturalDays)
    working = Ledger(ledger.start, WorkingDays(ledger.budget.n), ledger.stops, (), ledger.non_working_start)
    day = working.start_day + timedelta(length)
    counted = [one.number for one in explain(working, CALENDAR) if one.counted and one.date <= day]
    assert min(ran(working, day, CALENDAR), ledger.budget.n) == len(counted)


@given(ledgers(), DAYS, LENGTHS)
def test_a_stop_never_makes_it_earlier(ledger: Ledger, first: date, length: int) -> None:
    more = Ledger(ledger.start, ledger.budget, (*ledger.stops, Stop(first, first + timedelta(length))), (), ledger.non_working_start)
    before, after = derive(ledger, CALENDAR).due_date, derive(more, CALENDAR).due_date
    assert before is not None
    assert after is not None
    assert after >= before


@given(ledgers(least=1))
def test_one_day_more_is_later_in_working_days_and_never_earlier_in_natural_days(ledger: Ledger) -> None:
    assert isinstance(ledger.budget, WorkingDays | NaturalDays)
    longer = Ledger(ledger.start, type(ledger.budget)(ledger.budget.n + 1), ledger.stops, (), ledger.non_working_start)
    one, two = derive(ledger, CALENDAR).due_date, derive(longer, CALENDAR).due_date
    assert one is not None
    assert two is not None
    assert two > one if isinstance(ledger.budget, WorkingDays) else two >= one


@given(ledgers())
def test_stops_are_united_their_order_and_overlap_do_not_matter(ledger: Ledger) -> None:
    doubled = Ledger(ledger.start, ledger.budget, (*reversed(ledger.stops), *ledger.stops), (), ledger.non_working_start)
    assert derive(doubled, CALENDAR) == derive(ledger, CALENDAR)


@given(ledgers(least=1))
def test_provisional_is_marked_where_a_day_beyond_the_last_notice_decides(ledger: Ledger) -> None:
    found = derive(ledger, CALENDAR)
    assert found.due_date is not None
    assert found.provisional == (found.due_date > CALENDAR.last_notice)
    assert found.provisional == any(day.provisional for day in explain(ledger, CALENDAR))


@given(ledgers(least=1))
def test_the_warnings_come_in_order_and_before_it_is_due(ledger: Ledger) -> None:
    found = derive(ledger, CALENDAR)
    assert found.due_at is not None
    assert found.yellow_at is not None
    assert found.yellow_at < found.due_at
    assert found.reminder_at is None or found.reminder_at < found.yellow_at


@given(ledgers(), st.times(), st.none() | st.integers(-40, 40))
def test_no_warning_lies_before_the_start(ledger: Ledger, hour: time, until: int | None) -> None:
    start = datetime.combine(ledger.start_day, hour, CHINA)
    budget = ledger.budget if until is None else Until(start + timedelta(days=until))
    found = derive(Ledger(start, budget, ledger.stops, (), ledger.non_working_start), CALENDAR)
    assert [warning for warning in (found.reminder_at, found.yellow_at) if warning is not None and warning < start] == []
