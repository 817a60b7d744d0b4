"""The promise between sites, held against its vectors and against whatever may arrive."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from libs.wire import (
    Checkpoint,
    Malformed,
    Position,
    Recorded,
    broken,
    canonical,
    chain_hash,
    checkpoint_record,
    checkpoint_text,
    create_key,
    decode_page,
    encode_page,
    from_headers,
    load_key,
    parse_checkpoint,
    parse_instant,
    public_key,
    public_of,
    sign,
    signed_by,
    to_headers,
)

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
BOTH = [(alg, n) for alg in ("sha256", "sm3") for n in range(len(VECTORS[alg]))]
NODE = "511525"


def event(vector: dict[str, Any]) -> Recorded:
    same = ("source", "id", "type", "subject", "actor", "prevhash", "hash")
    optional = ("to", "correlationid", "causationid")
    return Recorded(
        epoch=int(vector["epoch"]),
        sequence=int(vector["sequence"]),
        time=parse_instant(vector["time"]),
        recordedtime=parse_instant(vector["recordedtime"]),
        data=vector["data"].encode(),
        **{name: vector[name] for name in same},
        **{name: vector.get(name, "") for name in optional},
    )


@pytest.mark.parametrize(("alg", "n"), BOTH)
def test_a_vector(alg: str, n: int) -> None:
    found = event(VECTORS[alg][n])
    assert canonical(found, alg) == VECTORS[alg][n]["canonical"]
    assert chain_hash(found) == VECTORS[alg][n]["hash"]


@pytest.mark.parametrize("alg", ["sha256", "sm3"])
def test_the_vectors_are_a_chain_and_any_change_breaks_it(alg: str) -> None:
    before: Position | None = None
    for vector in VECTORS[alg]:
        found = event(vector)
        assert broken(found, before) is None
        for name in ("actor", "subject", "type", "to", "correlationid", "causationid", "id"):
            assert broken(msgspec.structs.replace(found, **{name: "x"}), before) is not None
        assert broken(msgspec.structs.replace(found, data=found.data + b" "), before) is not None
        assert broken(msgspec.structs.replace(found, sequence=found.sequence + 1), before) is not None
        before = Position(found.source, found.epoch, found.sequence, found.hash)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x00"), max_size=20)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (made aware by the strategy)
HASHES = st.binary(min_size=32, max_size=32).map(lambda b: f"sha256:{b.hex()}")


@st.composite
def events(draw: st.DrawFn) -> Recorded:
    names: tuple[str, ...] = ("id", "type", "subject", "actor", "to", "correlationid", "causationid", "traceparent", "tracestate")
    return Recorded(
        source=f"urn:liandong:{NODE}:intake",
        epoch=draw(st.integers(1, 9)),
        sequence=draw(st.integers(1, 10**18)),
        time=draw(TIMES),
        recordedtime=draw(TIMES),
        prevhash=draw(HASHES),
        hash=draw(HASHES),
        data=draw(st.binary(max_size=50)),
        **{name: draw(WORDS) for name in names},  # type: ignore[arg-type]
    )


@given(events())
def test_headers_and_feed_pages_carry_everything_there_and_back(found: Recorded) -> None:
    assert from_headers(to_headers(found), found.data) == found
    assert decode_page(encode_page([found, found])) == [found, found]
    assert canonical(from_headers(to_headers(found), found.data)) == canonical(found)


@given(events(), st.data())
def test_a_damaged_record_is_malformed_or_another_event_never_a_crash(found: Recorded, data: st.DataObject) -> None:
    headers: list[tuple[str, bytes | None]] = list(to_headers(found))
    at = data.draw(st.integers(0, len(headers) - 1))
    headers[at] = (headers[at][0], data.draw(st.none() | st.binary(max_size=30)))
    read, wrong = None, ""
    try:
        read = from_headers(headers, found.data)
    except Malformed as error:
        wrong = str(error)
    assert wrong or (read is not None and read.data == found.data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page_a_checkpoint_or_malformed(data: bytes) -> None:
    for read in (decode_page, parse_checkpoint):
        with pytest.raises(Malformed):
            read(data)


@st.composite
def checkpoints(draw: st.DrawFn) -> Checkpoint:
    services = draw(st.lists(st.sampled_from(["intake", "deadline", "catalogue"]), unique=True))
    feeds = [Position(f"urn:liandong:{NODE}:{s}", draw(st.integers(1, 3)), draw(st.integers(0, 10**12)), draw(HASHES)) for s in services]
    return Checkpoint(NODE, draw(st.integers(1, 10**15)), draw(TIMES), "0123456789abcdef", tuple(sorted(feeds, key=lambda f: f.source)))


@given(checkpoints())
def test_a_checkpoint_has_one_form(found: Checkpoint) -> None:
    assert parse_checkpoint(checkpoint_text(found)) == found


def test_a_checkpoint_reads_as_the_design_writes_it() -> None:
    feed = Position(f"urn:liandong:{NODE}:intake", 1, 7, "sha256:" + "a" * 64)
    text = checkpoint_text(Checkpoint(NODE, 12, datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC), "0123456789abcdef", (feed,)))
    assert text.decode().splitlines() == [
        "liandong-checkpoint/1",
        "node:511525",
        "counter:12",
        "time:2026-11-23T01:02:03.000004Z",
        "key:0123456789abcdef",
        f"feed:urn:liandong:511525:intake 1 7 sha256:{'a' * 64}",
    ]


def test_a_checkpoint_that_speaks_for_another_node_is_malformed() -> None:
    feed = Position("urn:liandong:511526:intake", 1, 7, "sha256:" + "a" * 64)
    with pytest.raises(Malformed, match="不是 511525 的来源"):
        parse_checkpoint(checkpoint_text(Checkpoint(NODE, 12, datetime(2026, 1, 1, tzinfo=UTC), "0123456789abcdef", (feed,))))


def test_a_signature_holds_for_its_key_and_its_bytes_only(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        create_key(path)
    key, public = public_key(path)
    found = Checkpoint(NODE, 1, datetime(2026, 1, 1, tzinfo=UTC), key, ())
    _, value, headers = checkpoint_record(found, load_key(path), "id-1")
    signature = dict(headers)["ce_signature"].decode()
    assert signed_by(public, value, signature)
    assert not signed_by(public, value + b"\n", signature)
    assert not signed_by(public_of(Ed25519PrivateKey.generate())[1], value, signature)
    for bad in ("", "ed25519:", "ed25519:###", "rsa:" + signature, sign(load_key(path), b"other")):
        assert not signed_by(public, value, bad)
