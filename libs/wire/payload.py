"""A payload as a record of its reader's: what it cannot be is one event's fault, and every instant that comes out is in UTC.

What has to be looked at is compiled once from the model; a fact without instants and numbers is not looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import inspect

from libs.wire.event import Malformed

Model = TypeVar("Model")
Fix = Callable[[Any], Any]
"""A value → itself, or the same in UTC. Raises `ValueError` or `OverflowError` for what no store of ours can hold."""

_Parts = list[tuple[str, Fix, Fix]]
"""Of a record: the fields to look at, how each is got, what is done with it."""
_GREATEST: Final = 2**63 - 1
_DIGITS: Final = bytes(ord("0" if byte in b"0123456789" else " ") for byte in range(256))
_LONG: Final = b"0" * len(str(_GREATEST))
"""A payload without so many digits in a row, all of them taken for zeros, has no integer beyond 64 bits: its numbers need no look."""
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL in JSON; behind an even number of backslashes it is text that looks like one."""


class Payload(Generic[Model]):
    """Reads payloads as `model`, with the few fields it has; others are passed over."""

    def __init__(self, model: type[Model]) -> None:
        self._decode = msgspec.json.Decoder(model).decode
        self._fix = _Compiler().fix(inspect.type_info(model)) or _same
        self._fix_instants = _Compiler(numbers=False).fix(inspect.type_info(model)) or _same

    def read(self, data: bytes) -> Model:
        """The record. Raises `Malformed` for everything about the payload that it cannot take."""
        try:
            fix = self._fix if _LONG in data.translate(_DIGITS) else self._fix_instants
            fixed: Model = fix(self._decode(data))
            if b"\\u0000" in data and _NUL.search(data) and _NUL.search(msgspec.json.encode(fixed)):
                raise ValueError("文字里有空字符")
        except (ValueError, OverflowError, RecursionError) as wrong:  # msgspec's and Unicode's faults are ValueErrors
            raise Malformed(f"内容不合格式（{wrong}）") from None
        return fixed


def _same(value: Any) -> Any:
    return value


def _number(value: int) -> int:
    if not -_GREATEST - 1 <= value <= _GREATEST:
        raise ValueError(f"整数超出 64 位：{str(value)[:40]}")
    return value


def _instant(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"时刻没有时区：{value.isoformat()}")
    return value.astimezone(UTC)


def _anything(value: Any) -> Any:
    """Holds the numbers in what has no model within their bounds."""
    match value:
        case bool():
            pass
        case int():
            _number(value)
        case list():
            for item in value:
                _anything(item)
        case dict():
            for item in value.values():
                _anything(item)
    return value


class _Compiler:
    """Compiles one model; a record that holds its own kind is met again by its class. Without `numbers` instants alone are looked at."""

    def __init__(self, *, numbers: bool = True) -> None:
        self._numbers = numbers
        self._classes: dict[type[Any], _Parts] = {}

    def fix(self, kind: inspect.Type) -> Fix | None:
        """What is to be done with a value of this type; None: nothing."""
        match kind:
            case inspect.IntType():
                return _number if self._numbers else None
            case inspect.DateTimeType():
                return _instant
            case inspect.AnyType():
                return _anything if self._numbers else None
            case inspect.Metadata():
                return self.fix(kind.type)
            case inspect.UnionType():
                return self._union(kind.types)
            case inspect.DataclassType() | inspect.StructType():
                return self._record(kind)
            case inspect.TupleType():
                return _of_places([self.fix(item) for item in kind.item_types])
            case inspect.VarTupleType() | inspect.ListType() | inspect.SetType() | inspect.FrozenSetType():
                return _of_many(self.fix(kind.item_type))
            case inspect.DictType():
                return _of_dict(self.fix(kind.value_type))
            case _:
                return None

    def _union(self, kinds: Iterable[inspect.Type]) -> Fix | None:
        fixes = {of: fix for kind in kinds if (of := _class_of(kind)) is not None and (fix := self.fix(kind)) is not None}
        return (lambda value: fixes.get(type(value), _same)(value)) if fixes else None

    def _record(self, kind: inspect.DataclassType | inspect.StructType) -> Fix | None:
        parts = self._classes.get(kind.cls)
        if parts is None:
            parts = self._classes[kind.cls] = []
            for field in kind.fields:
                if (fix := self.fix(field.type)) is not None:
                    parts.append((field.name, attrgetter(field.name), fix))
            if not parts:
                return None
        return _of_record(parts, replace if isinstance(kind, inspect.DataclassType) else msgspec.structs.replace)


def _class_of(kind: inspect.Type) -> type[Any] | None:
    """As which Python class a member of a union comes out, where there is something to look at."""
    match kind:
        case inspect.DataclassType() | inspect.StructType():
            return kind.cls
        case inspect.Metadata():
            return _class_of(kind.type)
        case inspect.IntType():
            return int
        case inspect.DateTimeType():
            return datetime
        case inspect.VarTupleType() | inspect.TupleType():
            return tuple
        case inspect.ListType():
            return list
        case inspect.DictType():
            return dict
        case _:
            return None


def _of_record(parts: _Parts, replaced: Callable[..., Any]) -> Fix:
    def fix_record(value: Any) -> Any:
        changed = {name: new for name, of, fix in parts if (new := fix(old := of(value))) is not old}
        return replaced(value, **changed) if changed else value

    return fix_record


def _of_many(fix: Fix | None) -> Fix | None:
    if fix is None:
        return None

    def fix_many(values: Any) -> Any:
        fixed = [fix(value) for value in values]
        return values if all(a is b for a, b in zip(values, fixed, strict=True)) else type(values)(fixed)

    return fix_many


def _of_places(fixes: Sequence[Fix | None]) -> Fix | None:
    places = [fix or _same for fix in fixes]
    if not any(fixes):
        return None
    return lambda values: tuple(fix(value) for fix, value in zip(places, values, strict=True))


def _of_dict(fix: Fix | None) -> Fix | None:
    if fix is None:
        return None
    return lambda values: {name: fix(value) for name, value in values.items()}
