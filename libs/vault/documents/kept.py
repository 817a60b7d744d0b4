"""What is kept of a document and of an upload on its way, what bounds them, and why one is not taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

MIB: Final = 1024 * 1024
MOST_BYTES: Final = 20 * MIB
"""Bytes of a document."""
MOST_PIECE: Final = MIB
LEAST_PIECE: Final = 4096
"""Bytes of a piece that is not the last: every piece is a row."""
MOST_OPEN: Final = 10
"""Uploads of one subject that are under way."""
MOST_KEPT: Final = 100
"""Documents of one subject."""
CHUNK: Final = 256 * 1024
"""Bytes that are sealed, kept and sent at a time."""
ABANDONED: Final = timedelta(days=1)
"""How long an upload may take."""
CLEAN, NOT_SCANNED = "clean", "not-scanned"

Why = Literal[
    "too-many-uploads",
    "too-many-documents",
    "wrong-offset",
    "piece-differs",
    "piece-too-small",
    "beyond-the-end",
    "not-complete",
    "digest-differs",
    "type-not-taken",
    "other-type",
    "spoilt-file",
    "unpacks-too-large",
    "infected",
]


class NotTaken(Exception):
    """A document, or a piece of one, is not taken. `number`: the right offset, or the bound. Says nothing of what was in it."""

    def __init__(self, why: Why, number: int = 0) -> None:
        super().__init__(why)
        self.why, self.number = why, number


class Gone(Exception):
    """The upload, or whoever it was for, is not there any more."""


class Announced(msgspec.Struct, frozen=True):
    """What a document is said to be before it comes. `name` is the file's, as its owner has it: personal data."""

    name: str
    type: str
    size: int

    def __repr__(self) -> str:
        return f"Announced({self.type!r}, {self.size})"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A document on its way: `taken` bytes have come. `label` is its `Announced`, sealed; `body` the keyed digest of the request it began with;
    `document` empty until it is finished.
    """

    upload: str
    subject: str
    node: str
    key: str
    body: bytes
    size: int
    taken: int
    label: bytes
    at: datetime
    document: str = ""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed with a document. `sent`: SHA-256 of the file as it came; `kept`: of what is kept, where that differs; `salt`: what makes of
    `sent` the digest that others are told, and goes with the document.
    """

    name: str
    type: str
    size: int
    sent: str
    kept: str
    salt: bytes

    def __repr__(self) -> str:
        return f"Label({self.type!r}, {self.size})"


class KeptDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as its row has it; `label` is sealed. `digest` is what others are told (decision 0031)."""

    document: str
    subject: str
    node: str
    type: str
    size: int
    digest: str
    scan: str
    label: bytes
    at: datetime

    @property
    def chunks(self) -> int:
        """In how many chunks it is kept."""
        return -(-self.size // CHUNK)
