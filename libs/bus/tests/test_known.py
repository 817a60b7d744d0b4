"""What another consumer of the process has read need not be read again, and nothing else is taken for it."""

from __future__ import annotations

import msgspec
import pytest

from libs.bus.known import MOST_BYTES, Known
from libs.bus.tests.listening import facts
from libs.wire import Recorded, to_headers


async def test_the_same_bytes_are_the_same_event() -> None:
    known = Known()
    for event in await facts("a", "b"):
        known.put(to_headers(event), event)
        assert known.find(tuple(to_headers(event)), event.data) is event


@pytest.mark.parametrize("place", range(13))
async def test_one_header_otherwise_is_another_record(place: int) -> None:
    known = Known()
    (event,) = await facts("a")
    headers = to_headers(event)
    known.put(headers, event)
    name, value = headers[place]
    assert known.find([*headers[:place], (name, value + b"0"), *headers[place + 1 :]], event.data) is None
    assert known.find([*headers[:place], *headers[place + 1 :]], event.data) is None
    assert known.find([*headers, (name, value)], event.data) is None


async def test_another_payload_or_none_is_another_record() -> None:
    known = Known()
    (event,) = await facts("a")
    known.put(to_headers(event), event)
    assert known.find(to_headers(event), b"forged") is None
    assert known.find(to_headers(event), None) is None
    assert known.find([], event.data) is None


async def test_the_oldest_is_given_up_and_a_large_one_is_not_kept() -> None:
    known = Known(most=2)
    events: list[Recorded] = await facts("a", "b", "c")
    for event in events:
        known.put(to_headers(event), event)
    assert [known.find(to_headers(event), event.data) for event in events] == [None, *events[1:]]
    large = msgspec.structs.replace(events[2], id="large", data=b" " * (MOST_BYTES + 1))
    known.put(to_headers(large), large)
    assert known.find(to_headers(large), large.data) is None
