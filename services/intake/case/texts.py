"""Texts of commands: blank text is no text, and names are compared trimmed and folded (P-reasons-said)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar

from libs.codes import folded
from services.intake.case.act import Asked
from services.intake.events import RightAgency

C = TypeVar("C", bound=Asked)


def trimmed(c: C) -> C:
    """The command with its texts trimmed, its blank ones empty, and those of a list that are blank left out."""
    changed = {name: new for name in c.__dataclass_fields__ if (new := _trimmed(old := getattr(c, name))) is not old}
    return replace(c, **changed) if changed else c


def _trimmed(value: Any) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return bare(value)
        case tuple():
            parts = tuple(part for part in map(_trimmed, value) if part != "")
            return value if parts == value else parts
        case RightAgency(uscc=uscc, name=name):
            return RightAgency(uscc=bare(uscc), name=bare(name))
        case _:
            return value


def bare(text: str) -> str:
    """A text without blanks at its ends; marks that nobody sees are blank too."""
    if text.isprintable() and text == text.strip():
        return text  # no blank and no hidden mark stands in it but a space between others
    seen = [n for n, char in enumerate(text) if not (char.isspace() or unicodedata.category(char) in ("Cf", "Cc"))]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def as_listed(names: Iterable[str], listed: Iterable[str]) -> tuple[str, ...]:
    """Names as they stand in a list, each once; what is not in it stays as it is."""
    known = {folded(name): name for name in listed}
    return tuple({folded(name): known.get(folded(name), name) for name in names}.values())
