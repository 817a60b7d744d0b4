"""Payloads of every shape of record: what is odd is malformed wherever it lies, what is well comes out with its instants as UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from libs.wire import Malformed, Payload

AT = datetime(2026, 11, 23, tzinfo=UTC)


class Leaf(msgspec.Struct, frozen=True):
    at: datetime
    n: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    at: datetime
    kids: tuple[Tree, ...] = ()
    pair: tuple[int, datetime] | None = None
    by_name: dict[str, Leaf] = field(default_factory=dict)
    some: list[datetime] | None = None
    free: Any = None


@dataclass(frozen=True, slots=True)
class Plain:
    text: str = ""


EAST = datetime(2026, 11, 23, 8, tzinfo=timezone(timedelta(hours=8)))


def test_instants_are_utc_wherever_they_lie() -> None:
    tree = Tree(EAST, (Tree(EAST), Tree(AT)), (1, EAST), {"a": Leaf(EAST)}, [EAST, AT], {"x": [1, "y"]})
    found = Payload(Tree).read(msgspec.json.encode(tree))
    assert found == tree
    assert (found.pair, found.some) == ((1, AT), [AT, AT])
    instants = [found.at, found.kids[0].at, found.kids[1].at, found.by_name["a"].at, *(found.some or [])]
    assert [moment.tzinfo for moment in instants] == [UTC] * 6


@pytest.mark.parametrize(
    "odd",
    [
        b'{"at":"2026-11-23T00:00:00Z","kids":[{"at":"9999-12-31T23:59:59-10:00"}]}',
        b'{"at":"2026-11-23T00:00:00Z","pair":[9223372036854775808,"2026-11-23T00:00:00Z"]}',
        b'{"at":"2026-11-23T00:00:00Z","by_name":{"a":{"at":"2026-11-23T00:00:00Z","n":99999999999999999999}}}',
        b'{"at":"2026-11-23T00:00:00Z","by_name":{"\\u0000":{"at":"2026-11-23T00:00:00Z"}}}',
        b'{"at":"2026-11-23T00:00:00Z","some":["0001-01-01T00:00:00+01:00"]}',
        b'{"at":"2026-11-23T00:00:00Z","free":{"x":[-9223372036854775809]}}',
        b'{"at":"2026-11-23T00:00:00Z","free":["\\u0000"]}',
        b'{"at":"2026-11-23T00:00:00"}',
        b'{"at":"2026-11-23T00:00:00Z","free":' + b"[" * 50_000,
    ],
)
def test_what_is_odd_is_malformed_wherever_it_lies(odd: bytes) -> None:
    with pytest.raises(Malformed):
        Payload(Tree).read(odd)


def test_the_greatest_numbers_and_long_rows_of_digits_in_texts_are_read() -> None:
    well = b'{"at":"2026-11-23T08:00:00+08:00","pair":[-9223372036854775808,"2026-11-23T00:00:00Z"],"free":["12345678901234567890",9223372036854775807]}'
    found = Payload(Tree).read(well)
    assert (found.at.tzinfo, found.pair, found.free) == (UTC, (-(2**63), AT), ["12345678901234567890", 2**63 - 1])


def test_a_record_without_instants_and_a_mapping_are_read_too() -> None:
    assert Payload(Plain).read(b'{"text":"a","more":1}') == Plain("a")
    assert Payload(dict[str, Any]).read(b'{"text":{"a":[1]}}') == {"text": {"a": [1]}}
    with pytest.raises(Malformed):
        Payload(Plain).read(b'{"text":"\\u0000"}')
