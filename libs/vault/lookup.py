"""Keyed digests: what is equal can be found again by who has the key, and be guessed by nobody who has not. They stand in the vault's own tables only."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from libs.vault.keys import BYTES, Keyring

_INFO: Final = b"liandong vault lookup v1"


class Lookup:
    """Makes digests with a key derived from the site's root: rotating key-encryption keys changes none of them."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._derived: tuple[bytes, bytes] = (b"", b"")

    def digest(self, kind: str, text: str) -> bytes:
        """The digest of `text` among those of its kind: the same text of another kind has another."""
        return hmac.digest(self._key(), kind.encode() + b"\0" + text.encode(), sha256)

    def _key(self) -> bytes:
        root = self._keyring.root
        if self._derived[0] != root:
            self._derived = root, HKDF(algorithm=SHA256(), length=BYTES, salt=None, info=_INFO).derive(root)
        return self._derived[1]
