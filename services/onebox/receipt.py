"""A permit office's log as CSV (`receipt`): read into cases, and a case as the import takes it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

ITEM: Final = "receipt-phase"
CHANNELS: Final = {"Internet": "portal", "Desk": "counter", "Post": "post", "e-mail": "email", "Intern": "internal"}
COLUMNS: Final = frozenset(
    f"case:{name}" for name in ("channel", "concept:name", "deadline", "enddate", "enddate_planned", "responsible", "startdate")
) | {"concept:name", "org:resource", "time:timestamp"}


class NotALog(Exception):
    """The file is not a log of this form."""


@dataclass(frozen=True, slots=True)
class LoggedCase:
    """One case of the log: times are aware; `ended` None: open at the log's last instant. `acts`: (name, officer, at) as given."""

    name: str
    channel: str
    responsible: str
    started: datetime
    planned: datetime
    deadline: datetime
    ended: datetime | None
    acts: tuple[tuple[str, str, datetime], ...]


def read_log(path: Path) -> list[LoggedCase]:
    """The cases in order of name, activities in the order of the file. Raises `NotALog` naming line and column."""
    rows: dict[str, list[dict[str, str]]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = COLUMNS - set(reader.fieldnames or ())
            if missing:
                raise NotALog(f"{path.name} 缺少列：{'、'.join(sorted(missing))}")
            for row in reader:
                rows.setdefault(row["case:concept:name"], []).append({**row, "line": str(reader.line_num)})
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotALog(f"{path} 无法读取：{error}") from None
    if not rows:
        raise NotALog(f"{path.name} 里没有办件")
    return [_case(name, rows[name]) for name in sorted(rows)]


def _case(name: str, rows: Sequence[dict[str, str]]) -> LoggedCase:
    first = rows[0]
    return LoggedCase(
        name=name,
        channel=CHANNELS.get(first["case:channel"], "internal"),
        responsible=first["case:responsible"],
        started=_instant(first, "case:startdate"),
        planned=_instant(first, "case:enddate_planned"),
        deadline=_instant(first, "case:deadline"),
        ended=_instant(first, "case:enddate") if first["case:enddate"] else None,
        acts=tuple((row["concept:name"], row["org:resource"], _instant(row, "time:timestamp")) for row in rows),
    )


def _instant(row: dict[str, str], column: str) -> datetime:
    try:
        moment = datetime.fromisoformat(row[column])
        if moment.tzinfo is None:
            raise ValueError("没有时区")
    except ValueError as error:
        raise NotALog(f"第 {row['line']} 行，{column}：{row[column]!r} 不是时间（{error}）") from None
    return moment.astimezone(UTC)


def role_of(activity: str) -> str:
    """T02 checks the confirmation of receipt, T04 determines it: examination and approval; the rest is work."""
    return {"T02": "examine", "T04": "approve"}.get(activity[:3], "work")


def as_import(case: LoggedCase) -> dict[str, Any]:
    """The case as the import takes it."""
    end = {"at": case.ended.isoformat(), "officer": case.responsible} if case.ended else None
    return {
        "ref": case.name,
        "item": ITEM,
        "channel": case.channel,
        "filed": {
            "at": case.started.isoformat(),
            "officer": case.responsible,
            "promised": case.planned.isoformat(),
            "statutory": case.deadline.isoformat(),
        },
        "steps": [{"name": name, "role": role_of(name), "officer": officer, "at": at.isoformat()} for name, officer, at in case.acts],
        "decided": end,
        "closed": end,
    }


def last_instant(cases: Sequence[LoggedCase]) -> datetime:
    """Where the log ends: the latest activity."""
    return max(at for case in cases for _, _, at in case.acts)
