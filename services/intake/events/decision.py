"""What was decided (决定: Art. 38)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from libs.decider import record
from services.intake.events.filing import PinnedRemedies


class Outcome(str, Enum):
    """What was decided. `NOT_STATED` is for imports only: the other system's record says that, not what, was decided."""

    GRANTED = "granted"
    REFUSED = "refused"
    NOT_STATED = "not-stated"


@record
class CaseDecided:
    """The decision on the case (Art. 38). A refusal has its reasons, and the `remedies` of the procedure; None for a grant, and where another
    system's record names none. Statutory, promised and step clocks end here.
    """

    case: str
    outcome: Outcome
    document: str
    reasons: str
    remedies: PinnedRemedies | None
    officer: str
    at: datetime
    imported: bool = False
