"""Worked due dates 2005–2026, forward and backward, with the counted days."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from libs.workdays import Calendar, Ledger, NonWorkingStart, Stop, WorkingDays, count_back, derive, explain

DATA = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))
CALENDAR = Calendar.load()


def ledger(case: dict[str, Any]) -> Ledger:
    extension = case["extension_working_days"]
    return Ledger(
        datetime.fromisoformat(case["start"]),
        WorkingDays(case["limit_working_days"]),
        tuple(Stop(date.fromisoformat(s["from"]), date.fromisoformat(s["to"])) for s in case["suspensions"]),
        (WorkingDays(extension),) if extension else (),
        NonWorkingStart(case["non_working_start"]),
    )


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["id"])
def test_a_worked_case(case: dict[str, Any]) -> None:
    found = derive(ledger(case), CALENDAR)
    assert found.due_date == date.fromisoformat(case["expected_due_date"])
    counted = [day.date.isoformat() for day in explain(ledger(case), CALENDAR) if day.counted]
    assert len(counted) == case["counted_days_count"]
    if case["counted_days"] is not None:
        assert counted == case["counted_days"]


@pytest.mark.parametrize("case", DATA["backward_cases"], ids=lambda case: case["id"])
def test_a_worked_case_backward(case: dict[str, Any]) -> None:
    found = count_back(date.fromisoformat(case["event_date"]), WorkingDays(case["working_days_before"]), CALENDAR)
    assert found.latest_date == date.fromisoformat(case["expected_latest_date"])
    assert sum(day.counted for day in found.days) == case["working_days_before"]
