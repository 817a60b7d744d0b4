"""The proof of a deadline (时限凭证): whatever made it, each day counted or not and why, and how it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from libs.testkit.neighbours import moment
from libs.workdays import Calendar, Calendars, UnknownCalendar
from services.deadline.clock.proof import KINDS, Basis, Derivation, budget_text, proof, state_text
from services.deadline.events import ClockKind, Event, LimitBudget, StartReading, Unit
from services.deadline.tests.stories import CALENDAR, LATER_NOTICE, cancel, end, extend, given, resume, start, stop, tick, until, wd


def proved(events: list[Event], on: str = "2007-03-08", calendar: Calendar = CALENDAR) -> tuple[Basis, Derivation]:
    """The proof of a clock that was started, as it stands at ten o'clock; `calendar` is the current one."""
    found = proof(events, Calendars(calendar, (CALENDAR,)), moment(on))
    assert found is not None
    return found


def test_where_no_clock_was_started_there_is_nothing_to_prove() -> None:
    assert proof([], Calendars(CALENDAR), moment("2007-03-08")) is None


def test_ten_working_days_are_counted_one_by_one_from_the_day_behind_the_start() -> None:
    basis, derivation = proved(given().when(start(10)).history())
    assert (basis.kind_text, basis.budget_text, basis.trigger) == ("承诺时限", "10 个工作日", "urn:liandong:511525:intake#1#1")
    assert (derivation.days[0].date, derivation.days[0].counted) == (date(2007, 3, 5), False)
    assert [day.number for day in derivation.days if day.counted] == list(range(1, 11))
    assert (derivation.due_date, derivation.due_at) == (date(2007, 3, 19), moment("2007-03-20T00:00"))
    assert (derivation.state, derivation.state_text, derivation.late, derivation.ended_at) == ("open", "计时中", False, None)
    assert all(day.reason_zh for day in derivation.days)


@pytest.mark.parametrize(("on", "late", "text"), [("2007-03-19", False, "计时中"), ("2007-03-20", True, "已超期")])
def test_while_it_runs_it_is_late_as_of_now(on: str, late: bool, text: str) -> None:
    _, derivation = proved(given().when(start(10)).history(), on)
    assert (derivation.late, derivation.state_text) == (late, text)


@pytest.mark.parametrize(("done", "late", "text"), [("2007-03-19", False, "已结束，按时"), ("2007-03-20", True, "已结束，超期")])
def test_once_ended_it_stays_in_time_or_late(done: str, late: bool, text: str) -> None:
    _, derivation = proved(given().when(start(10), end(done)).history(), "2008-01-01")
    assert (derivation.state, derivation.late, derivation.state_text, derivation.ended_at) == ("ended", late, text, moment(done))


def test_cancelled_it_is_not_late() -> None:
    _, derivation = proved(given().when(start(10), cancel("2007-03-08")).history(), "2008-01-01")
    assert (derivation.state, derivation.state_text, derivation.late) == ("cancelled", "不再计时", False)


def test_stops_and_extensions_are_told_with_their_days() -> None:
    story = given().when(start(10), stop("2007-03-08"), resume("2007-03-13"), extend(5, "2007-03-14")).history()
    _, derivation = proved(story, "2007-03-15")
    (interval,), (longer,) = derivation.stops, derivation.extensions
    assert (interval.reason, interval.first, interval.last) == ("testing", date(2007, 3, 8), date(2007, 3, 13))
    assert (longer.text, longer.budget) == ("延长 5 个工作日", wd(5))
    assert derivation.generation == 2
    assert [day.date.day for day in derivation.days if day.reason == "stopped"] == list(range(8, 14))
    assert sum(day.counted for day in derivation.days) == 15


def test_a_clock_that_stands_still_has_no_due_day_and_shows_its_days_until_now() -> None:
    _, derivation = proved(given().when(start(10), stop("2007-03-08")).history(), "2007-03-12")
    assert (derivation.due_date, derivation.state_text, derivation.stops[0].last) == (None, "依法不计时", None)
    assert derivation.days[-1].date == date(2007, 3, 12)


def test_what_was_said_is_listed_with_its_own_instants() -> None:
    _, derivation = proved(given().when(start(10), tick("2007-03-27")).history(), "2007-03-27")
    assert [(rung.rung, rung.overdue, rung.at) for rung in derivation.rungs] == [
        ("reminder", 0, moment("2007-03-16T00:00")),
        ("yellow", 0, moment("2007-03-19T00:00")),
        ("red", 0, moment("2007-03-20T00:00")),
        ("red", 1, moment("2007-03-27T00:00")),
    ]
    assert derivation.rungs[-1].text == "红牌：已超期 5 个工作日"


def test_silence_is_listed_behind_the_red_one() -> None:
    _, derivation = proved(given().when(start(5, kind=ClockKind.CORRECTION), tick("2007-03-13")).history(), "2007-03-13")
    assert [rung.rung for rung in derivation.rungs][-2:] == ["red", "silence"]
    assert "视为受理" in derivation.rungs[-1].text


def test_an_instant_of_an_imported_log_has_no_days_and_is_late_as_far_as_its_own_time_went() -> None:
    begun = start(until(moment("2011-03-11")), on="2011-03-01", timeline="receipt")
    basis, derivation = proved(given().when(begun).history(), "2026-01-01")
    assert (basis.budget_text, basis.non_working_start_text) == ("至给定的时刻（含）", "导入的记录给出的时刻，不推算")
    assert (derivation.days, derivation.inclusive, derivation.late) == ((), True, False)
    _, passed = proved(given().when(begun, tick("2011-03-11")).history(), "2026-01-01")
    assert (passed.late, passed.state_text) == (True, "已超期")


def test_a_start_on_a_saturday_is_read_as_its_start_says() -> None:
    """10 March 2007 is a Saturday: as it is, day 1 is Monday; rolled forward, Monday is the day that is not counted."""
    rolled = replace(start(1, on="2007-03-10"), non_working_start=StartReading.ROLL_FORWARD)
    assert proved(given().when(start(1, on="2007-03-10")).history())[1].due_date == date(2007, 3, 12)
    basis, derivation = proved(given().when(rolled).history())
    assert derivation.due_date == date(2007, 3, 13)
    assert "顺延" in basis.non_working_start_text


@pytest.mark.parametrize(("done", "late"), [("2007-03-19", False), ("2007-03-20", True)])
def test_an_ended_clock_keeps_the_calendar_it_ended_under_in_its_proof_and_in_being_late(done: str, late: bool) -> None:
    """A later notice makes 16 March a holiday; until then it was a working day, and the limit was the 19th."""
    story = given().when(start(10), end(done)).history()
    _, derivation = proved(story, "2008-01-01", LATER_NOTICE)
    assert (derivation.due_date, derivation.late, derivation.calendar) == (date(2007, 3, 19), late, CALENDAR.version)
    assert derivation == proved(story, "2007-03-20")[1]


def test_under_a_calendar_that_was_not_shipped_nothing_is_proved() -> None:
    story = given().when(start(10), end("2007-03-19")).history()
    with pytest.raises(UnknownCalendar, match="不能用别的版本代替推算") as unknown:
        proof(story, Calendars(LATER_NOTICE), moment("2008-01-01"))
    assert unknown.value.version == CALENDAR.version


def test_a_cancelled_clock_keeps_the_calendar_it_was_cancelled_under() -> None:
    story = given().when(start(10), cancel("2007-03-08")).history()
    assert proved(story, "2008-01-01", LATER_NOTICE) == proved(story)


def test_a_running_clock_is_projected_under_the_current_calendar() -> None:
    _, derivation = proved(given().when(start(10)).history(), "2007-03-08", LATER_NOTICE)
    assert (derivation.due_date, derivation.calendar) == (date(2007, 3, 20), "a-later-notice")


def test_the_days_of_a_clock_that_ended_while_it_stood_still_are_shown_until_its_end() -> None:
    story = given().when(start(10), stop("2007-03-08"), end("2007-03-12")).history()
    assert proved(story, "2008-01-01")[1].days[-1].date == date(2007, 3, 12)


def test_beyond_the_last_notice_the_proof_is_provisional() -> None:
    _, derivation = proved(given().when(start(10, on="2027-03-01")).history(), "2027-03-02")
    assert derivation.provisional
    assert any(day.provisional for day in derivation.days)


def test_everything_has_a_word_for_people() -> None:
    assert set(KINDS) == set(ClockKind)
    assert budget_text(LimitBudget(unit=Unit.NATURAL_DAYS, n=30)) == "30 个自然日"
    assert [state_text("stopped", late=late) for late in (False, True)] == ["依法不计时", "已超期，依法不计时"]


@pytest.mark.parametrize(
    ("unit", "instant"), [(Unit.UNTIL, None), (Unit.WORKING_DAYS, moment("2011-03-11")), (Unit.NATURAL_DAYS, moment("2011-03-11"))]
)
def test_an_instant_belongs_to_its_unit_and_to_no_other(unit: Unit, instant: object) -> None:
    with pytest.raises(ValueError, match="until"):
        LimitBudget(unit=unit, until=instant)  # type: ignore[arg-type]
