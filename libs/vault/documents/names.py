"""The name under which a document is given out: within no folder, with no sign that turns what follows, and ending as its type does."""

from __future__ import annotations

from typing import Final
from unicodedata import category
from urllib.parse import quote

from libs.vault.documents.content import ENDINGS

LONGEST: Final = 80
"""Characters of it without its ending."""
NAMELESS: Final = "文件"
_OUT: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_SPECIAL: Final = frozenset('<>:"|?*%;')


def given_name(name: str, kind: str) -> str:
    """A harmless name that a person still knows again."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join("_" if sign in _SPECIAL else sign for sign in last if category(sign) not in _OUT)
    ending = f".{ENDINGS[kind]}"
    stem = plain[: -len(ending)] if plain.lower().endswith(ending) else plain
    return (stem.strip(" .")[:LONGEST].strip(" .") or NAMELESS) + ending


def disposition(name: str, kind: str) -> str:
    """`Content-Disposition`: to be saved, never shown within a page of ours (RFC 6266)."""
    return f"attachment; filename=\"document.{ENDINGS[kind]}\"; filename*=UTF-8''{quote(given_name(name, kind), safe='')}"
