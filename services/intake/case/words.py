"""What staff write into a case goes into events for ever, so an identity or mobile number in it is refused (P-no-personal-data).

Names of people cannot be found by a pattern; the windows' guide says where they belong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from services.intake.case.act import Asked
from services.intake.law import refused

_MADE_HERE: Final = frozenset({"case", "node", "applicant"})
"""Not written by people."""
_SEP: Final = "[ .·-]?"
_PERSONAL: Final = re.compile(
    rf"(?<!\d)(?:\d{{6}}{_SEP}\d{{8}}{_SEP}\d{{3}}[\dXx]|\d{{15}}|1[3-9]\d{_SEP}\d{{4}}{_SEP}\d{{4}})(?!\d)",
)
"""A resident id of 18 or 15 digits, a mobile number; also in groups, also in full-width digits."""


def personal(text: str) -> bool:
    """Whether an identity or mobile number stands in `text`."""
    return _PERSONAL.search(unicodedata.normalize("NFKC", text)) is not None


def refuse_personal(c: Asked) -> None:
    """Raises `Refused("personal-data", …)`; imported acts are no exception, for an event is kept for ever."""
    if any(personal(text) for text in _texts(c)):
        raise refused("personal-data")


def _texts(c: Asked) -> Iterator[str]:
    for field in fields(c):
        value = getattr(c, field.name)
        if field.name in _MADE_HERE:
            continue
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value
