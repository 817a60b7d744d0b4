"""Whether a reader takes everything the owner may say: their schemas side by side, and the fullest and barest payload an owner may write.

Bounds of a reader (lengths, ranges) are not compared: they stand at the door against what no owner writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from libs.testkit.contracts import Shape, inside

_WORDS: Final = frozenset({"title", "description", "default", "type", "enum", "format", "properties", "required", "items"})
_BOUNDS: Final = frozenset({"maxLength", "minLength", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"})
_TIMES: Final = {"date-time": "2007-03-05T02:00:00Z", "date": "2007-03-05"}
_PLAIN: Final = {"string": "x", "integer": 1, "number": 1.5, "boolean": True}


def unread(reader: Shape, owner: Shape, path: str = "") -> list[str]:
    """What the owner may say that the reader does not take, or the reader asks for and the owner never says; one line each."""
    found: list[str] = []
    for option in owner.options:
        takers = [taker for taker in reader.options if option.kinds <= taker.kinds]
        if takers:
            found += _shortest([list(_inside(taker, option, path)) for taker in takers])
        else:
            kinds = " or ".join(sorted({kind for taker in reader.options for kind in taker.kinds}))
            found.append(f"{path or 'payload'}: the owner may say {' or '.join(sorted(option.kinds))}, the reader takes {kinds}")
    return found


def _shortest(found: list[list[str]]) -> list[str]:
    return min(found, key=len)


def _inside(reader: Shape, owner: Shape, path: str) -> Iterator[str]:
    if strange := set(reader.said) - _WORDS - _BOUNDS:
        yield f"{path or 'payload'}: {', '.join(sorted(strange))} of the reader cannot be compared"
    if "enum" in reader.said:
        yield from _values(reader, owner, path)
    form = reader.said.get("format")
    if form and owner.said.get("format") != form:
        yield f"{path}: the owner says {owner.said.get('format', 'any text')}, the reader takes {form}"
    if "items" in reader.said:
        yield from unread(reader.items, owner.items, f"{path}[]")
    if "properties" in reader.said:
        yield from _fields(reader, owner, path)


def _values(reader: Shape, owner: Shape, path: str) -> Iterator[str]:
    if "enum" not in owner.said:
        yield f"{path}: the owner says any {' or '.join(owner.kinds)}, the reader takes {', '.join(map(str, reader.said['enum']))}"
        return
    for value in owner.said["enum"]:
        if value not in reader.said["enum"]:
            yield f"{path}: the owner may say {value}, the reader does not take it"


def _fields(reader: Shape, owner: Shape, path: str) -> Iterator[str]:
    theirs = owner.fields
    for name, mine in reader.fields.items():
        if name not in theirs:
            yield f"{inside(path, name)}: the owner has no such field; it has {', '.join(theirs)}"
            continue
        if name in reader.required and name not in owner.required:
            yield f"{inside(path, name)}: the owner may leave it out, the reader has no default"
        yield from unread(mine, theirs[name], inside(path, name))


def fullest(owner: Shape) -> Any:
    """A payload with every field, every list filled, nothing null."""
    option = owner.options[0]
    if "enum" in option.said:
        return option.said["enum"][-1]
    if "properties" in option.said:
        return {name: fullest(field) for name, field in option.fields.items()}
    if option.said["type"] == "array":
        return [fullest(option.items)]
    return _TIMES.get(option.said.get("format", ""), _PLAIN[option.said["type"]])


def barest(owner: Shape) -> Any:
    """A payload with the required fields only, every list empty, null what may be."""
    option = owner.options[-1]
    if "enum" in option.said:
        return option.said["enum"][0]
    if "properties" in option.said:
        return {name: barest(field) for name, field in option.fields.items() if name in option.required}
    empty: dict[str, Any] = {"array": [], "null": None}
    kind = option.said["type"]
    return empty[kind] if kind in empty else _TIMES.get(option.said.get("format", ""), _PLAIN[kind])
