"""What the lines of a log say of each case, as the map reads them, or one sentence with file, line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from libs.workdays import Calendar
from services.onebox.log_cells import ACTIVITY, CASE, OFFICER, NotACell, form_of_stamp, instant, shown, text
from services.onebox.log_lines import LogLine, LogLines, NotALog
from services.onebox.log_map import OTHERWISE, LogMap, Meaning

NAMED: Final = 9
"""Activities that nobody mapped, named in one sentence besides the first."""
ONCE: Final = ("started", "ended", "promised", "statutory")
"""Instants of the whole case: every line of it says the same."""


class LoggedActivity(NamedTuple):
    """A line of the log, and what the map says it was."""

    line: int
    name: str
    meaning: Meaning
    officer: str
    at: datetime


@dataclass(slots=True)
class Gathered:
    """What the lines of a case say, so far: its activities, and what they say of the whole case, with the line that said it."""

    activities: list[LoggedActivity] = field(default_factory=list)
    said: dict[str, tuple[Any, int]] = field(default_factory=dict)

    def get(self, what: str) -> Any:
        """What was said of the case; None: nothing."""
        return self.said.get(what, (None, 0))[0]


class LogReader:
    """Reads line by line what the columns of the map say."""

    def __init__(self, lines: LogLines, log_map: LogMap, now: datetime) -> None:
        self.lines, self.map, self._now = lines, log_map, now
        named: dict[str, str] = log_map.columns.model_dump(exclude_none=True)
        self.places = {what: lines.place_of(column) for what, column in named.items()}
        self._zone, self._unknown = log_map.file.zone, dict[str, int]()
        self._written: dict[str, tuple[tuple[int, bool], int]] = {}
        self.instants: list[datetime] = []

    @cached_property
    def calendar(self) -> Calendar:
        """By which limits in days are counted."""
        return Calendar.load()

    def gathered(self) -> dict[str, Gathered]:
        """The cases by their names. Raises `NotALog`; every activity that nobody mapped is named in one sentence."""
        found: dict[str, Gathered] = {}
        for line in self.lines:
            case = found.setdefault(self._text(line, "case", CASE), Gathered())
            self._activity(line, case)
            self._of_the_case(line, case)
        if self._unknown:
            (first, number), *more = self._unknown.items()
            others = "".join(f"、「{shown(name)}」（第 {at} 行）" for name, at in more[:NAMED])
            also = f"；还有{others[1:]}{'等' if len(more) > NAMED else ''}" if more else ""
            raise self.fault(number, "activity", f"映射的 [activities] 没有说活动「{shown(first)}」是什么{also}")
        return found

    def fault(self, line: int, what: str, because: str) -> NotALog:
        """What is wrong with something of a line."""
        return self.lines.fault(line, self.places[what], because)

    def _activity(self, line: LogLine, case: Gathered) -> None:
        name = self._text(line, "activity", ACTIVITY)
        meaning = self.map.meaning_of(name)
        if meaning is None:
            self._unknown.setdefault(name, line.number)
        officer = self._officer(line, "officer") if "officer" in self.places else ""
        at = self._past(line, "instant")
        self.instants.append(at)
        case.activities.append(LoggedActivity(line.number, name, meaning or "ignore", officer, at))

    def _of_the_case(self, line: LogLine, case: Gathered) -> None:
        if "channel" in self.places and case.get("channel") is None:
            case.said["channel"] = (self._way(line), line.number)
        if "responsible" in self.places and not case.get("responsible"):
            case.said["responsible"] = (self._officer(line, "responsible"), line.number)
        for what in ONCE:
            if what in self.places:
                self._once(line, case, what)

    def _once(self, line: LogLine, case: Gathered, what: str) -> None:
        at = None
        if line.cells[self.places[what]] or not self._may_lack(what):
            at = self._past(line, what) if what in ("started", "ended") else self._instant(line, what)
        before, number = case.said.setdefault(what, (at, line.number))
        if before != at:
            raise self.fault(line.number, what, f"与同一办件的第 {number} 行不同")

    def _may_lack(self, what: str) -> bool:
        limits = self.map.limits
        return what == "ended" or (what != "started" and (limits.optional or limits.model_dump()[what] is not None))

    def _way(self, line: LogLine) -> str:
        cell = line.cells[self.places["channel"]]
        known = self.map.channels.get(cell) or self.map.channels.get(OTHERWISE)
        if known is None:
            raise self.fault(line.number, "channel", f"映射的 [channels] 没有说「{shown(cell)}」是什么渠道")
        return known

    def _officer(self, line: LogLine, what: str) -> str:
        """The staff number that the map says; as the log has it where it says none."""
        known = self.map.officers.get(line.cells[self.places[what]])
        return self._text(line, what, OFFICER) if known is None else known

    def _text(self, line: LogLine, what: str, kind: TypeAdapter[str]) -> str:
        try:
            return text(kind, line.cells[self.places[what]])
        except NotACell as no:
            raise self.fault(line.number, what, str(no)) from None

    def _past(self, line: LogLine, what: str) -> datetime:
        at = self._instant(line, what)
        if at > self._now:
            raise self.fault(line.number, what, f"「{line.cells[self.places[what]]}」还没有到，只能导入已经发生的行为")
        return at

    def _instant(self, line: LogLine, what: str) -> datetime:
        cell = line.cells[self.places[what]]
        try:
            at = instant(cell, self._zone)
        except NotACell as no:
            raise self.fault(line.number, what, str(no)) from None
        written, number = self._written.setdefault(what, (form_of_stamp(cell), line.number))
        if line.last and self.places[what] == len(line.cells) - 1 and written != form_of_stamp(cell):
            raise self.fault(line.number, what, f"「{cell}」与第 {number} 行写法不同，文件又没有结尾的换行：像是被截断了")
        return at
