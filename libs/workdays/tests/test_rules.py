"""The rules one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from libs.workdays import (
    CHINA,
    REASONS,
    Calendar,
    DayReason,
    Ledger,
    NaturalDays,
    NonWorkingStart,
    OutOfCalendar,
    Stop,
    Until,
    WorkingDays,
    count_back,
    derive,
    explain,
    midnight,
)

CALENDAR = Calendar.load()


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+08:00")


def test_the_calendar_knows_shifted_days_and_marks_what_it_only_expects() -> None:
    assert CALENDAR.last_notice == date(2026, 12, 31)
    assert CALENDAR.reason(date(2007, 9, 29)) is DayReason.SHIFTED_WORK
    assert CALENDAR.is_working_day(date(2005, 12, 31))
    assert CALENDAR.reason(date(2027, 10, 1)) is DayReason.HOLIDAY
    assert CALENDAR.is_working_day(date(2027, 10, 4))
    assert CALENDAR.is_provisional(date(2027, 1, 4))
    with pytest.raises(OutOfCalendar):
        CALENDAR.is_working_day(date(2003, 12, 31))


def test_done_by_midnight_of_the_last_day_is_in_time() -> None:
    due = derive(Ledger(at("2026-11-09"), WorkingDays(5)), CALENDAR)
    assert due.due_at == midnight(date(2026, 11, 17)) == datetime(2026, 11, 16, 16, tzinfo=UTC)
    assert not due.late(due.due_at - timedelta(microseconds=1))
    assert due.late(due.due_at)


@pytest.mark.parametrize(
    ("start", "day", "due", "warned"),
    [
        ("2026-11-20", "16:59", "2026-11-20", "17:00"),
        ("2026-11-20", "17:29", "2026-11-20", "17:29"),
        ("2026-11-20", "17:30", "2026-11-23", "17:00"),
        ("2026-11-21", "09:00", "2026-11-23", "17:00"),
    ],
)
def test_immediate_is_the_same_working_day_or_the_next_when_the_doors_are_closed(start: str, day: str, due: str, warned: str) -> None:
    found = derive(Ledger(at(start, day), WorkingDays(0)), CALENDAR)
    assert found.due_date == date.fromisoformat(due)
    assert found.yellow_at == at(due, warned)
    assert found.reminder_at is None


@pytest.mark.parametrize(("n", "yellow"), [(1, 1), (2, 2), (5, 5), (10, 10), (20, 19), (30, 28)])
def test_yellow_at_the_start_of_its_counted_day_and_a_reminder_the_day_before(n: int, yellow: int) -> None:
    ledger = Ledger(at("2026-03-02"), WorkingDays(n))
    due, days = derive(ledger, CALENDAR), {d.number: d.date for d in explain(ledger, CALENDAR) if d.counted}
    assert due.yellow_at == midnight(days[yellow])
    assert due.reminder_at == (midnight(days[yellow - 1]) if n >= 2 else None)


def test_natural_days_move_past_every_non_working_day() -> None:
    found = derive(Ledger(at("2026-09-15"), NaturalDays(16)), CALENDAR)
    assert found.due_date == date(2026, 10, 8)
    rows = explain(Ledger(at("2026-09-15"), NaturalDays(16)), CALENDAR)
    assert [row.reason for row in rows][-1] == "last-day"
    assert {row.reason for row in rows if row.date > date(2026, 10, 1)} == {"moved", "last-day"}


def test_a_start_on_a_rest_day_as_it_is_or_rolled_forward() -> None:
    start = at("2026-11-21")
    assert derive(Ledger(start, WorkingDays(5)), CALENDAR).due_date == date(2026, 11, 27)
    assert derive(Ledger(start, WorkingDays(5), non_working_start=NonWorkingStart.ROLL_FORWARD), CALENDAR).due_date == date(2026, 11, 30)


def test_while_it_stands_still_there_is_no_due_day_unless_it_was_due_before() -> None:
    start = at("2026-11-09")
    assert derive(Ledger(start, WorkingDays(5), (Stop(date(2026, 11, 16)),)), CALENDAR).due_at is None
    assert derive(Ledger(start, WorkingDays(5), (Stop(date(2026, 11, 17)),)), CALENDAR).due_date == date(2026, 11, 16)


def test_an_extension_adds_to_the_budget_in_its_own_unit_only() -> None:
    start = at("2026-03-02")
    extended = derive(Ledger(start, WorkingDays(20), extensions=(WorkingDays(10),)), CALENDAR)
    assert extended.due_date == derive(Ledger(start, WorkingDays(30)), CALENDAR).due_date
    with pytest.raises(ValueError, match="单位"):
        derive(Ledger(start, WorkingDays(20), extensions=(NaturalDays(10),)), CALENDAR)


def test_a_reminder_comes_on_the_counted_day_before_also_in_natural_days() -> None:
    # 4 days from Tuesday 13 March end on Saturday 17, moved to Monday 19; yellow is on Sunday or Monday, never counted
    moved = derive(Ledger(date(2029, 3, 13), NaturalDays(4)), CALENDAR)
    assert moved.yellow_at is not None
    assert moved.yellow_at.astimezone(CHINA).date() == date(2029, 3, 19)
    assert moved.reminder_at == midnight(date(2029, 3, 17))
    stopped = derive(Ledger(date(2026, 3, 2), NaturalDays(10), (Stop(date(2026, 3, 10), date(2026, 3, 11)),)), CALENDAR)
    assert stopped.due_date == date(2026, 3, 16)
    assert all(stopped.reminder_at != midnight(day) for day in (date(2026, 3, 10), date(2026, 3, 11)))


def test_no_days_at_all_are_immediate_in_either_unit() -> None:
    start = at("2026-11-20", "17:30")
    assert derive(Ledger(start, NaturalDays(0)), CALENDAR) == derive(Ledger(start, WorkingDays(0)), CALENDAR)
    assert [day.reason for day in explain(Ledger(start, WorkingDays(0)), CALENDAR)] == ["after-closing", "weekend", "weekend", "same-day"]


def test_an_instant_needs_its_time_zone_and_a_budget_is_not_negative() -> None:
    naive = datetime(2026, 3, 2, 10)  # noqa: DTZ001
    with pytest.raises(ValueError, match="时区"):
        derive(Ledger(naive, WorkingDays(5)), CALENDAR)
    with pytest.raises(ValueError, match="时区"):
        derive(Ledger(naive, Until(at("2026-03-03"))), CALENDAR)
    with pytest.raises(ValueError, match="时区"):
        Until(naive)
    with pytest.raises(ValueError, match="0 天"):
        WorkingDays(-1)
    with pytest.raises(ValueError, match="0 天"):
        NaturalDays(-1)


def test_beyond_the_calendar_is_an_error_in_both_directions() -> None:
    for ask in (
        lambda: derive(Ledger(date(2003, 12, 31), WorkingDays(5)), CALENDAR),
        lambda: derive(Ledger(date(2060, 12, 30), WorkingDays(5)), CALENDAR),
        lambda: derive(Ledger(date(2060, 1, 1), WorkingDays(5), (Stop(date(2060, 1, 2), date(2070, 1, 1)),)), CALENDAR),
        lambda: count_back(date(2070, 1, 1), WorkingDays(1), CALENDAR),
        lambda: count_back(date(2004, 1, 5), WorkingDays(20), CALENDAR),
        lambda: CALENDAR.before(date(2070, 1, 1), 1),
    ):
        with pytest.raises(OutOfCalendar):
            ask()
    far = Stop(date(2061, 1, 1), date(2070, 1, 1))
    assert derive(Ledger(date(2026, 3, 2), WorkingDays(5), (far,)), CALENDAR).due_date == date(2026, 3, 9)


def test_an_instant_is_inclusive_and_warns_at_nine_tenths() -> None:
    start = datetime(2011, 10, 11, 11, 42, 22, 688000, tzinfo=UTC)
    due = derive(Ledger(start, Until(start + timedelta(days=10))), CALENDAR)
    assert due.due_at is not None
    assert not due.late(due.due_at)
    assert due.late(due.due_at + timedelta(microseconds=1))
    assert due.yellow_at == start + timedelta(days=9)


def test_an_immediate_limit_that_begins_minutes_before_closing_warns_at_its_start_and_never_before_it() -> None:
    begun = at("2026-11-20", "17:10")
    due = derive(Ledger(begun, WorkingDays(0)), CALENDAR)
    assert (due.due_date, due.yellow_at) == (date(2026, 11, 20), begun)


def test_an_instant_that_lies_before_the_start_warns_at_the_start() -> None:
    begun = at("2026-11-20")
    due = derive(Ledger(begun, Until(begun - timedelta(days=10))), CALENDAR)
    assert due.yellow_at == begun


def test_a_start_in_the_evening_of_utc_is_the_next_day_in_china() -> None:
    ledger = Ledger(datetime(2026, 11, 8, 17, tzinfo=UTC), WorkingDays(1))
    assert ledger.start_day == datetime(2026, 11, 9, 1, tzinfo=CHINA).date()


def test_every_reason_has_its_sentence() -> None:
    assert all(reason.value in REASONS for reason in DayReason)


def test_a_stop_whose_end_comes_first_is_an_error() -> None:
    with pytest.raises(ValueError, match="颠倒"):
        Stop(date(2026, 1, 2), date(2026, 1, 1))
