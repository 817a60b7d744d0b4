"""The Chinese words of what the services say, read once from `contracts/words.toml`: for pages and for stories."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple, cast

from libs.contracts import FOLDER
from libs.workdays import CHINA, OVERDUE_STEP


class Shown(NamedTuple):
    """How a fact is told: its title, the fields that are told in order, its tone."""

    title: str
    fields: tuple[str, ...] = ()
    tone: str = ""


Words = Mapping[str, str]
_READ: Final = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
FACTS: Final[Mapping[str, Shown]] = {
    name: Shown(row["title"], tuple(row.get("fields", ())), row.get("tone", "")) for name, row in _READ["facts"].items()
}
"""By the type on the wire without its version."""
SERVICES: Final[Words] = _READ["services"]
ACT_WORDS: Final[Words] = _READ["acts"]
CLOCKS: Final[Words] = _READ["clocks"]
CLOCK_STATES: Final[Words] = _READ["states"]
KEPT: Final[Words] = _READ["kept"]
RUNGS: Final[Words] = _READ["rungs"]
VALUES: Final[Mapping[str, Words]] = _READ["values"]
PHRASES: Final[Words] = _READ["phrases"]
OBJECTS: Final[Words] = _READ["objects"]
NOBODY: Final = "无人承办"
"""What stands for the officer of a clock that nobody holds."""
_ADDRESSED: Final = ("department", "post", "officer")
_DAYS: Final = frozenset({"first", "last", "told", "effective"})
"""Fields that are days, or instants of which the day is said."""


def shown(family: str) -> Shown:
    """How a fact is told, by its type on the wire without its version; one that has no words is told by its name."""
    return FACTS.get(family, Shown(family.rpartition(".")[2]))


def word(value: object, words: Words) -> str:
    """The Chinese word for a value, the value itself where it has none."""
    return words.get(str(value), str(value)) if value not in (None, "") else ""


def addressed(row: Mapping[str, object]) -> str:
    """Whom a card or a clock is addressed to: unit, post, and the officer, or that nobody holds it."""
    return " · ".join(filter(None, (told(field, row[field]) for field in _ADDRESSED)))


def told(field: str, value: object) -> str:
    """A field of a fact as people read it; empty where it says nothing."""
    if field == "imported":
        return "导入" if value else ""
    if field == "officer":
        return str(value) if value else NOBODY
    if field == "late":
        return kept(late=bool(value))
    if field == "due_at":
        return "" if value else PHRASES[field]
    if field == "overdue":
        return PHRASES[field].format(OVERDUE_STEP * int(str(value))) if value else ""
    if value in (None, "", []):
        return ""
    if field in OBJECTS:
        return OBJECTS[field].format_map(cast(Mapping[str, object], value))
    if field in _DAYS:
        return PHRASES[field].format(day(str(value)))
    text = "、".join(map(str, value)) if isinstance(value, list) else word(value, VALUES.get(field, {}))
    return PHRASES.get(field, "{}").format(clock_text(text) if field == "clock" else text)


def sentence(family: str, said: Mapping[str, object]) -> str:
    """What a fact says beside its title: the fields that are told, each as people read it. That something holds from the very day of the fact
    on goes without saying.
    """
    fields = {field: said.get(field) for field in shown(family).fields}
    if (effective := fields.get("effective")) and day(str(effective)) == day(str(said["at"])):
        del fields["effective"]
    return " · ".join(filter(None, (told(field, value) for field, value in fields.items())))


def kept(*, late: bool) -> str:
    """Whether a limit was kept, in a word."""
    return KEPT["late" if late else "in-time"]


def day(at: str) -> str:
    """A day as a sentence says it; of an instant, its day in China: 2007年3月5日."""
    found = datetime.fromisoformat(at)
    found = found.astimezone(CHINA) if found.tzinfo else found
    return f"{found.year}年{found.month}月{found.day}日"


def clock_text(name: str) -> str:
    """What a clock measures, by its name: `clock:<case>:<kind>`, `clock:<case>:step:<n>`."""
    kind, *number = name.split(":")[2:] or [""]
    return " ".join([word(kind, CLOCKS), *number])


def clock_number(name: str) -> str:
    """Which one of its kind a clock is, by its name; empty: there is one only."""
    return "".join(name.split(":")[3:])
