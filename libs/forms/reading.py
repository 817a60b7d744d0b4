"""JSON read strictly: what one program takes and another leaves is refused, whether it comes in a file or in a request."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from libs.forms.sentences import because_of

DEEPEST: Final = 64
"""Lists and objects within each other."""
LARGEST: Final = 2**63
"""Whole numbers lie below it, and not below its negative."""
MOST_NAMES: Final = 1000
"""Names of an object: no form has as many, and each that nobody asks for costs a sentence."""
SHOWN: Final = 40
"""Characters of a name that are told."""
_TOO_DEEP: Final = f"套了 {DEEPEST} 层以上"
M = TypeVar("M", bound=BaseModel)


class Unreadable(ValueError):
    """What was sent cannot be taken; the message says why and where, in a sentence for people."""


def strict_json(data: bytes) -> Any:
    """The value in `data` (UTF-8, with or without a mark). Raises `Unreadable` for what is no JSON, a key that stands twice, whole numbers
    beyond 64 bits, numbers that are none, more than 64 levels, more than 1000 names in an object, and halves of characters.
    """
    try:
        text = text_of(data)
        found = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"第 {error.lineno} 行第 {error.colno} 列不是有效的 JSON") from None
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    if text.count("[") + text.count("{") > DEEPEST or "\\u" in text:  # else there is nothing to find
        _sound(found, DEEPEST)
    return found


def text_of(data: bytes) -> str:
    """The text in `data` (UTF-8, with or without a mark). Raises `Unreadable` for another encoding."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"第 {line} 行不是 UTF-8 文字；请另存为 UTF-8") from None


def form_of(kind: type[M], value: object, where: str = "") -> M:
    """The form that `value` fills in. Raises `Unreadable` for the first field that is wrong, by the names and places that lead to it; `where`
    names the value itself, where it is a part of something.
    """
    try:
        return kind.model_validate(value)
    except ValidationError as no:
        first = no.errors(include_url=False)[0]
        named = place_of((where, *first["loc"]) if where else first["loc"])
        raise Unreadable(f"{named}：{because_of(first)}" if named else because_of(first)) from None


def place_of(places: Sequence[str | int]) -> str:
    """acts[2].at, as people find it in the file; the items of a list count from 1."""
    return "".join(f"[{place + 1}]" if isinstance(place, int) else f".{shown(place)}" for place in places).removeprefix(".")


def shown(name: str) -> str:
    """A name that somebody made up, as it is told: short, in one line, and without what cannot be written."""
    told = "".join(sign if sign.isprintable() else "\ufffd" for sign in name[:SHOWN])
    return told if len(name) <= SHOWN else f"{told}…"


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_NAMES:
        raise Unreadable(f"一组里多于 {MOST_NAMES} 项")
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise Unreadable(f"「{shown(twice)}」出现了两次")
    return found


def _whole(digits: str) -> int:
    """Digits are counted before they are read: reading costs the square of their number. They are not told: they may be somebody's."""
    if len(digits) > len(str(LARGEST)) + 1 or not -LARGEST <= (found := int(digits)) < LARGEST:
        raise Unreadable(f"一个 {len(digits.lstrip('-'))} 位的整数超出了 64 位")
    return found


def _number(digits: str) -> float:
    found = float(digits)
    if abs(found) == float("inf"):
        raise Unreadable("一个数字太大")
    return found


def _no_constant(name: str) -> float:
    raise Unreadable(f"{name} 不是数字")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_float=_number, parse_constant=_no_constant)
"""Made once: `json.loads` would make one for every text."""


def _sound(value: Any, levels: int) -> None:
    """Walks through the whole value. Raises `Unreadable` for what lies too deep, and for a text that cannot be written."""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Unreadable("文字里有半个字符")
    elif not levels and isinstance(value, dict | list):
        raise Unreadable(_TOO_DEEP)
    elif isinstance(value, dict):
        for name, one in value.items():
            _sound(name, levels)
            _sound(one, levels - 1)
    elif isinstance(value, list):
        for one in value:
            _sound(one, levels - 1)
