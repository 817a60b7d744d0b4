"""What arrives has the one form that was promised, or it is no event: a receiver stores and hashes nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given

from libs.wire import (
    Checkpoint,
    Malformed,
    Position,
    Recorded,
    chain_hash,
    checkpoint_text,
    decode_page,
    encode_page,
    from_headers,
    parse_checkpoint,
    received,
    to_headers,
)
from libs.wire.tests.test_wire import VECTORS, event, events

BROKEN = [
    ("ce_source", "urn:liandong:511525"),
    ("ce_source", "urn:liandong:511525:intake:more"),
    ("ce_source", "urn:liandong:51:intake"),
    ("ce_source", "urn:liandong:511525:In take"),
    ("ce_epoch", "0"),
    ("ce_epoch", "+1"),
    ("ce_epoch", "1_0"),
    ("ce_epoch", "１"),
    ("ce_epoch", "9999999999"),
    ("ce_sequence", "1"),
    ("ce_sequence", "00000000000000000000"),
    ("ce_sequence", "99999999999999999999"),
    ("ce_sequence", "0000000000000000000１"),
    ("ce_time", "2026-W48-1T01:02:03.000004Z"),
    ("ce_time", "20261123T010203.0000000040Z"),
    ("ce_time", "2026-11-31T01:02:03.000004Z"),
    ("ce_time", "2026-11-23T01:02:03,000004Z"),
    ("ce_time", "2026-11-23 01:02:03.000004Z"),
    ("ce_time", "2026-11-23T01:02:03.000004z"),
    ("ce_recordedtime", "2026-11-23T01:02:03+00:00"),
    ("ce_subject", "a\nb"),
    ("ce_actor", "a\rb"),
    ("ce_correlationid", "a\0b"),
    ("tracestate", "a\nb"),
]


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_another_form_is_malformed_in_headers_and_in_pages(name: str, value: str) -> None:
    found = msgspec.structs.replace(event(VECTORS["sha256"][0]), correlationid="c", tracestate="t")
    headers = [(key, value.encode() if key == name else old) for key, old in to_headers(found)]
    for read in (from_headers, received):
        with pytest.raises(Malformed):
            read(headers, found.data)
    page: list[dict[str, Any]] = msgspec.json.decode(encode_page([found]))
    page[0][name.removeprefix("ce_")] = value
    with pytest.raises(Malformed):
        decode_page(msgspec.json.encode(page))


def test_no_line_break_lets_two_events_have_one_canonical_text() -> None:
    honest = event(VECTORS["sha256"][0])
    twin = msgspec.structs.replace(honest, id=f"{honest.id}\ntype:{honest.type}")
    with pytest.raises(Malformed, match="换行"):
        received(to_headers(twin), twin.data)


@given(events())
def test_the_hash_taken_from_the_headers_is_that_of_the_event(found: Recorded) -> None:
    true = msgspec.structs.replace(found, hash=chain_hash(found))
    assert received(to_headers(true), true.data) == (true, True)
    assert received(to_headers(found), found.data)[1] == (found.hash == chain_hash(found))
    assert received(to_headers(true), true.data + b" ")[1] is False


@pytest.mark.parametrize("alg", ["sha256", "sm3"])
def test_the_vectors_arrive_sound_by_either_algorithm(alg: str) -> None:
    assert all(received(to_headers(event(vector)), vector["data"].encode())[1] for vector in VECTORS[alg])


def test_an_unknown_algorithm_is_never_sound() -> None:
    found = msgspec.structs.replace(event(VECTORS["sha256"][0]), prevhash="md5:" + "0" * 64)
    assert received(to_headers(found), found.data)[1] is False


FEED = Position("urn:liandong:511525:intake", 1, 7, "sha256:" + "a" * 64)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"counter:12\n", b"counter:0\n"),
        (b"counter:12\n", b"counter:012\n"),
        (b"counter:12\n", b"counter:9999999999999999999\n"),
        (b" 1 7 ", b" 1 9999999999999999999 "),
        (b" 1 7 ", b" 9999999999 7 "),
        (b" 1 7 ", b" 1  7 "),
        (b"node:511525\n", b"node:51\n"),
        (b"time:2026", b"time:0000"),
    ],
)
def test_a_checkpoint_with_impossible_numbers_is_malformed(old: bytes, new: bytes) -> None:
    text = checkpoint_text(Checkpoint("511525", 12, datetime(2026, 1, 1, tzinfo=UTC), "0123456789abcdef", (FEED,)))
    assert old in text
    with pytest.raises(Malformed):
        parse_checkpoint(text.replace(old, new))


def test_a_checkpoint_says_one_thing_of_a_feed() -> None:
    twice = (FEED, msgspec.structs.replace(FEED, sequence=8))
    with pytest.raises(Malformed):
        parse_checkpoint(checkpoint_text(Checkpoint("511525", 12, datetime(2026, 1, 1, tzinfo=UTC), "0123456789abcdef", twice)))
