"""What staff write into a case goes into events for ever, so an identity or mobile number in it is refused (P-no-personal-data).

Names of people cannot be found by a pattern; the windows' guide says where they belong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from libs.codes import has_personal_number, texts
from services.intake.case.act import Asked
from services.intake.law import refused

_MADE_HERE: Final = frozenset(
    {"case", "node", "applicants", "known", "open_cases", "duplicates", "pinned", "calendar", "grants", "to_grants"}
)
"""Not written by whoever asks: made at the edge, or taken from what the catalogue has published and the calendar says."""


def refuse_personal(c: Asked) -> None:
    """Raises `Refused("personal-data", …)`; imported acts are no exception, for an event is kept for ever."""
    refuse_number_in(*_written(c))


def refuse_number_in(*written: str) -> None:
    """Raises `Refused("personal-data", …)` where such a number stands in any of the texts."""
    if any(map(has_personal_number, written)):
        raise refused("personal-data")


def _written(c: Asked) -> Iterator[str]:
    """The texts of a command, those of its parts too."""
    for field in fields(c):
        if field.name not in _MADE_HERE:
            yield from texts(getattr(c, field.name))
