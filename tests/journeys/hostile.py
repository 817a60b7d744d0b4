"""Text that was written to do harm, and the fields of a site into which somebody may write it: found from its own description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Final, NamedTuple

from hypothesis import find, settings
from hypothesis.strategies import from_regex

TEXTS: Final[Mapping[str, str]] = {
    "html": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "entity": "&lt;b&gt;&#0;&amp",
    "long": "a" * 100_000,
    "bidi": "给\u202e倒过来\u202c\u2066看",
    "emoji": "👍🏽👨‍👩‍👧🇨🇳",
    "beyond": "𠮷野家㛃",
    "nul": "前\0后",
    "combining": "ก" + "็" * 400,
    "rtl": "שלום مرحبا",
    "formula": "=cmd|' /C calc'!A0",
    "lines": "一\r\nSet-Cookie: a=b\r\n\r\n二",
    "braces": "{{ 7 * 7 }}{% raw %}${7*7}#{7}%s%n",
    "half": "\ud800",
    "sql": "'; drop table event; --",
    "path": "../../../etc/passwd%00",
    "escape": "\x1b[2J\x1b]0;x\x07",
    "mongolian": "ᠰᠠᠷ\u180eᠠ",
}
"""By what they try."""
KEPT: Final[Mapping[str, str]] = {
    **{name: TEXTS[name] for name in ("html", "entity", "beyond", "rtl", "formula", "braces", "sql", "path", "mongolian")},
    "emoji": "👍🏽🇨🇳",
    "wide": "W" * 300,
    "signs": "一" * 300,
    "short": "<b>'\"",
}
"""Those that are somebody's good right to write, and some that are long without a place to break."""
Path = tuple[str | int, ...]


class Field(NamedTuple):
    """A field of a body that takes text: where it stands, and its schema."""

    at: Path
    schema: Mapping[str, Any]


def resolved(schema: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference stands for."""
    while "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    return schema


def options(schema: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a value may be: the schema itself, or each of several."""
    schema = resolved(schema, known)
    inner = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for one in inner:
        yield from options(one, known)
    if not inner:
        yield schema


def texts(schema: Mapping[str, Any], known: Mapping[str, Any], at: Path = ()) -> Iterator[Field]:
    """Every field of a body that takes text, those within lists by the first of each."""
    for one in options(schema, known):
        match one.get("type"):
            case "string":
                yield Field(at, one)
            case "array":
                yield from texts(one["items"], known, (*at, 0))
            case "object":
                for name, field in one.get("properties", {}).items():
                    yield from texts(field, known, (*at, name))


def sample(schema: Mapping[str, Any], known: Mapping[str, Any], at: Path) -> Any:
    """A value of the schema in which everything stands that leads to `at`."""
    found = list(options(schema, known))
    if at:
        one = next(one for one in found if leads(one, known, at))
        if one["type"] == "array":
            return [sample(one["items"], known, at[1:])]
        names = dict.fromkeys((*one.get("required", ()), at[0]))
        return {name: sample(one["properties"][name], known, at[1:] if name == at[0] else ()) for name in names}
    return plain(found[0], known)


def leads(one: Mapping[str, Any], known: Mapping[str, Any], at: Path) -> bool:
    """Whether the whole way to a field stands in a schema."""
    return any(field.at == at for field in texts(one, known))


def plain(one: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    """A value of the schema with what has to be there, and no more."""
    if "const" in one or "enum" in one:
        return one.get("const", one.get("enum", [None])[0])
    match one.get("type"):
        case "object":
            return {name: plain(next(options(one["properties"][name], known)), known) for name in one.get("required", ())}
        case "array":
            return [plain(next(options(one["items"], known)), known)] * min(one.get("minItems", 0), 1)
        case "integer" | "number":
            return max(one.get("minimum", 1), 1)
        case "boolean":
            return False
        case "string":
            days = {"date": "2026-11-23", "date-time": "2026-11-23T10:00:00+08:00"}
            return days.get(one.get("format", "")) or worded(one.get("pattern", ""))
    return None


@cache
def worded(pattern: str) -> str:
    """A text of the pattern: a word where it takes one, else the simplest there is."""
    if re.search(pattern, "文字"):
        return "文字"
    return find(from_regex(pattern, fullmatch=True), lambda _: True, settings=settings(derandomize=True, database=None))


def put(body: Any, at: Path, text: str) -> Any:
    """The body with the text at that place."""
    found: Any = [deepcopy(body)]
    *way, last = (0, *at)
    inner = found
    for step in way:
        inner = inner[step]
    inner[last] = text
    return found[0]
