"""What several pages make of the same rows: times, the place of a case, words beside a clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.contracts import phases
from libs.words import addressed, clock_number, word
from services.dashboard.views.words import no_due

ShownRow = Mapping[str, Any]
"""A row as a service answered it, or as a page shows it."""


def moment(value: object) -> datetime | None:
    """A time as it stands in JSON."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def placed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A case's row with the words of its phase and of the mark beside it, empty where there is none."""
    known = phases()
    return {**row, "phase_text": word(row["phase"], known.words), "mark_text": known.suspended_word if row["suspended"] else ""}


def beside(clock: Mapping[str, Any]) -> dict[str, str]:
    """What a page shows beside what a clock's row or proof says."""
    return {"whom": addressed(clock), "number": clock_number(clock["clock"]), "no_due": no_due(clock["state"])}
