"""One examines, another approves (一审一核): each conclusion is recorded with the step that it finishes."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record
from services.intake.events.decision import Outcome


@record
class CaseExamined:
    """The examiner's conclusion, given with the last examining step."""

    case: str
    officer: str
    recommends: Outcome
    reasons: str
    at: datetime
    imported: bool = False


@record
class CaseApproved:
    """The approver, another officer, said with the last approving step what shall be decided; where not as recommended, with `reasons`."""

    case: str
    officer: str
    outcome: Outcome
    reasons: str
    at: datetime
    imported: bool = False
