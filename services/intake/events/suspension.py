"""Time that is not counted (依法不计时: Art. 45)."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from libs.decider import record


class Stopper(str, Enum):
    """The eight procedures of Art. 45 whose time is not counted. Closed list."""

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    TECHNICAL_ASSESSMENT = "technical-assessment"
    EXPERT_REVIEW = "expert-review"


@record
class ClocksSuspended:
    """A procedure of Art. 45 runs from `first`, the `number`-th of its case from 1; its days are not counted. `notified` is when the applicant
    was told in writing, `expected_days` are working days. `approver_post` answers for it, as the procedure foresees; empty in an import.
    """

    case: str
    number: int
    reason: Stopper
    expected_days: int
    notice: str
    notified: date
    first: date
    approver_post: str
    officer: str
    at: datetime
    imported: bool = False


@record
class ClocksResumed:
    """The procedure of this number ended; `last` is the last day not counted. An imported record may name one that does not run."""

    case: str
    number: int
    last: date
    officer: str
    at: datetime
    imported: bool = False


@record
class SuspensionCalledOff:
    """The procedure of this number, which had been announced, was called off before its first day: no day was left out."""

    case: str
    number: int
    reasons: str
    officer: str
    at: datetime
    imported: bool = False
