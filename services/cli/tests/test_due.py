"""The command as somebody types it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli import app

CASES = Path(__file__).parents[3] / "libs" / "workdays" / "tests" / "cases.json"


def run(*words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["due", *words])
    return found.exit_code, found.stdout, found.stderr


def said(*words: str) -> Any:
    code, out, err = run(*words, "--json")
    assert code == 0, err
    return json.loads(out)


def test_a_suspension_over_the_national_day() -> None:
    found = said("2007-09-10", "--limit", "20wd", "--stop", "2007-09-28..2007-10-10")
    assert list(found) == ["due_date", "due_at", "provisional", "days"]
    assert (found["due_date"], found["due_at"], found["provisional"]) == ("2007-10-19", "2007-10-20T00:00:00+08:00", False)
    assert sum(day["counted"] for day in found["days"]) == 20
    assert set(found["days"][0]) == {"date", "counted", "reason"}


def test_backward_extension_non_working_start_and_natural_days() -> None:
    back = said("2007-10-15", "--limit", "7wd", "--backward")
    assert list(back) == ["latest_date", "due_at", "provisional", "days"]
    assert back["latest_date"] == "2007-09-29"
    assert said("2006-01-20", "--limit", "10wd", "--extend", "10wd")["due_date"] == "2006-02-22"
    assert said("2026-11-21", "--limit", "5wd", "--non-working-start", "roll_forward")["due_date"] == "2026-11-30"
    assert said("2026-09-15", "--limit", "16nd")["due_date"] == "2026-10-08"
    assert said("2026-12-25", "--limit", "20wd")["provisional"] is True


def test_a_file_of_cases() -> None:
    data = json.loads(CASES.read_text(encoding="utf-8"))
    expected = [{"id": case["id"], "due_date": case["expected_due_date"]} for case in data["cases"]]
    expected += [{"id": case["id"], "latest_date": case["expected_latest_date"]} for case in data["backward_cases"]]
    assert said("--file", str(CASES)) == expected


def test_for_people_every_day_has_its_reason() -> None:
    code, out, _ = run("2007-09-28", "--limit", "3wd")
    assert code == 0
    assert "调休上班" in out
    assert "2007-10-08" in out


def test_weekends_and_shifted_days_within_a_holiday_are_not_called_statutory() -> None:
    reasons = {day["date"][5:]: day["reason"] for day in said("2007-09-28", "--limit", "3wd")["days"]}
    assert (reasons["10-03"], reasons["10-04"], reasons["10-06"]) == ("法定节假日（国庆节），不计入", "调休放假，不计入", "周末，不计入")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["tomorrow"],
        ["2007-13-01"],
        ["2007-09-10", "--limit", "20"],
        ["2007-09-10", "--limit", "-3wd"],
        ["2007-09-10", "--stop", "2007-10-10..2007-09-28"],
        ["2007-09-10", "--stop", "2007-10-10"],
        ["2007-09-10", "--extend", "10nd"],
        ["2007-09-10", "--backward", "--stop", "2007-09-28..2007-10-10"],
        ["2007-09-10", "--backward", "--limit", "0wd"],
        ["2007-09-10", "--file", str(CASES)],
        ["1999-09-10"],
        ["2059-09-10", "--limit", "9999wd"],
        ["--file", "/nowhere.json"],
        ["--file", __file__],
        ["2007-09-10", "--non-working-start", "sideways"],
        ["2007-09-10", "--non-working-start", "roll_forward", "--backward"],
        ["2007-09-10", "--limit", ""],
        ["2007-09-10", "--extend", ""],
        ["--file", str(CASES), "--limit", "5wd"],
        ["--file", str(CASES), "--backward"],
        ["2004-01-05", "--backward"],
        ["9999-12-31", "--limit", "5nd"],
        ["0001-01-01T00:00:00+14:00"],
    ],
)
def test_bad_input_is_one_sentence_and_nothing_half_done(words: list[str]) -> None:
    code, out, err = run(*words, "--json")
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert re.search(r"[\u4e00-\u9fff]", err), "a sentence of ours, not of Python"


GOOD = {"id": "X", "start": "2007-09-10", "limit_working_days": 5}


def test_a_short_case_and_only_backward_cases_are_read(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [GOOD | {"id": 7}]}), encoding="utf-8-sig")
    assert said("--file", str(file)) == [{"id": 7, "due_date": "2007-09-17"}]
    code, out, _ = run("--file", str(file))
    assert (code, "2007-09-17" in out) == (0, True)
    file.write_text('{"backward_cases": [{"id": "B", "event_date": "2007-10-15", "working_days_before": 7}]}', encoding="utf-8")
    assert said("--file", str(file)) == [{"id": "B", "latest_date": "2007-09-29"}]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({}, "cases"),
        ([], "cases"),
        ({"cases": {}}, "cases"),
        ({"cases": [GOOD], "backward_cases": 5}, "backward_cases"),
        ({"cases": [GOOD, 7]}, "第 2 个案例：应为一组填写项"),
        ({"cases": [GOOD, {"id": "Y", "limit_working_days": 5}]}, "案例 Y：start：必须填写"),
        ({"cases": [GOOD | {"start": 20070910}]}, "X"),
        ({"cases": [GOOD | {"limit_working_days": 5.7}]}, "案例 X：limit_working_days：应为整数"),
        ({"cases": [GOOD | {"limit_working_days": True}]}, "X"),
        ({"cases": [GOOD | {"limit_working_days": "5"}]}, "X"),
        ({"cases": [GOOD | {"limit_working_days": -5}]}, "X"),
        ({"cases": [GOOD | {"extension_working_days": -4}]}, "案例 X：extension_working_days：太小"),
        ({"cases": [GOOD | {"suspensions": None}]}, "suspensions"),
        ({"cases": [GOOD | {"suspensions": [{"from": "2007-09-11"}]}]}, "案例 X：suspensions[1].to：必须填写"),
        ({"cases": [GOOD | {"suspensions": [{"from": "2007-09-12", "to": "2007-09-11"}]}]}, "X"),
        ({"cases": [GOOD | {"non_working_start": "sideways"}]}, "案例 X：non_working_start：不在可选范围内"),
        ({"cases": [GOOD | {"start": "1999-01-01"}]}, "1999-01-01"),
        ({"backward_cases": [{"id": "B", "event_date": "2007-10-15", "working_days_before": 0}]}, "B"),
    ],
)
def test_a_file_that_cannot_be_read_names_the_case_and_tells_nothing_else(tmp_path: Path, content: Any, named: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    for words in (["--file", str(file), "--json"], ["--file", str(file)]):
        code, out, err = run(*words)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert named in err
