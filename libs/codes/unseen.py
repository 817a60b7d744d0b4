"""Characters that nobody sees, or that only one office's machines can show: they make two texts differ that look the same. And signs under
so many marks that they run over what stands above and below.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from unicodedata import category

UNSEEN: Final = frozenset({"Cf", "Co", "Cs", "Zl", "Zp"})
"""Format characters, bidi marks among them; private ones (自造字); halves of a character; separators of lines and paragraphs."""
MOST_MARKS: Final = 8
"""Marks on one sign. The longest stack of Tibetan (ཧྐྵྨླྺྼྻྂ) has as many, Hebrew with vowels and cantillation five, Vietnamese two."""
_SEPARATOR: Final = re.compile("(?<=[\u1820-\u18aa\u180b-\u180d\u180f])\u180e(?=[\u1820\u1821])")
"""The Mongolian vowel separator, where it parts the last vowel of a word: it is seen by the form of the letters beside it."""


class TextFault(NamedTuple):
    """What is wrong with a text, as the rest of a sentence about it, under a code."""

    code: str
    because: str


def unseen(text: str) -> str | None:
    """The first such character as `U+200B`; None: there is none."""
    seen = _SEPARATOR.sub("", text) if "\u180e" in text else text
    return next((f"U+{ord(sign):04X}" for sign in seen if not sign.isascii() and category(sign) in UNSEEN), None)


def without_marks(text: str) -> str:
    """The text without format characters, which nobody sees."""
    parting = {found.start() for found in _SEPARATOR.finditer(text)}
    return "".join(sign for place, sign in enumerate(text) if place in parting or category(sign) != "Cf")


def overloaded(text: str) -> TextFault | None:
    """More marks stand on a sign than any writing has; None: nowhere."""
    marks = 0
    for sign in text:
        marks = marks + 1 if not sign.isascii() and category(sign).startswith("M") else 0
        if marks > MOST_MARKS:
            return TextFault("overloaded", f"一个字上叠加的符号多于 {MOST_MARKS} 个，请删去多余的")
    return None


def text_fault(text: str) -> TextFault | None:
    """Why a text is not taken as it is; None: it is taken."""
    if text.isascii():
        return None
    if (found := unseen(text)) is not None:
        return TextFault("unseen", f"含有看不见的或自造的字符（{found}），请删去或改用标准字")
    return overloaded(text)


_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates, which may change how what stands behind them is read. Marks (U+200E, U+200F, U+061C) cannot."""


def turns_shown(text: str) -> str:
    """The text for whoever reads it: signs that turn the direction of what follows are named instead of done; all else is as it was typed."""
    return _TURNING.sub(lambda sign: f"〔U+{ord(sign[0]):04X}〕", text)
