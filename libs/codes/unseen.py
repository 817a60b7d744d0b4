"""Characters that nobody sees, or that only one office's machines can show: they make two texts differ that look the same."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

UNSEEN: Final = frozenset({"Cf", "Co", "Cs", "Zl", "Zp"})
"""Format characters, bidi marks among them; private ones (自造字); halves of a character; separators of lines and paragraphs."""


def unseen(text: str) -> str | None:
    """The first such character as `U+200B`; None: there is none."""
    return next((f"U+{ord(sign):04X}" for sign in text if not sign.isascii() and category(sign) in UNSEEN), None)


_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates, which may change how what stands behind them is read. Marks (U+200E, U+200F, U+061C) cannot."""


def turns_shown(text: str) -> str:
    """The text for whoever reads it: signs that turn the direction of what follows are named instead of done; all else is as it was typed."""
    return _TURNING.sub(lambda sign: f"〔U+{ord(sign[0]):04X}〕", text)
