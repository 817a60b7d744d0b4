"""Taken up or not (受理, 不予受理: Art. 32)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from libs.decider import record


class AcceptedBy(str, Enum):
    """Why a case counts as accepted."""

    DECISION = "decision"
    SILENCE = "silence"


@record
class CaseAccepted:
    """Taken up. Limits run from `effective`, which after silence is the day the materials were received (Art. 32(1)(4))."""

    case: str
    by: AcceptedBy
    effective: datetime
    officer: str
    at: datetime
    imported: bool = False


@record
class CaseNotAccepted:
    """Not taken up, with the reason and the right agency named (Art. 32(1)(2))."""

    case: str
    reason: str
    right_agency: str
    officer: str
    at: datetime
    imported: bool = False
