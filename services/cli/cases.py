"""What `liandong due` is given, typed or as a file of cases: forms, read strictly. Which keys a file has: docs/clocks.md, "Any date"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from libs.forms import Day, Form, LongText, Moment, Title, Unreadable, because_of, form_of, json_file
from libs.terminal import plain
from libs.workdays import CHINA, Ledger, NaturalDays, NonWorkingStart, Stop, WorkingDays

MOST: Final = 9999
_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?", re.ASCII)
_BUDGET: Final = re.compile(r"([0-9]{1,4})(wd|nd)", re.ASCII)
_DAY: Final[TypeAdapter[date]] = TypeAdapter(Day)
_MOMENT: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)
_TITLE: Final[TypeAdapter[str]] = TypeAdapter(Title)
F = TypeVar("F", bound=Form)
V = TypeVar("V")


def _read_by(adapter: TypeAdapter[V], value: Any) -> V:
    """As a form reads a field of this kind, within a validator: what is wrong stays one sentence."""
    try:
        return adapter.validate_python(value)
    except ValidationError as no:
        raise PydanticCustomError("field", "{because}", {"because": because_of(no.errors(include_url=False)[0])}) from None


def _when(value: Any) -> date | datetime:
    """A day, or a moment with its offset; one of the two forms and no other."""
    if not isinstance(value, str) or not _FORM.fullmatch(value):
        raise PydanticCustomError("when", "应为日期或带时区的时刻，如 2007-09-10 或 2007-09-10T10:00:00+08:00")
    return _read_by(_MOMENT, value) if "T" in value else _read_by(_DAY, value)


def china_day(when: date | datetime) -> date:
    """The day in China."""
    return when.astimezone(CHINA).date() if isinstance(when, datetime) else when


def _budget(value: Any) -> WorkingDays | NaturalDays:
    found = _BUDGET.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("budget", "应为期限，如 20wd（工作日）或 30nd（自然日）")
    return (WorkingDays if found[2] == "wd" else NaturalDays)(int(found[1]))


def _stop(value: Any) -> Stop:
    first, dots, last = value.partition("..") if isinstance(value, str) else ("", "", "")
    try:
        if not dots:
            raise ValueError
        days = _DAY.validate_python(first), _DAY.validate_python(last)
    except ValueError:
        raise PydanticCustomError("stop", "应为起止两日，如 2007-09-28..2007-10-10") from None
    return _ordered(*days)


def _ordered(first: date, last: date) -> Stop:
    if last < first:
        raise PydanticCustomError("stop", "首日在末日之后")
    return Stop(first, last)


def _id(value: Any) -> str | int:
    if type(value) is int:
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("id", "应为文字或整数")
    return _read_by(_TITLE, value)


When = Annotated[date | datetime, PlainValidator(_when)]
DayCount = Annotated[int, Field(ge=0, le=MOST)]
TypedBudget = Annotated[WorkingDays | NaturalDays, PlainValidator(_budget)]
Id = Annotated[str | int, PlainValidator(_id)]


class Typed(Form):
    """The options of the command, by their names."""

    start: Annotated[When, Field(alias="START")]
    limit: Annotated[TypedBudget, Field(alias="--limit")]
    extend: Annotated[TypedBudget | None, Field(alias="--extend")] = None
    stops: Annotated[tuple[Annotated[Stop, PlainValidator(_stop)], ...], Field(alias="--stop")] = ()
    non_working_start: Annotated[NonWorkingStart, Field(alias="--non-working-start")] = NonWorkingStart.AS_IS

    def ledger(self) -> Ledger:
        """What the calendar derives from."""
        return Ledger(self.start, self.limit, self.stops, () if self.extend is None else (self.extend,), self.non_working_start)


class Pause(Form):
    """Days of Art. 45, both included."""

    first: Annotated[When, Field(alias="from")]
    last: Annotated[When, Field(alias="to")]


def _in_order(days: Pause) -> Pause:
    _ordered(china_day(days.first), china_day(days.last))
    return days


class CaseNotes(Form):
    """What a case may carry besides for people who read the file; nothing follows from it."""

    id: Id = "?"
    group: Title | None = None
    kind: Title | None = None
    basis: LongText | None = None
    note: LongText | None = None
    checked_by_hand: bool | None = None
    hand_check: LongText | None = None


class DueCase(CaseNotes):
    """A limit that runs from a start."""

    start: When
    limit_working_days: DayCount
    extension_working_days: DayCount = 0
    suspensions: tuple[Annotated[Pause, AfterValidator(_in_order)], ...] = ()
    non_working_start: NonWorkingStart = NonWorkingStart.AS_IS
    expected_due_date: Day | None = None
    counted_days_count: DayCount | None = None
    counted_days: tuple[Day, ...] | None = None

    def ledger(self) -> Ledger:
        """What the calendar derives from."""
        more = (WorkingDays(self.extension_working_days),) if self.extension_working_days else ()
        stops = tuple(Stop(china_day(pause.first), china_day(pause.last)) for pause in self.suspensions)
        return Ledger(self.start, WorkingDays(self.limit_working_days), stops, more, self.non_working_start)


class BackwardCase(CaseNotes):
    """The last day before an event."""

    event_date: When
    working_days_before: Annotated[int, Field(ge=1, le=MOST)]
    expected_latest_date: Day | None = None


class CaseFile(Form):
    """A file of cases; each is read by itself, so that what is wrong names its case."""

    cases: list[Any] | None = None
    backward_cases: list[Any] | None = None
    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    rules: dict[str, LongText] | None = None
    calendar: dict[str, Any] | None = None


def read_cases(path: Path) -> tuple[Sequence[DueCase], Sequence[BackwardCase]]:
    """The cases of a file, forward and backward. Raises `Unreadable`, naming file, case and key."""
    data = json_file(path)
    try:
        if not isinstance(data, dict):
            raise Unreadable("应有 cases 或 backward_cases 列表")
        found = form_of(CaseFile, data)
        if found.cases is None and found.backward_cases is None:
            raise Unreadable("应有 cases 或 backward_cases 列表")
        forward = [_read(DueCase, case, n) for n, case in enumerate(found.cases or (), 1)]
        return forward, [_read(BackwardCase, case, n) for n, case in enumerate(found.backward_cases or (), 1)]
    except Unreadable as no:
        raise Unreadable(f"{path.name}：{no}") from None


def _read(kind: type[F], value: Any, place: int) -> F:
    try:
        return form_of(kind, value)
    except Unreadable as no:
        raise Unreadable(f"{_named(value, place)}：{no}") from None


def _named(value: Any, place: int) -> str:
    """How people find the case: by its name where it has one."""
    try:
        return f"案例 {plain(str(_id(value['id'])))}"
    except (ValueError, KeyError, TypeError):
        return f"第 {place} 个案例"
