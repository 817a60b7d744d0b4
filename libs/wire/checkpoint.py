"""Checkpoints: a node's signed word on how far each of its feeds was sent (docs/wire.md, "Checkpoints"). Ed25519 over the exact text."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from libs.wire.event import Malformed, Position, instant, node_of, parse_instant

CHECKPOINT_TYPE: Final = "liandong.checkpoint.v1"
_FIRST: Final = "liandong-checkpoint/1"
_FEED: Final = re.compile(
    r"feed:(urn:liandong:[0-9]{6,12}:[a-z][a-z0-9-]{0,40}) ([1-9][0-9]{0,8}) (0|[1-9][0-9]{0,17}) ((?:sha256|sm3):[0-9a-f]{64})"
)
_HEAD: Final = re.compile(r"node:([0-9]{6,12})\ncounter:([1-9][0-9]{0,17})\ntime:([0-9T:.Z-]{27})\nkey:([0-9a-f]{16})")


class Checkpoint(msgspec.Struct, frozen=True):
    """`counter` grows strictly per node and alone rejects replays; `feeds` are sorted by source, then epoch."""

    node: str
    counter: int
    time: datetime
    key: str
    feeds: tuple[Position, ...]


def checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """The lines that are signed."""
    feeds = sorted(checkpoint.feeds, key=lambda position: (position.source, position.epoch))
    lines = [
        _FIRST,
        f"node:{checkpoint.node}",
        f"counter:{checkpoint.counter}",
        f"time:{instant(checkpoint.time)}",
        f"key:{checkpoint.key}",
        *(f"feed:{feed.source} {feed.epoch} {feed.sequence} {feed.hash}" for feed in feeds),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def parse_checkpoint(value: bytes) -> Checkpoint:
    """The checkpoint of a record's value. Raises `Malformed` for anything but the one canonical form, foreign feeds included."""
    try:
        text = value.decode("ascii")
        first, head, rest = _split(text)
        found = _HEAD.fullmatch(head)
        if first != _FIRST or found is None:
            raise Malformed("不是这种格式的检查点")
        feeds = tuple(_feed(line, found[1]) for line in rest)
        checkpoint = Checkpoint(found[1], int(found[2]), parse_instant(found[3]), found[4], feeds)
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed(f"不是检查点：{error}") from None
    if checkpoint_text(checkpoint) != value or len({(feed.source, feed.epoch) for feed in feeds}) < len(feeds):
        raise Malformed("检查点没有按规定的格式书写")
    return checkpoint


def _split(text: str) -> tuple[str, str, list[str]]:
    lines = text.split("\n")
    if len(lines) < 6 or lines[-1]:
        raise Malformed("检查点至少有五行，每行以换行结束")
    return lines[0], "\n".join(lines[1:5]), lines[5:-1]


def _feed(line: str, node: str) -> Position:
    found = _FEED.fullmatch(line)
    if found is None or node_of(found[1]) != node:
        raise Malformed(f"不是 {node} 的来源：{line[:80]!r}")
    return Position(found[1], int(found[2]), int(found[3]), found[4])


def create_key(path: Path) -> None:
    """A new signing key, readable by its owner only. Raises `FileExistsError` rather than overwrite one."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def load_key(path: Path) -> Ed25519PrivateKey:
    """The signing key of a file. Raises `OSError`, and `ValueError` for what is no such key."""
    data = path.read_bytes()
    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} 不是 Ed25519 私钥（PEM，不加密）")
    return key


def key_id(public: bytes) -> str:
    """The name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def public_of(key: Ed25519PrivateKey) -> tuple[str, str]:
    """(key id, base64 of the raw public key)."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return key_id(raw), base64.b64encode(raw).decode()


def public_key(path: Path) -> tuple[str, str]:
    """`public_of` the key in a file."""
    return public_of(load_key(path))


def sign(key: Ed25519PrivateKey, value: bytes) -> str:
    """`ed25519:<base64>`"""
    return f"ed25519:{base64.b64encode(key.sign(value)).decode()}"


def signed_by(public: str, value: bytes, signature: str) -> bool:
    """Whether `signature` over `value` was made with the key whose public half (base64) this is."""
    kind, _, encoded = signature.partition(":")
    if kind != "ed25519":
        return False
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True)).verify(base64.b64decode(encoded, validate=True), value)
    except (InvalidSignature, ValueError):
        return False
    return True


def checkpoint_record(checkpoint: Checkpoint, key: Ed25519PrivateKey, identity: str) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, value and headers of the record on the stream; `identity` is its `ce_id`."""
    value = checkpoint_text(checkpoint)
    headers = [
        ("content-type", b"text/plain"),
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_type", CHECKPOINT_TYPE.encode()),
        ("ce_source", f"urn:liandong:{checkpoint.node}".encode()),
        ("ce_signature", sign(key, value).encode()),
    ]
    return checkpoint.node.encode(), value, headers
