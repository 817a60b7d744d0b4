"""How names and staff numbers are compared: two that look the same are the same."""

from __future__ import annotations

from unicodedata import category, normalize


def folded(text: str) -> str:
    """A name or a staff number as it is compared: one form of every letter, trimmed, without marks that nobody sees, capitals and small letters
    alike.
    """
    seen = "".join(sign for sign in normalize("NFKC", text) if category(sign) != "Cf")
    return normalize("NFKC", seen.strip().casefold())
