"""A payload as a record: whatever is odd in it is `Malformed`, and instants come out as UTC. Compiled once from the record's types."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import inspect

from libs.wire.event import Malformed, Recorded

T = TypeVar("T")
Fix = Callable[[Any], Any]
"""Gives back the value it is given, or the same made right. Raises `ValueError` or `OverflowError` for one that cannot be."""

_SUSPECT: Final = re.compile(rb"[0-9]{19}|\\u0000")
"""Without these no number is beyond 64 bits and no text has a NUL: what is costly to look for is looked for only then."""


class Payload(Generic[T]):
    """How the payload of one type is read."""

    def __init__(self, model: type[T]) -> None:
        self._decoder = msgspec.json.Decoder(model)
        kind = inspect.type_info(model)
        self._instants = _Walk({inspect.DateTimeType: _utc}).of(kind)
        self._everything = _Walk({inspect.DateTimeType: _utc, inspect.IntType: _int64, inspect.StrType: _text}).of(kind)

    def read(self, event: Recorded) -> T:
        """The record. Raises `Malformed` for everything it cannot take: text that is not UTF-8 or has a NUL, numbers beyond 64 bits, instants
        without a zone or outside the years of UTC, nesting without end.
        """
        try:
            found = self._decoder.decode(event.data)
            fix = self._everything if _SUSPECT.search(event.data) else self._instants
            fixed: T = found if fix is None else fix(found)
        except (ValueError, OverflowError, RecursionError) as wrong:
            raise Malformed(f"{event.type} {event.source}#{event.sequence} 的内容不合格式（{wrong}）") from None
        return fixed


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"时刻 {moment.isoformat()} 没有时区")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"时刻 {moment.isoformat()} 超出范围") from None


def _int64(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise ValueError("整数超出 64 位")
    return number


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError("文字里有空字符")
    return text


class _Walk:
    """Makes the `Fix` of a type from those of its leaves; None where there is nothing to look at."""

    def __init__(self, leaves: Mapping[type[inspect.Type], Fix]) -> None:
        self._leaves = leaves
        self._records: dict[type[Any], Fix | None] = {}

    def of(self, kind: inspect.Type) -> Fix | None:
        match kind:
            case inspect.DataclassType() | inspect.StructType():
                return self._record(kind)
            case inspect.UnionType(types=kinds):
                return self._one_of(kinds)
            case inspect.ListType() | inspect.VarTupleType() | inspect.SetType() | inspect.FrozenSetType():
                return _each(self.of(kind.item_type))
            case inspect.TupleType(item_types=kinds):
                return _places([self.of(one) for one in kinds])
            case inspect.DictType(key_type=keys, value_type=values):
                return _pairs(self.of(keys), self.of(values))
            case inspect.AnyType():
                return self._anything()
            case inspect.TypedDictType() | inspect.NamedTupleType():
                raise TypeError(f"{kind.cls.__name__} is no record")
            case _:
                return self._leaves.get(type(kind))

    def _record(self, kind: inspect.DataclassType | inspect.StructType) -> Fix | None:
        cls = kind.cls
        if cls not in self._records:
            self._records[cls] = self._again(cls)  # it may hold itself
            fields = [(one.name, fix) for one in kind.fields if (fix := self.of(one.type)) is not None]
            replace: Callable[..., Any] = msgspec.structs.replace if isinstance(kind, inspect.StructType) else dataclasses.replace
            self._records[cls] = _fields(fields, replace) if fields else None
        return self._records[cls]

    def _again(self, cls: type[Any]) -> Fix:
        def again(value: Any) -> Any:
            fix = self._records[cls]
            return value if fix is None else fix(value)

        return again

    def _one_of(self, kinds: Sequence[inspect.Type]) -> Fix | None:
        fixes = {_class(one): fix for one in kinds if (fix := self.of(one)) is not None}
        return _by_class(fixes) if fixes else None

    def _anything(self) -> Fix | None:
        """Of what has no type of its own nothing is an instant; numbers and texts are looked at as deep as they lie."""
        fixes: dict[type[Any], Fix] = {}
        for cls, kind in ((int, inspect.IntType), (str, inspect.StrType)):
            if kind in self._leaves:
                fixes[cls] = self._leaves[kind]
        if not fixes:
            return None

        anything = _by_class(fixes)
        fixes[list], fixes[dict] = _each(anything) or anything, _pairs(anything, anything) or anything
        return anything


_CLASSES: Final[Mapping[type[inspect.Type], type[Any]]] = {
    inspect.DateTimeType: datetime,
    inspect.IntType: int,
    inspect.StrType: str,
    inspect.ListType: list,
    inspect.SetType: set,
    inspect.FrozenSetType: frozenset,
    inspect.VarTupleType: tuple,
    inspect.TupleType: tuple,
    inspect.DictType: dict,
}


def _class(kind: inspect.Type) -> type[Any]:
    """The class of the values of a type."""
    match kind:
        case inspect.DataclassType(cls=cls) | inspect.StructType(cls=cls):
            return cls
        case _:
            return _CLASSES[type(kind)]


def _by_class(fixes: Mapping[type[Any], Fix]) -> Fix:
    def fix_one(value: Any) -> Any:
        fix = fixes.get(type(value))
        return value if fix is None else fix(value)

    return fix_one


def _fields(fields: Sequence[tuple[str, Fix]], replace: Callable[..., Any]) -> Fix:
    read = [(name, attrgetter(name), fix) for name, fix in fields]

    def fix_fields(value: Any) -> Any:
        changes = {}
        for name, get, fix in read:
            old = get(value)
            if (new := fix(old)) is not old:
                changes[name] = new
        return replace(value, **changes) if changes else value

    return fix_fields


def _each(fix: Fix | None) -> Fix | None:
    return None if fix is None else lambda values: type(values)(fix(value) for value in values) if values else values


def _places(fixes: Sequence[Fix | None]) -> Fix | None:
    if not any(fixes):
        return None
    return lambda values: tuple(value if fix is None else fix(value) for fix, value in zip(fixes, values, strict=True))


def _pairs(keys: Fix | None, values: Fix | None) -> Fix | None:
    if keys is None and values is None:
        return None
    return lambda found: {
        (key if keys is None else keys(key)): (value if values is None else values(value)) for key, value in found.items()
    }
