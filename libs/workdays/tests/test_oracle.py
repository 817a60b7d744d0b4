"""The tables say what counting day by day says, for ledgers of every shape: open stops, extensions, instants, both readings of a start, both units."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.workdays import Calendar, Ledger, NaturalDays, NonWorkingStart, Stop, WorkingDays, derive, explain
from libs.workdays.tests.oracle import LAST_NOTICE, tell

CALENDAR = Calendar.load()


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    day = draw(st.dates(date(2004, 1, 2), date(2030, 12, 31)))
    minute = draw(st.none() | st.integers(0, 1439))
    start = day if minute is None else datetime(day.year, day.month, day.day, *divmod(minute, 60), tzinfo=UTC)
    unit: type[WorkingDays] | type[NaturalDays] = WorkingDays if draw(st.booleans()) else NaturalDays
    stops = []
    for first, length in draw(st.lists(st.tuples(st.integers(-10, 60), st.none() | st.integers(0, 25)), max_size=4)):
        opens = day + timedelta(first)
        stops.append(Stop(opens, None if length is None else opens + timedelta(length)))
    more = tuple(unit(n) for n in draw(st.lists(st.integers(0, 15), max_size=2)))
    return Ledger(start, unit(draw(st.integers(0, 60))), tuple(stops), more, draw(st.sampled_from(NonWorkingStart)))


@settings(max_examples=400)
@given(ledgers())
def test_tables_and_counting_by_hand_agree(ledger: Ledger) -> None:
    found, told = derive(ledger, CALENDAR), tell(ledger)
    assert (found.due_date, found.reminder_at, found.yellow_at) == (told.due, told.reminder, told.yellow)
    assert found.provisional == (told.due is not None and told.due > LAST_NOTICE)
    assert (found.due_at is None) == (told.due is None)


@settings(max_examples=200)
@given(ledgers())
def test_every_day_told_as_counted_is_counted_by_hand(ledger: Ledger) -> None:
    told = tell(ledger)
    days = explain(ledger, CALENDAR, ledger.start_day + timedelta(200))
    assert tuple(day.date for day in days if day.counted) == told.counted
    assert [day.date for day in days] == [days[0].date + timedelta(n) for n in range(len(days))]
    assert all(day.reason_zh for day in days)
    if told.due is not None:
        assert days[-1].date == told.due
