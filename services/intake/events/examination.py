"""One examines, another approves (一审一核)."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record
from services.intake.events.decision import Outcome


@record
class CaseExamined:
    """The examiner's conclusion."""

    case: str
    officer: str
    recommends: Outcome
    at: datetime
    imported: bool = False


@record
class CaseApproved:
    """The approver, another officer, confirmed what shall be decided."""

    case: str
    officer: str
    outcome: Outcome
    at: datetime
    imported: bool = False
