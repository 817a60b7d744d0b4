"""`liandong due`: when is it due, and why each day counts or not. Needs no running system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from libs.forms import Unreadable, form_of
from libs.terminal import table
from libs.workdays import Calendar, CountedDay, NonWorkingStart, WorkingDays, count_back, derive, explain, midnight
from services.cli.cases import BackwardCase, CaseNotes, DueCase, Typed, china_day, read_cases
from services.cli.saying import console, fail, say_json

DEFAULT: Final = "20wd"
Case = TypeVar("Case", bound=CaseNotes)


def due(typed: Mapping[str, Any], *, backward: bool, file: Path | None, as_json: bool) -> None:
    """What was typed, by the names of `Typed`'s fields; None: it was not."""
    given = {name: value for name, value in typed.items() if value is not None}
    try:
        if file is not None:
            if backward or given:
                raise Unreadable("--file 只能与 --json 同用：START 和其他选项由文件给出")
            _show_file(_found(file), as_json)
        elif "START" not in given:
            raise Unreadable("给出起算日，如：liandong due 2007-09-10 --limit 20wd")
        else:
            asked = form_of(Typed, {"--limit": DEFAULT, **given})
            _show(_backward(asked) if backward else _forward(asked), "latest_date" if backward else "due_date", as_json)
    except ValueError as error:
        fail(str(error), 2)


def _days(days: tuple[CountedDay, ...]) -> list[dict[str, Any]]:
    return [{"date": day.date.isoformat(), "counted": day.counted, "reason": day.reason_zh} for day in days]


def _forward(asked: Typed) -> dict[str, Any]:
    ledger, calendar = asked.ledger(), Calendar.load()
    found = derive(ledger, calendar)
    return {
        "due_date": found.due_date.isoformat() if found.due_date else None,
        "due_at": found.due_at.isoformat() if found.due_at else None,
        "provisional": found.provisional,
        "days": _days(explain(ledger, calendar)),
    }


def _backward(asked: Typed) -> dict[str, Any]:
    if asked.extend is not None or asked.stops or asked.non_working_start is not NonWorkingStart.AS_IS:
        raise Unreadable("倒推没有延长、不计时和顺延起算")
    found = count_back(china_day(asked.start), asked.limit, Calendar.load())
    end = midnight(date.fromordinal(found.latest_date.toordinal() + 1))
    return {
        "latest_date": found.latest_date.isoformat(),
        "due_at": end.isoformat(),
        "provisional": found.provisional,
        "days": _days(found.days),
    }


def _show(found: dict[str, Any], key: str, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    rows = table("日期", "计入", "理由")
    for day in found["days"]:
        rows.add_row(day["date"], "是" if day["counted"] else "", day["reason"])
    console.print(rows)
    word = "到期日" if key == "due_date" else "最迟"
    hint = "（暂按预计日历，放假通知公布后重新推算）" if found["provisional"] else ""
    console.print(f"{word}：{found[key]}，当日 24:00 前在期限内{hint}")


def _found(file: Path) -> list[dict[str, Any]]:
    """Every case of a file with its due date (`latest_date` for a backward one). Raises `Unreadable`, naming file and case."""
    calendar = Calendar.load()
    forward, back = read_cases(file)
    return [_of_case(file, case, _due, calendar) for case in forward] + [_of_case(file, case, _latest, calendar) for case in back]


def _of_case(file: Path, case: Case, derived: Callable[[Case, Calendar], dict[str, str | None]], calendar: Calendar) -> dict[str, Any]:
    try:
        return {"id": case.id, **derived(case, calendar)}
    except ValueError as error:
        raise Unreadable(f"{file.name}：案例 {case.id}：{error}") from None


def _due(case: DueCase, calendar: Calendar) -> dict[str, str | None]:
    found = derive(case.ledger(), calendar).due_date
    return {"due_date": found.isoformat() if found else None}


def _latest(case: BackwardCase, calendar: Calendar) -> dict[str, str | None]:
    found = count_back(china_day(case.event_date), WorkingDays(case.working_days_before), calendar)
    return {"latest_date": found.latest_date.isoformat()}


def _show_file(found: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    rows = table("案例", "到期日", "最迟")
    for case in found:
        rows.add_row(str(case["id"]), case.get("due_date") or "", case.get("latest_date") or "")
    console.print(rows)
