"""The ends of a case besides not being accepted (撤回, 办结)."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record


@record
class CaseWithdrawn:
    """The applicant took the case back, or (`by_silence`) never returned the corrections."""

    case: str
    by_silence: bool
    officer: str
    at: datetime
    imported: bool = False


@record
class CaseClosed:
    """Nothing is left to do."""

    case: str
    officer: str
    at: datetime
    imported: bool = False
