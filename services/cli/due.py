"""`liandong due`: when is it due, and why each day counts or not. Needs no running system."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from libs.workdays import (
    CHINA,
    Calendar,
    CountedDay,
    Ledger,
    NaturalDays,
    OutOfCalendar,
    Policy,
    Stop,
    WorkingDays,
    count_back,
    derive,
    explain,
    midnight,
)

console = Console()
_BUDGET = re.compile(r"(\d{1,4})(wd|nd)", re.IGNORECASE)
Days = WorkingDays | NaturalDays


class BadInput(Exception):
    """What was typed cannot be read; the message says how it should look."""


def due(
    start: Annotated[str | None, typer.Argument(help="起算日，或带时区的时刻，如 2007-09-10 或 2007-09-10T10:00:00+08:00")] = None,
    limit: Annotated[str, typer.Option("--limit", help="期限：20wd（工作日）或 30nd（自然日）；0wd 为即办")] = "20wd",
    extend: Annotated[str | None, typer.Option("--extend", help="延长，如 10wd")] = None,
    stop: Annotated[list[str] | None, typer.Option("--stop", help="不计时区间，可多次，如 2007-09-28..2007-10-10")] = None,
    policy: Annotated[Policy, typer.Option("--policy", help="非工作日起算：as_is 或 roll_forward")] = Policy.AS_IS,
    backward: Annotated[bool, typer.Option("--backward", help="倒推：最迟哪天（如听证前七日通知）")] = False,
    file: Annotated[Path | None, typer.Option("--file", help="案例文件（JSON）")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """算到期日，逐日说明为什么算或不算。"""
    try:
        if file is not None:
            if start is not None:
                raise BadInput("START 和 --file 只能给一个")
            _show_file(read_cases(file), as_json)
        elif start is None:
            raise BadInput("给出起算日，如：liandong due 2007-09-10 --limit 20wd")
        elif backward:
            if extend or stop:
                raise BadInput("倒推没有延长和不计时")
            _show(_backward(_start(start), _budget(limit)), "latest_date", as_json)
        else:
            extensions = (_budget(extend),) if extend else ()
            ledger = Ledger(_start(start), _budget(limit), tuple(map(_stop, stop or ())), extensions, policy)
            _show(_forward(ledger), "due_date", as_json)
    except (BadInput, OutOfCalendar, ValueError, OverflowError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _start(text: str) -> datetime | date:
    try:
        if len(text) <= 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} 不是日期；写成 2007-09-10 或 2007-09-10T10:00:00+08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _budget(text: str) -> Days:
    found = _BUDGET.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"{text!r} 不是期限；写成 20wd（工作日）或 30nd（自然日）")
    return (WorkingDays if found[2].lower() == "wd" else NaturalDays)(int(found[1]))


def _stop(text: str) -> Stop:
    first, dots, last = text.partition("..")
    try:
        if not dots:
            raise ValueError
        stop = (date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise BadInput(f"{text!r} 不是区间；写成 2007-09-28..2007-10-10") from None
    return Stop(*stop)


def _rows(days: tuple[CountedDay, ...]) -> list[dict[str, Any]]:
    return [{"date": day.date.isoformat(), "counted": day.counted, "reason": day.reason_zh} for day in days]


def _forward(ledger: Ledger) -> dict[str, Any]:
    calendar = Calendar.load()
    found = derive(ledger, calendar)
    return {
        "due_date": found.due_date.isoformat() if found.due_date else None,
        "due_at": found.due_at.isoformat() if found.due_at else None,
        "provisional": found.provisional,
        "days": _rows(explain(ledger, calendar)),
    }


def _backward(event: datetime | date, budget: Days) -> dict[str, Any]:
    day = event.astimezone(CHINA).date() if isinstance(event, datetime) else event
    found = count_back(day, budget, Calendar.load())
    end = midnight(date.fromordinal(found.latest_date.toordinal() + 1))
    return {
        "latest_date": found.latest_date.isoformat(),
        "due_at": end.isoformat(),
        "provisional": found.provisional,
        "days": _rows(found.days),
    }


def _show(found: dict[str, Any], key: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    table = Table("日期", "计入", "理由")
    for day in found["days"]:
        table.add_row(day["date"], "是" if day["counted"] else "", day["reason"])
    console.print(table)
    word = "到期日" if key == "due_date" else "最迟"
    hint = "（暂按预计日历，放假通知公布后重新推算）" if found["provisional"] else ""
    console.print(f"{word}：{found[key]}，当日 24:00 前在期限内{hint}")


def read_cases(file: Path) -> list[dict[str, Any]]:
    """Every case of a file with its due date (`latest_date` for a backward one). Raises `BadInput`, naming the case."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{file} 无法读取：{error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"{file} 不是 JSON：{error}") from None
    if not isinstance(data, dict) or not isinstance(data.get("cases", []), list):
        raise BadInput(f"{file} 不是案例文件：应有 cases 列表")
    found = [_case(case, backward=False) for case in data.get("cases", [])]
    return found + [_case(case, backward=True) for case in data.get("backward_cases", [])]


def _case(case: Any, *, backward: bool) -> dict[str, Any]:
    name = case.get("id", "?") if isinstance(case, dict) else "?"
    try:
        if backward:
            back = count_back(date.fromisoformat(case["event_date"]), WorkingDays(int(case["working_days_before"])), Calendar.load())
            return {"id": name, "latest_date": back.latest_date.isoformat()}
        extension = int(case.get("extension_working_days", 0))
        ledger = Ledger(
            _start(case["start"]),
            WorkingDays(int(case["limit_working_days"])),
            tuple(Stop(date.fromisoformat(s["from"]), date.fromisoformat(s["to"])) for s in case.get("suspensions", [])),
            (WorkingDays(extension),) if extension else (),
            Policy(case.get("non_working_start", "as_is")),
        )
        found = derive(ledger, Calendar.load()).due_date
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"案例 {name} 读不懂：{type(error).__name__} {error}") from None
    return {"id": name, "due_date": found.isoformat() if found else None}


def _show_file(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    table = Table("案例", "到期日", "最迟")
    for case in found:
        table.add_row(case["id"], case.get("due_date") or "", case.get("latest_date") or "")
    console.print(table)
