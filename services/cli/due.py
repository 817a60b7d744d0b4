"""`liandong due`: when is it due, and why each day counts or not. Needs no running system."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from libs.workdays import (
    CHINA,
    Calendar,
    CountedDay,
    Ledger,
    NaturalDays,
    NonWorkingStart,
    Stop,
    WorkingDays,
    count_back,
    derive,
    explain,
    midnight,
)

console = Console()
DEFAULT: Final = "20wd"
_BUDGET = re.compile(r"(\d{1,4})(wd|nd)", re.IGNORECASE)
TypedBudget = WorkingDays | NaturalDays


class BadInput(Exception):
    """What was typed cannot be read; the message says how it should look."""


def due(
    start: Annotated[str | None, typer.Argument(help="起算日，或带时区的时刻，如 2007-09-10 或 2007-09-10T10:00:00+08:00")] = None,
    limit: Annotated[str | None, typer.Option("--limit", help="期限：20wd（工作日，默认）或 30nd（自然日）；0wd 为即办")] = None,
    extend: Annotated[str | None, typer.Option("--extend", help="延长，如 10wd")] = None,
    stop: Annotated[list[str] | None, typer.Option("--stop", help="不计时区间，可多次，如 2007-09-28..2007-10-10")] = None,
    non_working_start: Annotated[str | None, typer.Option("--non-working-start", help="非工作日起算：as_is（默认）或 roll_forward")] = None,
    backward: Annotated[bool, typer.Option("--backward", help="倒推：最迟哪天（如听证前七日通知）")] = False,
    file: Annotated[Path | None, typer.Option("--file", help="案例文件（JSON）")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """算到期日，逐日说明为什么算或不算。"""
    try:
        if file is not None:
            if backward or any(given is not None for given in (start, limit, extend, non_working_start)) or stop:
                raise BadInput("--file 只能与 --json 同用：START 和其他选项由文件给出")
            _show_file(read_cases(file), as_json)
            return
        if start is None:
            raise BadInput("给出起算日，如：liandong due 2007-09-10 --limit 20wd")
        budget = _budget(DEFAULT if limit is None else limit)
        reading = _non_working_start(NonWorkingStart.AS_IS if non_working_start is None else non_working_start)
        if not backward:
            extensions = () if extend is None else (_budget(extend),)
            ledger = Ledger(_start(start), budget, tuple(map(_stop, stop or ())), extensions, reading)
            _show(_forward(ledger), "due_date", as_json)
        elif extend is not None or stop or reading is not NonWorkingStart.AS_IS:
            raise BadInput("倒推没有延长、不计时和顺延起算")
        else:
            _show(_backward(_start(start), budget), "latest_date", as_json)
    except OverflowError:
        _fail("日期超出了可算的范围（0001-01-01 至 9999-12-31）")
    except (BadInput, ValueError) as error:
        _fail(str(error))


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


def _start(text: object) -> datetime | date:
    try:
        if not isinstance(text, str):
            raise ValueError
        if len(text) <= 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} 不是日期；写成 2007-09-10 或 2007-09-10T10:00:00+08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _day(text: object) -> date:
    day = _start(text)
    return day.astimezone(CHINA).date() if isinstance(day, datetime) else day


def _non_working_start(text: object) -> NonWorkingStart:
    try:
        return NonWorkingStart(text)
    except ValueError:
        raise BadInput(f"{text!r} 不是起算办法；写成 as_is 或 roll_forward") from None


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise BadInput(f"{value!r} 不是天数；写成不小于 0 的整数")
    return value


def _budget(text: str) -> TypedBudget:
    found = _BUDGET.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"{text!r} 不是期限；写成 20wd（工作日）或 30nd（自然日）")
    return (WorkingDays if found[2].lower() == "wd" else NaturalDays)(int(found[1]))


def _stop(text: str) -> Stop:
    first, dots, last = text.partition("..")
    try:
        if not dots:
            raise ValueError
        days = (date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise BadInput(f"{text!r} 不是区间；写成 2007-09-28..2007-10-10") from None
    return Stop(*days)


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


def _backward(event: datetime | date, budget: TypedBudget) -> dict[str, Any]:
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
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(f"{file} 无法读取：{error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file} 不是 JSON：{error}") from None
    lists = [data[key] for key in ("cases", "backward_cases") if key in data] if isinstance(data, dict) else []
    if not lists or not all(isinstance(cases, list) for cases in lists):
        raise BadInput(f"{file} 不是案例文件：应有 cases 或 backward_cases 列表")
    calendar = Calendar.load()
    found = [_told(case, calendar, _forward_case) for case in data.get("cases", [])]
    return found + [_told(case, calendar, _backward_case) for case in data.get("backward_cases", [])]


def _told(case: Any, calendar: Calendar, read: Callable[[dict[str, Any], Calendar], dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(case, dict):
        raise BadInput(f"{case!r} 不是案例；应为一个对象")
    name = case.get("id", "?")
    try:
        return {"id": name, **read(case, calendar)}
    except KeyError as missing:
        raise BadInput(f"案例 {name} 缺少 {missing.args[0]}") from None
    except TypeError:
        raise BadInput(f"案例 {name} 的 suspensions 应为列表，每项有 from 和 to") from None
    except OverflowError:
        raise BadInput(f"案例 {name}：日期超出了可算的范围") from None
    except (BadInput, ValueError) as error:
        raise BadInput(f"案例 {name}：{error}") from None


def _forward_case(case: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    extension = _number(case.get("extension_working_days", 0))
    ledger = Ledger(
        _start(case["start"]),
        WorkingDays(_number(case["limit_working_days"])),
        tuple(Stop(_day(stop["from"]), _day(stop["to"])) for stop in case.get("suspensions", [])),
        (WorkingDays(extension),) if extension else (),
        _non_working_start(case.get("non_working_start", NonWorkingStart.AS_IS)),
    )
    found = derive(ledger, calendar).due_date
    return {"due_date": found.isoformat() if found else None}


def _backward_case(case: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    found = count_back(_day(case["event_date"]), WorkingDays(_number(case["working_days_before"])), calendar)
    return {"latest_date": found.latest_date.isoformat()}


def _show_file(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    table = Table("案例", "到期日", "最迟")
    for case in found:
        table.add_row(str(case["id"]), case.get("due_date") or "", case.get("latest_date") or "")
    console.print(table)
