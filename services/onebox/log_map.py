"""A map (映射): how the event log of an office is read, as a file of TOML says it. Maps that ship stand in `maps/`; docs/replay.md tells the form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from libs.codes import folded, has_personal_number
from libs.forms import Form, Staff, Title, Unreadable, Word, toml_form
from services.onebox.departments import DEPARTMENTS

MAPS: Final = Path(__file__).parent / "maps"
OTHERWISE: Final = "*"
"""At the end of a name in the map: every name that begins so; alone: every name."""

WayIn = Literal["counter", "portal", "post", "phone", "email", "agent", "internal"]
"""The channels by which the import takes cases."""
Meaning = Literal["file", "decision", "close", "step", "step/work", "step/examine", "step/approve", "steps/done", "ignore"]
"""What an activity was: the part of the route of an act that a record can hold, a step with what it is for, or nothing."""
MEANINGS: Final = ("file", "decision", "close", "step", "step/examine", "step/approve", "ignore")


class NotAMap(Exception):
    """The file is no map; the message is a sentence that names the key."""


def _meaning(value: Any) -> Any:
    said = str(value).strip()
    if said not in get_args(Meaning):
        raise PydanticCustomError("meaning", "导入不能包含「{said}」，可以是 {known}", {"said": said[:40], "known": "、".join(MEANINGS)})
    return said


def _names_once(value: Any) -> Any:
    """Names are trimmed as the log's are; two that are then the same would win over each other."""
    if isinstance(value, dict):
        names = [name.strip() for name in value]
        if (twice := next((name for n, name in enumerate(names) if name in names[:n]), None)) is not None:
            raise PydanticCustomError("twice", "「{name}」出现了两次", {"name": twice})
    return value


def _delimiter(sign: str) -> str:
    if sign in '"\r\n\0' or sign.isalnum():
        raise PydanticCustomError("delimiter", '应为一个分隔符，如 "," ";" "\\t"')
    return sign


def _encoding(name: str) -> str:
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        raise PydanticCustomError("encoding", "没有这种编码，可以是 utf-8、gb18030、big5、latin-1 等") from None
    return name


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise PydanticCustomError("zone", "没有这个时区，应为如 Asia/Shanghai 的名称") from None
    return name


def _impersonal(text: str) -> str:
    if has_personal_number(text):
        raise PydanticCustomError("personal", "含有身份证号码或手机号码")
    return text


Impersonal = AfterValidator(_impersonal)
LogName = Annotated[str, Field(max_length=60, pattern=r"^\w[\w.-]*$"), Impersonal]
"""Goes into keys and paths: no colon, no slash."""
NamesOnce = BeforeValidator(_names_once)


class LogFile(Form):
    """How the file is written. Stamps without an offset are of `time_zone`; without it they are refused."""

    delimiter: Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1), AfterValidator(_delimiter)] = ","
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of stamps without an offset."""
        return ZoneInfo(self.time_zone) if self.time_zone else None


class LogColumns(Form):
    """In which column of the file what stands, by its name in the header. Those below `instant` say something of the whole case."""

    case: Title
    activity: Title
    officer: Title | None = None
    instant: Title
    channel: Title | None = None
    responsible: Title | None = None
    started: Title | None = None
    ended: Title | None = None
    promised: Title | None = None
    statutory: Title | None = None


class LogCases(Form):
    """What a case is told by, where no activity and no column says it: filed by its first activity, closed by its last; its channel."""

    filed: Literal["first"] | None = None
    closed: Literal["last"] | None = None
    channel: WayIn = "internal"


Days = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}(wd|nd)$")]


class LogLimits(Form):
    """Limits from the filing on, in working days (`20wd`) or natural days (`30nd`), for cases whose columns say none; `optional`: a case may
    be without.
    """

    promised: Days | None = None
    statutory: Days | None = None
    optional: bool = False


class LogItem(Form):
    """What is published for the cases to stand under. With `agency`, a department of the box, it is a licence."""

    code: Annotated[str, Field(max_length=100, pattern=r"^\S+$"), Impersonal] | None = None
    name: Annotated[Title, Impersonal] = "导入的办件日志"
    department: Annotated[Title, Impersonal] = "导入的办件日志"
    agency: str | None = None
    examine: Annotated[Title, Impersonal] = "审查"
    approve: Annotated[Title, Impersonal] = "核准"

    @model_validator(mode="after")
    def _can_be_published(self) -> LogItem:
        if folded(self.examine) == folded(self.approve):
            raise PydanticCustomError("same_step", "审查和核准应为两个环节")
        if self.agency is not None and self.agency not in DEPARTMENTS:
            raise PydanticCustomError("agency", "agency 应为本系统的部门：{known}", {"known": "、".join(sorted(DEPARTMENTS))})
        return self


class LogMap(Form):
    """A map. `name` keys what is imported, so that a log is taken once; without it every file is a log of its own."""

    name: LogName | None = None
    file: LogFile = LogFile()
    columns: LogColumns
    channels: Annotated[dict[Word, WayIn], NamesOnce] = Field(default_factory=dict)
    officers: Annotated[dict[Title, Annotated[Staff, Impersonal]], NamesOnce] = Field(default_factory=dict)
    activities: Annotated[dict[Title, Annotated[Meaning, BeforeValidator(_meaning)]], NamesOnce]
    cases: LogCases = LogCases()
    limits: LogLimits = LogLimits()
    item: LogItem = LogItem()

    def meaning_of(self, activity: str) -> Meaning | None:
        """What an activity was: by its whole name, or by the longest beginning that the map names."""
        if (found := self.activities.get(activity)) is not None:
            return found
        begins = [name for name in self.activities if name.endswith(OTHERWISE) and activity.startswith(name[:-1])]
        return self.activities[max(begins, key=len)] if begins else None


def read_map(path: Path) -> LogMap:
    """The map in a file. Raises `NotAMap`."""
    try:
        return toml_form(LogMap, path)
    except Unreadable as no:
        raise NotAMap(str(no)) from None


def shipped(name: str) -> LogMap:
    """The map of that name that ships. Raises `NotAMap`, naming all that do."""
    known = sorted(path.stem for path in MAPS.glob("*.toml"))
    if name not in known:
        raise NotAMap(f"没有名为「{name}」的映射；随系统提供的有：{'、'.join(known)}；其他日志用 --map")
    return read_map(MAPS / f"{name}.toml")
