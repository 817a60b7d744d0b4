"""Texts of commands: blank text is no text, and names are compared trimmed and folded (P-reasons-said)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import fields, replace
from enum import Enum
from typing import Any, TypeVar

from libs.codes import folded
from services.intake.case.act import Asked
from services.intake.events import RightAgency

C = TypeVar("C", bound=Asked)


def trimmed(c: C) -> C:
    """The command with its texts trimmed, its blank ones empty, and those of a list that are blank left out."""
    return replace(c, **{field.name: _trimmed(getattr(c, field.name)) for field in fields(c)})


def _trimmed(value: Any) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return bare(value)
        case tuple():
            return tuple(part for part in map(_trimmed, value) if part != "")
        case RightAgency(uscc=uscc, name=name):
            return RightAgency(uscc=bare(uscc), name=bare(name))
        case _:
            return value


def bare(text: str) -> str:
    """A text without blanks at its ends; marks that nobody sees are blank too."""
    seen = [n for n, char in enumerate(text) if not (char.isspace() or unicodedata.category(char) in ("Cf", "Cc"))]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def as_listed(names: Iterable[str], listed: Iterable[str]) -> tuple[str, ...]:
    """Names as they stand in a list, each once; what is not in it stays as it is."""
    known = {folded(name): name for name in listed}
    return tuple({folded(name): known.get(folded(name), name) for name in names}.values())
