"""Whoever hears a fact takes all its owner may say: every reader against the owner's schema, and over the owner's sample.

A reader that has a default would not notice that its field was renamed; the comparison does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from importlib import import_module
from typing import Any, Literal

import pytest

from libs.bus import Reader
from libs.contracts import roster
from libs.decider import record
from libs.testkit.contracts import Contract, contract, schema_of, shape
from libs.testkit.neighbours import Neighbour
from tests.contracts.comparing import barest, fullest, unread
from tests.contracts.writing import services

NODE = "511525"


def reader(service: str) -> Reader:
    """What a service reads of others."""
    found: Reader = import_module(f"services.{service}.inbox").READER
    return found


def owner(kind: str) -> Contract:
    """The contract of a type on the wire."""
    _, service, fact, _ = kind.split(".")
    return contract(service, fact)


HEARERS = services("inbox")
READ = [(service, kind) for service in HEARERS for kind in sorted(reader(service).models)]
PAYLOADS: dict[str, Callable[[Contract], Any]] = {
    "sample": lambda known: known.sample,
    "fullest": lambda known: fullest(known.shape),
    "barest": lambda known: barest(known.shape),
}


def test_everybody_who_hears_is_compared() -> None:
    assert {row.name for row in roster() if row.hears} <= set(HEARERS)
    assert len(READ) > len(HEARERS)


@pytest.mark.parametrize(("service", "kind"), READ)
def test_a_reader_takes_all_its_owner_may_say(service: str, kind: str) -> None:
    known = owner(kind)
    assert known.type == kind, f"{service} reads {kind}, the owner says {known.type}"
    assert unread(shape(schema_of(reader(service).models[kind])), known.shape) == []


@pytest.mark.parametrize(("service", "kind"), READ)
@pytest.mark.parametrize("payload", PAYLOADS)
async def test_a_reader_reads_the_sample_and_the_fullest_and_the_barest(service: str, kind: str, payload: str) -> None:
    data = json.dumps(PAYLOADS[payload](owner(kind)), ensure_ascii=False).encode()
    neighbour = Neighbour(kind.split(".")[1], [NODE])
    fact = reader(service).read(await neighbour.sends(kind, data, "2007-03-05", subject="s"))
    assert type(fact) is reader(service).models[kind]
    assert type(fact).__name__ == kind.split(".")[2], "a reader is named like the fact it reads"


# --- the comparison, over small schemas -------------------------------------------------------------------------------------------------


class Colour(str, Enum):
    """What an owner may say."""

    YELLOW = "yellow"
    RED = "red"


class More(str, Enum):
    """The same and more."""

    YELLOW = "yellow"
    RED = "red"
    BLUE = "blue"


@record
class Owner:
    """A fact."""

    case: str
    days: int
    colour: Colour
    at: datetime
    first: date
    names: tuple[str, ...]
    note: str | None = None


@record
class Reading:
    """All of it."""

    case: str
    days: int
    colour: Colour
    at: datetime
    first: date
    names: tuple[str, ...]
    note: str | None = None


@record
class Outer:
    """A fact with a fact inside."""

    inner: Owner
    many: tuple[Owner, ...]
    perhaps: Owner | None


@record
class InnerReading:
    """A reader of the fact inside, of another type."""

    days: str


@record
class OuterReading:
    """A reader of the fact with a fact inside."""

    inner: InnerReading
    many: tuple[InnerReading, ...]
    perhaps: InnerReading | None


def between(reads: Any, says: Any) -> list[str]:
    """A reader of one field, and an owner of it, by their Python types."""

    def one(name: str, kind: Any) -> type[Any]:
        return record(type(name, (), {"__annotations__": {"field": kind}}))

    return unread(shape(schema_of(one("Reads", reads))), shape(schema_of(one("Says", says))))


def test_a_reader_that_takes_all_is_fine() -> None:
    assert unread(shape(schema_of(Reading)), shape(schema_of(Owner))) == []
    assert unread(shape(schema_of(Outer)), shape(schema_of(Outer))) == []


@pytest.mark.parametrize(
    ("reads", "says"),
    [
        (str, Colour),
        (More, Colour),
        (str, datetime),
        (str, date),
        (float, int),
        (str | None, str),
        (int | str, str),
        (Any, Owner),
        (tuple[More, ...], tuple[Colour, ...]),
        (Literal["yellow", "red"], Colour),
    ],
)
def test_a_reader_may_take_more_than_is_said(reads: Any, says: Any) -> None:
    assert between(reads, says) == []


@pytest.mark.parametrize(
    ("reads", "says", "because"),
    [
        (int, str, "field: the owner may say string, the reader takes integer"),
        (int, float, "field: the owner may say integer or number, the reader takes integer"),
        (str, str | None, "field: the owner may say null, the reader takes string"),
        (Owner, Owner | None, "field: the owner may say null, the reader takes object"),
        (Colour, More, "field: the owner may say blue, the reader does not take it"),
        (Colour, str, "field: the owner says any string, the reader takes red, yellow"),
        (Colour | None, More | None, "field: the owner may say blue, the reader does not take it"),
        (datetime, str, "field: the owner says any text, the reader takes date-time"),
        (datetime, date, "field: the owner says date, the reader takes date-time"),
        (date | None, datetime | None, "field: the owner says date-time, the reader takes date"),
        (tuple[int, ...], tuple[str, ...], "field[]: the owner may say string, the reader takes integer"),
        (tuple[datetime, ...], tuple[str, ...], "field[]: the owner says any text, the reader takes date-time"),
        (str, tuple[str, ...], "field: the owner may say array, the reader takes string"),
        (dict[str, int], Owner, "field: additionalProperties of the reader cannot be compared"),
    ],
)
def test_a_changed_type_is_caught(reads: Any, says: Any, because: str) -> None:
    assert between(reads, says) == [because]


def test_a_renamed_field_is_caught_where_a_default_would_hide_it() -> None:
    @record
    class Reads:
        case: str
        remark: str | None = None

    (found,) = unread(shape(schema_of(Reads)), shape(schema_of(Owner)))
    assert found.startswith("remark: the owner has no such field; it has case, days")


def test_a_field_that_may_be_left_out_wants_a_default() -> None:
    @record
    class Reads:
        note: str | None

    assert unread(shape(schema_of(Reads)), shape(schema_of(Owner))) == ["note: the owner may leave it out, the reader has no default"]


def test_what_stands_inside_is_compared_too() -> None:
    assert unread(shape(schema_of(OuterReading)), shape(schema_of(Outer))) == [
        "inner.days: the owner may say integer, the reader takes string",
        "many[].days: the owner may say integer, the reader takes string",
        "perhaps.days: the owner may say integer, the reader takes string",
    ]


def test_the_fullest_and_the_barest_are_what_the_owner_may_say() -> None:
    known = shape(schema_of(Outer))
    full, bare = fullest(known), barest(known)
    assert full["perhaps"]["note"] == "x"
    assert len(full["many"]) == 1
    assert (bare["perhaps"], bare["many"], "note" in bare["inner"]) == (None, [], False)
