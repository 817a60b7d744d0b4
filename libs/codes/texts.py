"""The texts in what somebody said, however deep its parts lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum


def texts(said: object) -> Iterator[str]:
    """Every text in a value: itself, those of its items, of its keys and values, of its fields. A choice of an enumeration is no text."""
    match said:
        case Enum():
            return
        case str():
            yield said
        case tuple() | list() | frozenset() | set():
            for part in said:
                yield from texts(part)
        case Mapping():
            yield from texts(tuple(said.items()))
        case _ if is_dataclass(said):
            for field in fields(said):
                yield from texts(getattr(said, field.name))
