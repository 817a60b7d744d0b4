"""The cases of a log, read by its map: whole and as the import takes them, or one sentence with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from libs.forms import Form, Moment, Staff, Title, Word
from libs.workdays import Ledger, NaturalDays, OutOfCalendar, WorkingDays, derive
from services.onebox.log_lines import NotALog, open_log
from services.onebox.log_map import LogMap, Meaning, WayIn
from services.onebox.log_reader import Gathered, LoggedActivity, LogReader

STEPS: Final = 1000
"""Steps of a case that the import takes."""
BIGGEST: Final = 1_900_000
"""Bytes of a case: a request has two million."""
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
_Role = Literal["work", "examine", "approve"]
ROLES: Final[Mapping[Meaning, _Role]] = {"step/examine": "examine", "step/approve": "approve"}
"""What a step is for; of every other meaning it is work."""


class LoggedAct(Form):
    """Who did an act of the log, and when."""

    at: Moment
    officer: Staff


class LoggedFiling(LoggedAct):
    """The filing, with the limits as instants where there are any."""

    promised: Moment | None = None
    statutory: Moment | None = None


class LoggedStep(LoggedAct):
    """An activity that is a step."""

    name: Title
    role: _Role


class LoggedCase(Form):
    """A case of the log; its steps in order of time, those of one instant in order of the file."""

    ref: Word
    channel: WayIn
    filed: LoggedFiling
    steps: Annotated[tuple[LoggedStep, ...], Field(max_length=STEPS)]
    decided: LoggedAct | None = None
    closed: LoggedAct | None = None

    @property
    def size(self) -> int:
        """Bytes of the case in a request."""
        return len(self.model_dump_json().encode())

    def as_import(self, item: str) -> dict[str, Any]:
        """The case as the import takes it, under an item."""
        return {"item": item, **self.model_dump(mode="json")}


@dataclass(frozen=True, slots=True)
class ReadLog:
    """A log that was read whole: its name, the map, its cases in order of name, and its last instant."""

    name: str
    map: LogMap
    cases: tuple[LoggedCase, ...]
    last: datetime

    @property
    def item(self) -> str:
        """The code of the item that its cases stand under."""
        return self.map.item.code or f"log-{self.name}"


def read_log(path: Path, log_map: LogMap, stem: str, now: datetime) -> ReadLog:
    """Reads a log by its map; `stem` is what a log without a name is called by, `now` bounds what can have happened. Raises `NotALog`."""
    lines, data = open_log(path, log_map.file)
    reader = LogReader(lines, log_map, now)
    gathered = reader.gathered()
    if not gathered:
        raise NotALog(f"{path.name} 里没有办件")
    cases = tuple(_Maker(reader, ref, gathered[ref]).case() for ref in sorted(gathered))
    return ReadLog(log_map.name or _name(stem, data), log_map, cases, max(reader.instants))


def _name(stem: str, data: bytes) -> str:
    """A name that no other file has, of letters only: digits could come to somebody's number."""
    letters = re.sub(r"[\W\d_]+", "-", stem).strip("-")[:40] or "log"
    return f"{letters}-{sha256(data).hexdigest()[:16].translate(_LETTERS)}"


class _Maker:
    """Makes one case of what was gathered of it."""

    def __init__(self, reader: LogReader, ref: str, gathered: Gathered) -> None:
        self._reader, self._ref, self._gathered, self._map = reader, ref, gathered, reader.map
        told = (activity for activity in gathered.activities if activity.meaning != "ignore")
        self._open = sorted(told, key=lambda activity: activity.at)

    def case(self) -> LoggedCase:
        """The case. Raises `NotALog` for one that nothing files, or that is too long for one request."""
        filed = self._filed()
        end = self._ended()
        decided, closed = self._last("decision"), self._last("close")
        if closed is None and end is None and self._map.cases.closed == "last" and self._open:
            closed = _act(self._open.pop())
        found = LoggedCase(
            ref=self._ref,
            channel=self._gathered.get("channel") or self._map.cases.channel,
            filed=LoggedFiling(
                at=filed.at, officer=filed.officer, promised=self._limit("promised", filed), statutory=self._limit("statutory", filed)
            ),
            steps=tuple(self._steps()),
            decided=decided or end,
            closed=closed or end,
        )
        if found.size > BIGGEST:
            because = f"办件「{self._ref}」太大：各环节的名称合计不能超过 {BIGGEST:,} 字节"
            raise self._reader.fault(self._gathered.activities[0].line, "activity", because)
        return found

    def _filed(self) -> LoggedAct:
        """The first activity that files; where there is none, the start that the log says, or its first activity of all."""
        found = next((activity for activity in self._open if activity.meaning == "file"), None)
        started = self._gathered.get("started")
        if found is None and started is not None:
            return LoggedAct(at=started, officer=self._gathered.get("responsible") or "")
        if found is None and self._first_files:
            found = next(iter(self._open), None)
        if found is None:
            raise self._reader.fault(self._gathered.activities[0].line, "activity", f"办件「{self._ref}」{self._not_filed}")
        self._open.remove(found)
        return _act(found)

    @property
    def _not_filed(self) -> str:
        """Why nothing files the case, and what to do."""
        if not self._open:
            return "的活动都映射为 ignore，没有收件；请至少映射一个，或从日志中删去这一办件"
        return '没有收件（file）的活动；要以第一个活动为收件，映射写 [cases] filed = "first"'

    @property
    def _first_files(self) -> bool:
        return self._map.cases.filed == "first" or "file" not in self._map.activities.values()

    def _ended(self) -> LoggedAct | None:
        ended = self._gathered.get("ended")
        return LoggedAct(at=ended, officer=self._gathered.get("responsible") or "") if ended else None

    def _last(self, meaning: Meaning) -> LoggedAct | None:
        """The last activity of a meaning; those before are kept as steps."""
        found = [activity for activity in self._open if activity.meaning == meaning]
        if not found:
            return None
        self._open.remove(found[-1])
        return _act(found[-1])

    def _steps(self) -> Iterator[LoggedStep]:
        if len(self._open) > STEPS:
            line = sorted(activity.line for activity in self._open)[STEPS]
            raise self._reader.fault(line, "activity", f"办件「{self._ref}」有 {len(self._open)} 个环节，最多 {STEPS} 个")
        for activity in self._open:
            role = ROLES.get(activity.meaning, "work")
            yield LoggedStep(at=activity.at, officer=activity.officer, name=activity.name, role=role)

    def _limit(self, what: Literal["promised", "statutory"], filed: LoggedAct) -> datetime | None:
        """What the log says; or the days that the map says, from the filing on."""
        days = self._map.limits.promised if what == "promised" else self._map.limits.statutory
        if (said := self._gathered.get(what)) is not None or days is None:
            return said if isinstance(said, datetime) else None
        budget = (WorkingDays if days.endswith("wd") else NaturalDays)(int(days[:-2]))
        try:
            return derive(Ledger(filed.at, budget), self._reader.calendar).due_at
        except OutOfCalendar:
            line = self._gathered.activities[0].line
            raise self._reader.fault(line, "instant", f"办件「{self._ref}」收件的年份没有日历，[limits] 算不出 {days}") from None


def _act(activity: LoggedActivity) -> LoggedAct:
    return LoggedAct(at=activity.at, officer=activity.officer)
