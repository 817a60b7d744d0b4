"""Characters that nobody sees, or that only one office's machines can show: they make two texts differ that look the same."""

from __future__ import annotations

from typing import Final
from unicodedata import category

UNSEEN: Final = frozenset({"Cf", "Co", "Cs", "Zl", "Zp"})
"""Format characters, bidi marks among them; private ones (自造字); halves of a character; separators of lines and paragraphs."""


def unseen(text: str) -> str | None:
    """The first such character as `U+200B`; None: there is none."""
    return next((f"U+{ord(sign):04X}" for sign in text if not sign.isascii() and category(sign) in UNSEEN), None)
