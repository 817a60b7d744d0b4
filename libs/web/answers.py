"""The shapes of answers, for the description of a route: what a command comes to, and rows as the record behind them says."""

from __future__ import annotations

import builtins
import dataclasses
import types
import typing
from collections.abc import Iterable
from functools import cache, reduce
from operator import or_
from types import GenericAlias
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel, ConfigDict, create_model
from starlette.responses import JSONResponse


class FeedResponse(JSONResponse):
    """A page of a feed, as `libs.wire.encode_page` writes it."""

    media_type = "application/cloudevents-batch+json"

    def render(self, content: bytes) -> bytes:
        """The page is written already."""
        return content


class FeedEvent(BaseModel):
    """An event as CloudEvents has it, with the attributes of docs/wire.md."""

    model_config = ConfigDict(extra="allow")
    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    epoch: str
    sequence: str
    hash: str
    prevhash: str


class PositionAnswer(BaseModel):
    """Where a log stands."""

    source: str
    epoch: int
    sequence: int
    hash: str


class WrittenAnswer(BaseModel):
    """The answer to a command: where the log stands after it, and the version for the next If-Match."""

    position: PositionAnswer
    version: int


def row_answer(name: str, row: type[Any], *, without: Iterable[str] = (), **more: Any) -> type[BaseModel]:
    """The shape of a row that is answered as its record has it, fields `without` left out and others added by their types."""
    names = row.__struct_fields__ if issubclass(row, msgspec.Struct) else [field.name for field in dataclasses.fields(row)]
    hints = get_type_hints(row)
    kinds = {field: hints[field] for field in names if field not in set(without)} | more
    fields: Any = {field: (_kind(kind), ...) for field, kind in kinds.items()}
    made: type[BaseModel] = create_model(name, __doc__=row.__doc__, **fields)
    return made


@cache
def _inner(row: type[Any]) -> type[BaseModel]:
    return row_answer(row.__name__, row)


def _kind(kind: Any) -> Any:
    """The type of a field, records within it as the shapes of rows."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _inner(kind)
    match get_origin(kind):
        case types.UnionType | typing.Union:
            return reduce(or_, map(_kind, get_args(kind)))
        case builtins.tuple:
            return GenericAlias(tuple, tuple(map(_kind, get_args(kind))))
    return kind


def many(of: Any) -> Any:
    """The shape of a list."""
    return GenericAlias(list, (of,))
