"""What was typed, sealed: AES-GCM under a key that only the browser has, bound to the place of the form and to whoever typed it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE: Final = 12
"""Bytes of a nonce. A key seals once."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The bytes, and the staff number they are for."""

    data: bytes
    staff: str


def new_key() -> str:
    """A key for the browser, 256 random bits."""
    return secrets.token_urlsafe(32)


def row_of(key: str) -> bytes:
    """By what the sealed bytes are found; it tells nothing of the key that opens them."""
    return sha256(b"row " + key.encode("utf-8", "surrogatepass")).digest()


def seal_fields(key: str, place: str, staff: str, fields: Mapping[str, str]) -> Sealed:
    """The fields of the form at `place`, for `staff` and `key` only."""
    nonce = secrets.token_bytes(NONCE)
    return Sealed(nonce + AESGCM(_secret(key)).encrypt(nonce, msgspec.json.encode(fields), _bound(place, staff)), staff)


def open_fields(key: str, place: str, staff: str, sealed: Sealed) -> Mapping[str, str]:
    """The fields again; none for another key, place or staff number."""
    if sealed.staff != staff:
        return {}
    try:
        plain = AESGCM(_secret(key)).decrypt(sealed.data[:NONCE], sealed.data[NONCE:], _bound(place, staff))
    except InvalidTag:
        return {}
    return msgspec.json.decode(plain, type=dict[str, str])


def _secret(key: str) -> bytes:
    return sha256(b"key " + key.encode("utf-8", "surrogatepass")).digest()


def _bound(place: str, staff: str) -> bytes:
    return f"{place}\n{staff}".encode("utf-8", "surrogatepass")
