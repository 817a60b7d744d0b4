"""Columns said once: what is written, what becomes of known rows, what comes back; on real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

import asyncpg
import pytest

from libs.views import EVER, FIRST_SAID, LATEST, LATEST_SAID, Column, Connection, Table

pytestmark = pytest.mark.server


class Kind(str, Enum):
    PLAIN = "plain"
    OTHER = "other"


@dataclass
class Door:
    case: str
    kind: Kind
    seen: date | None
    times: int


DOORS = Table(
    "doors",
    Column("case", "text", key=True),
    Column("kind", "text"),
    Column("seen", "date", known="coalesce(excluded.{column}, {table}.{column})"),
    Column("times", "integer", known="{table}.{column} + excluded.{column}"),
)
LISTS = Table("lists", Column("name", "text", key=True), Column("parts", "text[]", known="excluded.{column}"))
PAIRS = Table("pairs", Column("left", "text", key=True), Column("right", "text", key=True))
DAY = date(2007, 3, 5)


@pytest.fixture
async def connection(database: str) -> AsyncIterator[Connection]:
    found = await asyncpg.connect(database)
    await found.execute('create table doors ("case" text primary key, kind text not null, seen date, times integer not null)')
    await found.execute('create table pairs ("left" text, "right" text, primary key ("left", "right"))')
    await found.execute("create table lists (name text primary key, parts text[] not null)")
    yield found
    await found.close()


async def test_a_row_is_written_and_comes_back(connection: Connection) -> None:
    await DOORS.save(connection, [Door("a", Kind.PLAIN, DAY, 1), Door("b", Kind.OTHER, None, 2)])
    found = await DOORS.load(connection, ["b", "a", "never"])
    assert {key: tuple(row.values()) for key, row in found.items()} == {"a": ("a", "plain", DAY, 1), "b": ("b", "other", None, 2)}
    assert tuple(found["a"].keys()) == ("case", "kind", "seen", "times")


async def test_each_column_says_what_becomes_of_a_known_row(connection: Connection) -> None:
    await DOORS.save(connection, [Door("a", Kind.PLAIN, DAY, 1)])
    await DOORS.save(connection, [Door("a", Kind.OTHER, None, 5)])
    assert tuple((await DOORS.load(connection, ["a"]))["a"].values()) == ("a", "plain", DAY, 6)


async def test_what_is_there_is_left_alone_by_an_addition(connection: Connection) -> None:
    await PAIRS.add(connection, [{"left": "1", "right": "2"}])
    await PAIRS.add(connection, [{"left": "1", "right": "2"}, {"left": "1", "right": "3"}])
    await PAIRS.save(connection, [{"left": "1", "right": "3"}])
    assert [tuple(row) for row in await connection.fetch(f"select {PAIRS.columns} from pairs order by 1, 2")] == [("1", "2"), ("1", "3")]


async def test_a_column_of_lists_keeps_them_apart(connection: Connection) -> None:
    await LISTS.save(connection, [{"name": "a", "parts": ("x", "y")}, {"name": "b", "parts": ()}])
    await LISTS.save(connection, [{"name": "b", "parts": (Kind.PLAIN,)}])
    assert [tuple(row) for row in await connection.fetch("select * from lists order by name")] == [("a", ["x", "y"]), ("b", ["plain"])]


@dataclass
class Room:
    name: str
    kind: Kind
    parts: tuple[str, ...]
    opened: datetime | None = None
    seen: date | None = None
    weight: int = 0
    dirty: bool = False


def test_the_columns_are_the_rows_fields() -> None:
    known = {"kind": LATEST, "opened": FIRST_SAID, "seen": LATEST_SAID, "dirty": EVER}
    rooms = Table.of("rooms", Room, key=("name",), known=known, types={"weight": "bigint"})
    assert rooms.columns == '"name", "kind", "parts", "opened", "seen", "weight", "dirty"'
    said_by_hand = Table(
        "rooms",
        Column("name", "text", key=True),
        Column("kind", "text", known="excluded.{column}"),
        Column("parts", "text[]"),
        Column("opened", "timestamptz", known="coalesce({table}.{column}, excluded.{column})"),
        Column("seen", "date", known="coalesce(excluded.{column}, {table}.{column})"),
        Column("weight", "bigint"),
        Column("dirty", "boolean", known="excluded.{column} or {table}.{column}"),
    )
    assert rooms.upsert == said_by_hand.upsert


@dataclass
class OddRow:
    name: str
    document: bytes
    told: str
    seen: datetime | None = None
    parts: tuple[str, ...] = ()


ODD_ROWS = Table.of("kept", OddRow, key=("name",), types={"document": "bytea", "told": "jsonb"})


@pytest.mark.parametrize("name", ["", '引号 " 与 \\ 与 {}', "a\nb\tc", "\U0001f600 \u2028", "[1, null]", "$1"])
async def test_whatever_a_row_says_is_kept_as_it_was_said(connection: Connection, name: str) -> None:
    await connection.execute("create table kept (name text primary key, document bytea, told jsonb, seen timestamptz, parts text[])")
    seen = datetime(1, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    await ODD_ROWS.save(
        connection, [OddRow(name, bytes(range(256)), '{"a": [1, "b"]}', seen, (name, "", "null")), OddRow(f"{name}-", b"", "null")]
    )
    first, other = await connection.fetch(f"select {ODD_ROWS.columns} from kept order by length(name)")
    assert tuple(first) == (name, bytes(range(256)), '{"a": [1, "b"]}', seen, [name, "", "null"])
    assert tuple(other) == (f"{name}-", b"", "null", None, [])


def test_a_column_that_is_no_field_is_told() -> None:
    with pytest.raises(ValueError, match="Room has no colour, size"):
        Table.of("rooms", Room, key=("name",), known={"colour": LATEST}, types={"size": "bigint"})


async def test_nothing_to_write_asks_nothing(connection: Connection) -> None:
    await DOORS.save(connection, [])
    await DOORS.add(connection, [])
    assert await DOORS.load(connection, []) == {}


async def test_only_one_key_can_be_loaded_by(connection: Connection) -> None:
    with pytest.raises(ValueError, match="pairs has 2 key columns"):
        await PAIRS.load(connection, ["1"])
