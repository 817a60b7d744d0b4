"""What is missing, told once, and what came back (一次告知, 补正: Art. 32(1)(4), (5))."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record


@record
class CorrectionsRequested:
    """The one notice of everything missing (Art. 32(1)(4))."""

    case: str
    missing: tuple[str, ...]
    officer: str
    at: datetime
    imported: bool = False


@record
class CorrectionsReturned:
    """The applicant handed in what was asked; `still_missing` is a subset of what was missing, empty when all came (Art. 32(1)(5)).

    `waived` are papers of the notice that are no longer wanted, with the `reasons`.
    """

    case: str
    still_missing: tuple[str, ...]
    waived: tuple[str, ...]
    reasons: str
    officer: str
    at: datetime
    imported: bool = False
