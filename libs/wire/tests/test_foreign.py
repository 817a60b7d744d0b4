"""Headers that are no attributes: a mirror or an agent adds them, whatever they hold; an attribute with two values is no event."""

from __future__ import annotations

import msgspec
import pytest

from libs.wire import Malformed, from_headers, received, to_headers
from libs.wire.tests.test_wire import VECTORS, event


@pytest.mark.parametrize("name", ["x-mirror", "uber-trace-id", "Content-Type", "source"])
@pytest.mark.parametrize("value", [b"\xff\xfe\x00", b"line\nbreak", None])
def test_a_foreign_header_changes_nothing(name: str, value: bytes | None) -> None:
    sent = event(VECTORS["sha256"][0])
    headers: list[tuple[str, bytes | None]] = [(name, value), *to_headers(sent), (name, value)]
    assert from_headers(headers, sent.data) == sent
    assert received(headers, sent.data) == (sent, True)


def test_an_attribute_that_stands_twice_with_two_values_is_no_event() -> None:
    sent = event(VECTORS["sha256"][0])
    with pytest.raises(Malformed, match="ce_subject"):
        from_headers([*to_headers(sent), ("ce_subject", b"another")], sent.data)
    with pytest.raises(Malformed, match="ce_subject"):
        received([("ce_subject", b"another"), *to_headers(sent)], sent.data)


def test_an_attribute_that_a_mirror_repeats_word_for_word_is_the_same_attribute() -> None:
    sent = event(VECTORS["sha256"][0])
    assert received([*to_headers(sent), *to_headers(sent)], sent.data) == (sent, True)


def test_a_trace_that_an_agent_added_is_not_the_events() -> None:
    sent = msgspec.structs.replace(event(VECTORS["sha256"][0]), traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    for added in (b"00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-00", b"\xff"):
        assert received([*to_headers(sent), ("traceparent", added)], sent.data) == (sent, True)
