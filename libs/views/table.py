"""A read model's table: its columns said once, and the statements that follow from them.

Writing never joins and loading is a LATERAL with LIMIT, so plans that were made while the table was empty stay good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from operator import attrgetter, itemgetter
from types import NoneType
from typing import Any, Final, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from libs.database import Connection, Pool

LATEST: Final = "excluded.{column}"
"""What was said last."""
LATEST_SAID: Final = "coalesce(excluded.{column}, {table}.{column})"
"""What was said last; null says nothing."""
FIRST_SAID: Final = "coalesce({table}.{column}, excluded.{column})"
"""What was said first; null says nothing."""
APPENDED: Final = "{table}.{column} || excluded.{column}"
"""All that was said, one behind the other."""
EVER: Final = "excluded.{column} or {table}.{column}"
"""Whether it was ever so."""
TYPES: Final[Mapping[type[Any], str]] = {str: "text", bool: "boolean", int: "integer", datetime: "timestamptz", date: "date"}
"""How what a row says is kept."""
CARRIED: Final[Mapping[str, tuple[str, str]]] = {
    "bytea": ("text", "decode({}, 'base64')"),
    "json": ("text", "{}::json"),
    "jsonb": ("text", "{}::jsonb"),
}
"""Kept otherwise than JSON carries it: the type of what is carried, and what is made of it. JSON that a row says is a text."""


class Column(NamedTuple):
    """A column: its name, which is that of the rows' attribute, and its PostgreSQL type.

    `known` says what becomes of it when the row is there already, as SQL over `excluded` and the table, in which `{column}` and `{table}`
    stand for themselves; empty: it stays as first written.
    """

    name: str
    type: str
    key: bool = False
    known: str = ""


class Table:
    """The table `name` with its columns in order. Rows are given as objects or mappings with the columns' names."""

    @classmethod
    def of(
        cls,
        name: str,
        row: type[Any],
        *,
        key: Sequence[str],
        known: Mapping[str, str] | None = None,
        types: Mapping[str, str] | None = None,
    ) -> Table:
        """The table that keeps rows of the class `row` (a dataclass, a record, a msgspec struct): its fields in order are the columns.

        `key` and `known` as for `Column`; `types` where the PostgreSQL type is another than the field's own (`bigint`, `jsonb`).
        Raises `KeyError` for a field of a type that has none, `ValueError` for a name that is no field.
        """
        fields = {field: (types or {}).get(field) or _kept_as(hint) for field, hint in get_type_hints(row).items()}
        if strange := {*key, *(known or {}), *(types or {})} - fields.keys():
            raise ValueError(f"{row.__name__} has no {', '.join(sorted(strange))}")
        return cls(name, *(Column(field, kept, field in key, (known or {}).get(field, "")) for field, kept in fields.items()))

    def __init__(self, name: str, *columns: Column) -> None:
        self.name, self.described = name, columns
        self._of_object, self._of_mapping = _values(attrgetter, columns), _values(itemgetter, columns)
        self._keys = [_quoted(column.name) for column in columns if column.key]
        self.columns: Final = ", ".join(_quoted(column.name) for column in columns)
        """For `select`."""
        self._names = tuple(column.name for column in columns)
        carried = ", ".join(f"{_quoted(column.name)} {CARRIED.get(column.type, (column.type,))[0]}" for column in columns)
        taken = ", ".join(CARRIED.get(column.type, ("", "{}"))[1].format(_quoted(column.name)) for column in columns)
        self.insert: Final = (
            f"insert into {name} ({self.columns}) select {taken} from json_to_recordset($1) as said ({carried}) on conflict do nothing"
        )
        self.upsert: Final = f"{self.insert.removesuffix('do nothing')}({', '.join(self._keys)}) do {self._known()}"
        """The parameter: the rows as `said` says them."""
        wanted = next(column for column in columns if column.key)
        key = _quoted(wanted.name)
        self._load = (
            f"select t.* from unnest($1::{wanted.type}[]) as wanted (wanted) cross join lateral"
            f" (select {self.columns} from {name} where {key} = wanted limit 1) t"
        )

    def _known(self) -> str:
        changed = [
            f"{_quoted(column.name)} = {column.known.format(column=_quoted(column.name), table=self.name)}"
            for column in self.described
            if column.known
        ]
        return f"update set {', '.join(changed)}" if changed else "nothing"

    def said(self, rows: Iterable[Any]) -> str:
        """The parameter of `upsert` and `insert`: all rows in one text, for the driver takes long for arrays."""
        values = (self._of_mapping(row) if isinstance(row, Mapping) else self._of_object(row) for row in rows)
        return msgspec.json.encode([dict(zip(self._names, row, strict=True)) for row in values]).decode()

    async def save(self, connection: Connection, rows: Sequence[Any]) -> None:
        """Writes the rows, each key at most once among them; what becomes of known ones the columns say."""
        await self._write(connection, self.upsert, rows)

    async def add(self, connection: Connection, rows: Sequence[Any]) -> None:
        """Writes the rows that are not there yet."""
        await self._write(connection, self.insert, rows)

    async def _write(self, connection: Connection, statement: str, rows: Sequence[Any]) -> None:
        if rows:
            await connection.execute(statement, self.said(rows))

    async def load(self, connection: Connection | Pool, keys: Sequence[Any]) -> dict[Any, Mapping[str, Any]]:
        """The rows of these keys, by key; only for a table with one key column."""
        if len(self._keys) != 1:
            raise ValueError(f"{self.name} has {len(self._keys)} key columns")
        key = next(column.name for column in self.described if column.key)
        return {row[key]: row for row in await connection.fetch(self._load, list(keys))}


def _kept_as(hint: Any) -> str:
    """The PostgreSQL type of a field's; a union with None may be null."""
    parts = [part for part in get_args(hint) if part is not NoneType]
    if get_origin(hint) is tuple:
        return f"{_kept_as(parts[0])}[]"
    if parts:
        return _kept_as(parts[0])
    return "text" if issubclass(hint, Enum) else TYPES[hint]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _values(of: Callable[..., Callable[[Any], Any]], columns: Sequence[Column]) -> Callable[[Any], Sequence[Any]]:
    """What reads a row's values in the order of the columns, all at once: asked for each by itself they cost more than the statement."""
    values = of(*(column.name for column in columns))
    return values if len(columns) > 1 else lambda row: (values(row),)
