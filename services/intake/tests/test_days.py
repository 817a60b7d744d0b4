"""Days as the rules of a case count them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given as whenever
from hypothesis import strategies

from libs.workdays import Ledger, WorkingDays
from services.intake.case import Case
from services.intake.case.acceptance import by_time, deemed_at
from services.intake.case.days import day_of, days_back, passed
from services.intake.case.limit import limit_passed
from services.intake.tests import stories as s
from services.intake.tests.stories import CALENDAR, at, given


def test_a_day_is_the_day_in_china() -> None:
    assert day_of(datetime(2007, 3, 5, 15, 59, tzinfo=UTC)) == date(2007, 3, 5)
    assert day_of(datetime(2007, 3, 5, 16, 0, tzinfo=UTC)) == date(2007, 3, 6)


def test_a_limit_ends_with_its_last_day() -> None:
    five = Ledger(at("2007-03-05"), WorkingDays(5))
    assert not passed(five, at("2007-03-12", "23:59"), CALENDAR)
    assert passed(five, at("2007-03-13", "00:00"), CALENDAR)


def test_what_is_older_than_the_calendar_has_passed() -> None:
    assert passed(Ledger(at("1999-03-01"), WorkingDays(5)), at("1999-03-02"), CALENDAR)


def test_nothing_passes_before_it_began() -> None:
    later = at("2030-01-02")
    assert by_time(Case(), later, CALENDAR) == ()
    assert not limit_passed(Case(), later, CALENDAR)
    assert not limit_passed(given(s.filed()).state, later, CALENDAR)
    assert by_time(given(s.filed()).state, later, CALENDAR) != ()


@whenever(strategies.dates(date(2004, 1, 1), date(2008, 12, 31)), strategies.integers(-40, 40), strategies.integers(1, 20))
def test_days_counted_back_say_of_a_receipt_what_its_limit_says(received: date, later: int, n: int) -> None:
    now = datetime.combine(received, time(9, 30), UTC) + timedelta(days=later)
    back = days_back(now, CALENDAR, 20)
    begun = datetime.combine(received, time(3), UTC)
    assert (len(back) >= n and begun < back[n - 1]) == passed(Ledger(begun, WorkingDays(n)), now, CALENDAR)


def test_no_day_is_counted_back_behind_the_beginning_of_the_calendar() -> None:
    assert days_back(at("2003-12-31"), CALENDAR, 5) == days_back(at("2004-01-01"), CALENDAR, 5) == []
    assert days_back(at("2004-01-06"), CALENDAR, 5) == [at("2004-01-05", "00:00"), at("2004-01-02", "00:00")]


def test_silence_is_counted_from_the_last_return() -> None:
    returned = given(s.returned_incomplete()).state
    assert deemed_at(returned, CALENDAR) == at("2007-03-22", "00:00")
    assert by_time(returned, at("2007-03-21", "23:59"), CALENDAR) == ()
    assert by_time(returned, at("2007-03-22", "00:00"), CALENDAR) != ()


def test_the_limit_stands_still_while_a_procedure_runs_and_grows_by_its_days() -> None:
    running = given(s.suspended()).state
    assert not limit_passed(running, at("2008-01-02"), CALENDAR)
    resumed = given(s.suspended()).when(s.resume()).taken().state
    assert not limit_passed(resumed, at("2007-04-10", "23:59"), CALENDAR)
    assert limit_passed(resumed, at("2007-04-11", "00:00"), CALENDAR)
