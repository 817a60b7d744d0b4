"""Kinds of days and deadlines, as people ask for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.kinds.desk import Desk
from tests.kinds.kind import Topic

DAYS: Final = Topic()
CASE: Final = {"id": "甲", "start": "2007-09-10", "limit_working_days": 5}


def cases(desk: Desk, *asked: dict[str, Any]) -> Path:
    """A file of cases."""
    return desk.keep("cases.json", json.dumps({"cases": asked}, ensure_ascii=False))


def due(desk: Desk, *words: str) -> Any:
    """What `liandong due` answers."""
    return json.loads(desk.run("due", *words, "--json"))


def reasons(desk: Desk, *words: str) -> dict[str, str]:
    """Why each day counts or does not."""
    return {day["date"]: day["reason"] for day in due(desk, *words)["days"]}


def legal(said: Mapping[str, str]) -> list[str]:
    """The days that a proof calls holidays of the law."""
    return [day for day, reason in said.items() if "法定节假日" in reason]


@DAYS.kind(
    "due-id-with-brackets",
    "A case of the file is called [/甲] or [2007]7: it is shown by its whole name, not taken for markup.",
    "Textualize/rich#2636",
)
def due_id_with_brackets(desk: Desk) -> None:
    named = ("[/甲]", "[2007]7", "[red]乙[/red]", "\\[丙]")
    file = cases(desk, *(CASE | {"id": name} for name in named))
    said = desk.run("due", "--file", file)
    assert [name for name in named if name not in said] == []
    assert [case["id"] for case in json.loads(desk.run("due", "--file", file, "--json"))] == list(named)


@DAYS.kind(
    "due-key-misspelt",
    "Somebody wrote suspension for suspensions: the file is refused and the key named, no due date without the stop is told.",
    "fastapi/fastapi#903",
)
def due_key_misspelt(desk: Desk) -> None:
    for wrong in ("suspension", "extension_days", "limit_workingdays"):
        said = desk.run("due", "--file", cases(desk, CASE | {wrong: 5}), code=2)
        assert wrong in said
        assert "甲" in said or "cases[0]" in said


@DAYS.kind(
    "due-key-twice",
    "A key stands twice in a case of the file: it is refused, the last one does not win in silence.",
    "cityjson/specs#2",
)
def due_key_twice(desk: Desk) -> None:
    twice = '{"cases": [{"id": "甲", "start": "2007-09-10", "limit_working_days": 5, "limit_working_days": 20}]}'
    assert "limit_working_days" in desk.run("due", "--file", desk.keep("cases.json", twice), code=2)


@DAYS.kind(
    "weekend-in-a-holiday",
    "A proof walks through a week of holiday: its weekend and the shifted days of rest are not called 法定节假日.",
    "liriansu-opus/chinese-calendar#132",
)
def weekend_in_a_holiday(desk: Desk) -> None:
    said = reasons(desk, "2007-09-28", "--limit", "3wd")
    assert all("法定节假日" in said[f"2007-10-0{day}"] for day in (1, 2, 3))
    assert all("调休" in said[f"2007-10-0{day}"] for day in (4, 5))
    assert all("周末" in said[f"2007-10-0{day}"] for day in (6, 7))
    assert legal(said) == ["2007-10-01", "2007-10-02", "2007-10-03"]
    assert legal(reasons(desk, "2005-12-30", "--limit", "2wd")) == ["2006-01-01"], "New Year: one day, and two shifted ones behind it"
    spring = legal(reasons(desk, "2006-01-26", "--limit", "5wd"))
    assert set(spring) <= {"2006-01-29", "2006-01-30", "2006-01-31"}, "Spring Festival: three days by the moon"


@DAYS.kind(
    "shifted-saturday-at-new-year",
    "A limit runs over New Year 2006: Saturday, 31 December 2005, was worked and counts, though the notice was of the year after.",
    "liriansu-opus/chinese-calendar#125",
)
def shifted_saturday_at_new_year(desk: Desk) -> None:
    assert due(desk, "2005-12-30", "--limit", "1wd")["due_date"] == "2005-12-31"
    assert due(desk, "2005-12-30", "--limit", "2wd")["due_date"] == "2006-01-04"
    assert "调休上班" in reasons(desk, "2005-12-30", "--limit", "1wd")["2005-12-31"]
