"""A feed in pages is followed quickly, and whatever is wrong with it is found as the plain way finds it: event by event, parsed and written again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.wire import (
    Malformed,
    Position,
    Recorded,
    broken,
    chain_hash,
    decode_page,
    digest,
    encode_page,
    follow,
    genesis,
    instant,
    parse_instant,
)
from libs.wire.tests.test_strict import BROKEN
from libs.wire.tests.test_wire import TIMES, events

Outcome = tuple[Position | None, str | None] | str
Page = list[dict[str, Any]]
LINES: Final = ("type", "subject", "time", "recordedtime", "actor", "to", "correlationid", "causationid")
NAMES: Final = ("specversion", "id", "source", "epoch", "sequence", "prevhash", "hash", *LINES, "traceparent", "tracestate", "data_base64")
ODD: Final = (
    *(value for _, value in BROKEN), "", "1", "2", "sha256:", "sm3:" + "0" * 64, "md5:" + "0" * 64, "2026-11-23T24:00:00.000000Z",
    "2026-11-23T01:02:03.+0000Z", "2026-11-23T01:02:03.00000４Z", "0000-01-01T00:00:00.000000Z", "e30", "e30=", "e31=", "e3 0=", "\u2028", '"', "é",
)  # fmt: skip


def plainly(page: bytes, before: Position | None) -> tuple[Position | None, str | None]:
    """The plain way."""
    for event in decode_page(page):
        if (fault := broken(event, before)) is not None:
            return before, fault
        before = Position(event.source, event.epoch, event.sequence, event.hash)
    return before, None


def outcome(way: Callable[[bytes, Position | None], Outcome], page: bytes, before: Position | None) -> Outcome:
    try:
        return way(page, before)
    except Malformed as why:
        return str(why)


def same(page: bytes, before: Position | None) -> Outcome:
    """What both ways say."""
    found = outcome(follow, page, before)
    assert found == outcome(plainly, page, before)
    return found


@st.composite
def feeds(draw: st.DrawFn) -> tuple[Page, Position | None]:
    """A sound page, and what is before it."""
    alg, first = draw(st.sampled_from(["sha256", "sha256", "sm3"])), draw(st.sampled_from([1, 1, 8, 2**63 - 2]))
    drawn = draw(st.lists(events(), min_size=1, max_size=4))
    recorded, before = drawn[0].recordedtime, genesis(alg) if first == 1 else f"{alg}:{'a' * 64}"
    start = None if first == 1 else Position(drawn[0].source, 1, first - 1, before)
    chained = list[Recorded]()
    for n, event in enumerate(drawn[:2] if first > 8 else drawn, first):
        at = recorded if n % 2 else event.recordedtime
        draft = msgspec.structs.replace(event, sequence=n, epoch=1, prevhash=before, recordedtime=at, hash="")
        before = chain_hash(draft)
        chained.append(msgspec.structs.replace(draft, hash=before))
    return msgspec.json.decode(encode_page(chained)), start


def hashed_again(page: Page) -> Page:
    """The page with hashes that fit what now stands in it: what somebody writes who means to deceive."""
    before: str | None = None
    for entry in page:
        if before is not None:
            entry["prevhash"] = before
        alg = entry["prevhash"].partition(":")[0]
        try:
            data = base64.b64decode(entry.get("data_base64", ""))
            number = int(entry["sequence"])
            head = f"liandong-chain/1\nsource:{entry['source']}\nepoch:{entry['epoch']}\nsequence:{number}\nprevhash:{entry['prevhash']}\n"
            text = f"{head}id:{entry['id']}\n" + "".join(f"{name}:{entry.get(name, '')}\n" for name in LINES)
            before = digest(alg, f"{text}datahash:{digest(alg, data)}\n".encode())
        except (Malformed, binascii.Error, ValueError):  # nobody can hash that
            return page
        entry["hash"] = before
    return page


@given(feeds())
def test_a_sound_feed_is_followed_to_its_end(feed: tuple[Page, Position | None]) -> None:
    page, before = feed
    last = Position(page[-1]["source"], 1, int(page[-1]["sequence"]), page[-1]["hash"])
    assert same(msgspec.json.encode(page), before) == (last, None)


@settings(max_examples=400)
@given(feeds(), st.data())
def test_a_field_that_was_changed_is_found_hashed_again_or_not(feed: tuple[Page, Position | None], data: st.DataObject) -> None:
    page, before = feed
    entry, name = data.draw(st.sampled_from(page)), data.draw(st.sampled_from(NAMES))
    value = data.draw(st.sampled_from([*ODD, *(str(other.get(name, "")) for other in page)]))
    changed = entry.get(name, "") != value
    entry[name] = value
    if data.draw(st.booleans()):
        same(msgspec.json.encode(hashed_again(page)), before)
    else:
        found = same(msgspec.json.encode(page), before)
        assert not changed or name in ("traceparent", "tracestate", "data_base64") or isinstance(found, str) or found[1] is not None


@settings(max_examples=400)
@given(feeds(), st.data())
def test_a_byte_that_was_changed_is_found(feed: tuple[Page, Position | None], data: st.DataObject) -> None:
    page, before = msgspec.json.encode(feed[0]), feed[1]
    at = data.draw(st.integers(0, len(page) - 1))
    same(page[:at] + bytes([data.draw(st.integers(0, 255))]) + page[at + 1 :], before)
    same(page[:at], before)


@given(feeds(), st.data())
def test_events_that_were_moved_left_out_or_doubled_are_found(feed: tuple[Page, Position | None], data: st.DataObject) -> None:
    page, before = feed
    order = data.draw(st.lists(st.sampled_from(page), max_size=5))
    same(msgspec.json.encode(order), before)
    same(msgspec.json.encode(hashed_again([dict(entry) for entry in order])), before)


@given(feeds(), st.integers(0, 9), st.sampled_from(["sha256", "sm3"]))
def test_what_stood_before_is_held_against_the_first(feed: tuple[Page, Position | None], number: int, alg: str) -> None:
    page, before = feed
    first = page[0]["prevhash"]
    for other in (None, Position(page[0]["source"], 1, number, first), Position(page[0]["source"], 1, number, genesis(alg)), before):
        same(msgspec.json.encode(page), other)


def entry(number: int, prevhash: str = genesis()) -> dict[str, Any]:
    return {
        "specversion": "1.0", "id": "i", "source": "urn:liandong:511525:intake", "epoch": "1", "sequence": f"{number:020d}", "prevhash": prevhash,
        "hash": "", "type": "t", "subject": "s", "time": "2026-11-23T01:02:03.000004Z", "recordedtime": "2026-11-23T01:02:03.000004Z", "actor": "a",
    }  # fmt: skip


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ODD)
def test_each_odd_value_in_each_field_is_told_as_the_plain_way_tells_it(name: str, value: str, at: int) -> None:
    page = [entry(1), entry(2)]
    page[at][name] = value
    same(msgspec.json.encode(hashed_again(page)), None)


def test_a_number_that_no_log_can_give_is_no_event() -> None:
    before = Position("urn:liandong:511525:intake", 1, 2**63 - 2, genesis())
    assert isinstance(same(msgspec.json.encode(hashed_again([entry(2**63 - 1), entry(2**63)])), before), str)


def test_an_event_is_hashed_as_the_one_before_it() -> None:
    before = Position("urn:liandong:511525:intake", 1, 1, genesis("sm3"))
    (forged,) = hashed_again([entry(2, genesis())])
    text = "".join(f"{name}:{forged.get(name, '')}\n" for name in LINES)
    head = f"liandong-chain/1\nsource:{forged['source']}\nepoch:1\nsequence:2\nprevhash:{before.hash}\nid:i\n"
    forged |= {"prevhash": before.hash, "hash": digest("sha256", f"{head}{text}datahash:{digest('sha256', b'')}\n".encode())}
    assert same(msgspec.json.encode([forged]), before) == (before, "内容与哈希不符")


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_written_as_isoformat_writes_it(moment: datetime) -> None:
    assert instant(moment) == moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    assert parse_instant(instant(moment)) == moment


@settings(max_examples=300)
@given(TIMES, st.integers(0, 26), st.characters())
def test_an_instant_that_is_taken_is_in_the_one_form(moment: datetime, at: int, sign: str) -> None:
    text = instant(moment)
    text = text[:at] + sign + text[at + 1 :]
    try:
        read = parse_instant(text)
    except Malformed:
        return
    assert instant(read) == text
