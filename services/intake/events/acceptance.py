"""Taken up or not (受理, 不予受理: Art. 32)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from libs.decider import record
from services.intake.events.filing import PinnedRemedies


class AcceptedBy(str, Enum):
    """Why a case counts as accepted."""

    DECISION = "decision"
    SILENCE = "silence"


class WhyDeclined(str, Enum):
    """Why a case is not taken up: a closed list (Art. 32(1)(1), (2)). Missing papers are corrections, never a reason."""

    NOT_REQUIRED = "not-required"
    NOT_OURS = "not-ours"


@record
class RightAgency:
    """The agency to which the applicant should go, by its unified social credit code and its name."""

    uscc: str
    name: str


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
    """Not taken up, with the reason explained. `agency` is the right one where the case is not ours; `remedies` are those of the procedure."""

    case: str
    reason: WhyDeclined
    agency: RightAgency | None
    explanation: str
    remedies: PinnedRemedies | None
    officer: str
    at: datetime
    imported: bool = False
