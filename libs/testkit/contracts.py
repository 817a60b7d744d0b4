"""What `contracts/events` holds, for tests: schema and sample of every public event, and whether a payload fits a schema.

The schemas are made by msgspec from the owner's records; `Shape` reads just the words of JSON Schema that msgspec writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import inspect as types

from libs.contracts import FOLDER

EVENTS: Final = FOLDER / "events"
_KINDS: Final = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
ANY: Final = frozenset(_KINDS.values())


class Shape(NamedTuple):
    """A JSON schema, and the parts it refers to by name."""

    said: Mapping[str, Any]
    parts: Mapping[str, Any]

    @property
    def options(self) -> list[Shape]:
        """What a value may be: references followed, alternatives side by side."""
        if ref := self.said.get("$ref"):
            return Shape(self.parts[ref.rpartition("/")[2]], self.parts).options
        if "anyOf" in self.said:
            return [option for part in self.said["anyOf"] for option in Shape(part, self.parts).options]
        return [self]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of JSON an option takes."""
        if "enum" in self.said:
            return frozenset(kind(value) for value in self.said["enum"])
        named = self.said.get("type")
        return ANY if named is None else frozenset({named, "integer"} if named == "number" else {named})

    @property
    def fields(self) -> dict[str, Shape]:
        """The fields of an object, in order of declaration."""
        return {name: Shape(said, self.parts) for name, said in self.said.get("properties", {}).items()}

    @property
    def required(self) -> frozenset[str]:
        """The fields of an object that are always there."""
        return frozenset(self.said.get("required", ()))

    @property
    def items(self) -> Shape:
        """What an array holds."""
        return Shape(self.said.get("items", {}), self.parts)

    def option(self, value: object) -> Shape | None:
        """The option a value is of, by its kind of JSON; None: of none."""
        return next((option for option in self.options if kind(value) in option.kinds), None)


class Contract(NamedTuple):
    """One public event: its type on the wire, its schema, and one payload as its owner writes it."""

    type: str
    schema: dict[str, Any]
    sample: dict[str, Any]

    @property
    def shape(self) -> Shape:
        """The event's schema as a `Shape`, against which payloads are checked."""
        return shape(self.schema)


def shape(schema: Mapping[str, Any]) -> Shape:
    """A whole schema with its definitions as a `Shape`, against which values are checked."""
    return Shape(schema, schema.get("$defs", {}))


@cache
def contracts(service: str, folder: Path = EVENTS) -> Mapping[str, Contract]:
    """The public events of a service by their names without service and version. Raises `AssertionError` where there are none."""
    found = {path.name.partition(".")[0]: Contract(**json.loads(path.read_bytes())) for path in sorted((folder / service).glob("*.json"))}
    assert found, f"no contract of {service} in {folder}; scripts/contracts writes them"
    return found


def contract(service: str, fact: str) -> Contract:
    """The contract of one public event. Raises `AssertionError` where the service promises no such fact."""
    known = contracts(service)
    assert fact in known, f"{service} says no {fact}; it says {', '.join(known)}"
    return known[fact]


def sample(service: str, fact: str) -> dict[str, Any]:
    """A payload as the owner writes it; the caller's own to change."""
    found: dict[str, Any] = json.loads(json.dumps(contract(service, fact).sample))
    return found


def kind(value: object) -> str:
    """What JSON calls the kind of a decoded value."""
    return _KINDS[type(value)]


# --- does a payload fit -----------------------------------------------------------------------------------------------------------------


def misfits(wanted: Shape, value: object, path: str = "") -> list[str]:
    """Where a decoded payload does not fit, one line each; unknown fields do not fit. Empty: it fits."""
    options = [option for option in wanted.options if kind(value) in option.kinds]
    if not options:
        return [f"{path or 'payload'}: {value!r} is no {' or '.join(sorted(k for o in wanted.options for k in o.kinds))}"]
    return min((list(_inside(option, value, path)) for option in options), key=len)


def _inside(wanted: Shape, value: Any, path: str) -> Iterator[str]:
    if "enum" in wanted.said and value not in wanted.said["enum"]:
        yield f"{path}: {value!r} is none of {', '.join(map(str, wanted.said['enum']))}"
    if isinstance(value, str) and not _is_time(wanted.said.get("format", ""), value):
        yield f"{path}: {value!r} is no {wanted.said['format']}"
    if isinstance(value, list):
        for n, item in enumerate(value):
            yield from misfits(wanted.items, item, f"{path}[{n}]")
    if isinstance(value, dict):
        yield from _fields(wanted, value, path)


def _fields(wanted: Shape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    fields = wanted.fields
    for name, inner in value.items():
        if name not in fields:
            yield f"{inside(path, name)}: no such field; there is {', '.join(fields)}"
        else:
            yield from misfits(fields[name], inner, inside(path, name))
    yield from (f"{inside(path, name)}: missing" for name in fields if name in wanted.required and name not in value)


def inside(path: str, name: str) -> str:
    """The path of a field."""
    return f"{path}.{name}" if path else name


def _is_time(form: str, value: str) -> bool:
    try:
        if form == "date-time":
            return datetime.fromisoformat(value).tzinfo is not None
        return form != "date" or date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


# --- from a record to its schema --------------------------------------------------------------------------------------------------------


def schema_of(model: type[Any]) -> dict[str, Any]:
    """The JSON schema of a record, the same on every machine: docstrings on one line, and every instant marked, aware or not said."""
    schema = msgspec.json.schema(model)
    for part in schema.get("$defs", {}).values():
        if "description" in part:
            part["description"] = " ".join(part["description"].split())
    _mark_instants(types.type_info(model), schema, schema.get("$defs", {}), set())
    return schema


def _mark_instants(info: types.Type, said: dict[str, Any], parts: dict[str, Any], seen: set[str]) -> None:
    """msgspec calls an instant `date-time` only where the record says that it is aware."""
    match info:
        case types.Metadata():
            _mark_instants(info.type, said, parts, seen)
        case types.UnionType():
            for one in info.types:
                _mark_instants(one, said, parts, seen)
        case types.DateTimeType():
            for option in _options(said, "string"):
                option["format"] = "date-time"
        case types.CollectionType():
            for option in _options(said, "array"):
                _mark_instants(info.item_type, option.get("items", {}), parts, seen)
        case types.DataclassType() | types.StructType():
            name = info.cls.__name__
            for field in info.fields if name not in seen else ():
                _mark_instants(field.type, parts[name]["properties"][field.encode_name], parts, seen | {name})
        case _:
            return


def _options(said: dict[str, Any], named: str) -> Sequence[dict[str, Any]]:
    return [option for option in said.get("anyOf", [said]) if option.get("type") == named]
