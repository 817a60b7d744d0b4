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
    """A procedure of Art. 45 runs from `first`; its days are not counted. `notified` is when the applicant was told in writing."""

    case: str
    reason: Stopper
    expected_days: int
    notice: str
    notified: date
    first: date
    officer: str
    at: datetime
    imported: bool = False


@record
class ClocksResumed:
    """The procedure ended; `last` is the last day not counted."""

    case: str
    last: date
    officer: str
    at: datetime
    imported: bool = False
