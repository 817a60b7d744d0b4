"""One data key per subject seals everything kept of it (AES-256-GCM); a key-encryption key of the site wraps the data key.

What is sealed is bound to its place: a ciphertext moved to another subject or field, or a wrapped key moved to another subject, does not open.
"""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.vault.keys import BYTES, Keyring

NONCE: Final = 12


class Spoilt(Exception):
    """What was sealed does not open: it was changed, moved, or another key wrapped it. Says the subject, never what was in it."""


class Wrapped(NamedTuple):
    """A data key as it is kept, and the id of the key-encryption key that wrapped it."""

    kek: str
    key: bytes


class DataKey:
    """The key of one subject, open. It is kept wrapped only."""

    def __init__(self, subject: str, raw: bytes) -> None:
        self.subject, self._raw, self._cipher = subject, raw, AESGCM(raw)

    def __repr__(self) -> str:
        return f"DataKey({self.subject!r})"

    @classmethod
    def new(cls, subject: str) -> DataKey:
        """A key that nothing was sealed with yet."""
        return cls(subject, secrets.token_bytes(BYTES))

    @classmethod
    def unwrap(cls, subject: str, wrapped: Wrapped, keyring: Keyring) -> DataKey:
        """The key as it was when it was wrapped. Raises `Spoilt`, and `Unreadable` where the site no longer has the key that wrapped it."""
        return cls(subject, _open(AESGCM(keyring.key(wrapped.kek)), wrapped.key, _key_place(subject, wrapped.kek), subject))

    def wrap(self, keyring: Keyring) -> Wrapped:
        """The key as it is kept, wrapped by the newest key of the site."""
        kek = keyring.newest
        return Wrapped(kek, _seal(AESGCM(keyring.key(kek)), self._raw, _key_place(self.subject, kek)))

    def seal(self, field: str, data: bytes) -> bytes:
        """`data` as it is kept for the field of this subject."""
        return _seal(self._cipher, data, _place(self.subject, field))

    def open(self, field: str, sealed: bytes) -> bytes:
        """What was sealed for the field. Raises `Spoilt`."""
        return _open(self._cipher, sealed, _place(self.subject, field), self.subject)


def _place(subject: str, field: str) -> bytes:
    return f"field\0{subject}\0{field}".encode()


def _key_place(subject: str, kek: str) -> bytes:
    return f"key\0{subject}\0{kek}".encode()


def _seal(cipher: AESGCM, data: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + cipher.encrypt(nonce, data, place)


def _open(cipher: AESGCM, sealed: bytes, place: bytes, subject: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place)
    except (InvalidTag, ValueError):
        raise Spoilt(subject) from None
