"""What intake promises: the facts of a case from filing to close (行政许可法 Art. 29–45). A published name or field never changes meaning.

`imported` marks an act taken from another system's record: the same fact, not an act done here now.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from libs.decider import record


class Channel(str, Enum):
    """How a case came in. `INTERNAL` is for imports only."""

    COUNTER = "counter"
    PORTAL = "portal"
    POST = "post"
    PHONE = "phone"
    EMAIL = "email"
    AGENT = "agent"
    INTERNAL = "internal"


class AcceptedBy(str, Enum):
    """Why a case counts as accepted."""

    DECISION = "decision"
    SILENCE = "silence"


class Stopper(str, Enum):
    """The eight procedures of Art. 45 whose time is not counted. Closed list."""

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert-review"


class Outcome(str, Enum):
    """What was decided. `NOT_STATED` is for imports only: the other system's record says that, not what, was decided."""

    GRANTED = "granted"
    REFUSED = "refused"
    NOT_STATED = "not-stated"


class StepRole(str, Enum):
    """What a step is for the two-person rule."""

    WORK = "work"
    EXAMINE = "examine"
    APPROVE = "approve"


@record
class PinnedStep:
    """A step as it stood in the procedure at filing. `limit_days`: working days, None for no limit."""

    name: str
    post: str
    role: StepRole = StepRole.WORK
    limit_days: int | None = None
    two_officers: bool = False


@record
class Pinned:
    """The procedure version under which the case was filed; later versions do not touch it. Limits in working days."""

    item: str
    item_name: str
    procedure_version: int
    kind: str
    statutory_days: int
    promised_days: int
    delivery_days: int
    extension_days: int
    extension_moves_promise: bool
    correction_days: int
    steps: tuple[PinnedStep, ...]


@record
class Instants:
    """Limits of an imported log, given as instants (inclusive). `timeline` names the virtual time they live in."""

    timeline: str
    promised: datetime | None
    statutory: datetime | None


@record
class CaseFiled:
    """Materials were handed over. `applicant` is a random subject id; `ref` is the case's name in the log it came from, empty otherwise."""

    case: str
    node: str
    pinned: Pinned
    channel: Channel
    applicant: str
    materials: tuple[str, ...]
    officer: str
    at: datetime
    instants: Instants | None = None
    ref: str = ""
    imported: bool = False


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
    """The applicant handed in what was asked; `still_missing` is a subset of the notice, empty when all came (Art. 32(1)(5))."""

    case: str
    still_missing: tuple[str, ...]
    officer: str
    at: datetime
    imported: bool = False


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


@record
class StepStarted:
    """A step is in an officer's hands; its limit runs."""

    case: str
    number: int
    name: str
    role: StepRole
    limit_days: int | None
    officer: str
    at: datetime
    imported: bool = False


@record
class StepDone:
    """A step was done. `number` is its place in the case's run of steps, from 1; `second_officer` is empty where one suffices."""

    case: str
    number: int
    name: str
    role: StepRole
    officer: str
    second_officer: str
    at: datetime
    imported: bool = False


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


@record
class LimitExtended:
    """Art. 42: once, by the agency's head, the applicant told with reasons before the limit passes. `days` are working days."""

    case: str
    days: int
    moves_promise: bool
    head: str
    document: str
    told: date
    officer: str
    at: datetime
    imported: bool = False


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


@record
class CaseDecided:
    """The decision on the case (Art. 38); a refusal names reasons and remedies. Statutory, promised and step clocks end here."""

    case: str
    outcome: Outcome
    document: str
    reasons: str
    officer: str
    at: datetime
    imported: bool = False


@record
class ResultDelivered:
    """The result is in the applicant's hands (Art. 44)."""

    case: str
    how: Channel
    officer: str
    at: datetime
    imported: bool = False


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


@record
class NumbersLeased:
    """A process took serials `first`..`last` of a year for its case numbers."""

    year: int
    first: int
    last: int
    process: str
    at: datetime


@record
class NumbersVoided:
    """Leased serials that will never be used: their process ended."""

    year: int
    serials: tuple[int, ...]
    process: str
    at: datetime


CaseEvent = (
    CaseFiled
    | CorrectionsRequested
    | CorrectionsReturned
    | CaseAccepted
    | CaseNotAccepted
    | StepStarted
    | StepDone
    | ClocksSuspended
    | ClocksResumed
    | LimitExtended
    | CaseExamined
    | CaseApproved
    | CaseDecided
    | ResultDelivered
    | CaseWithdrawn
    | CaseClosed
)
NumberEvent = NumbersLeased | NumbersVoided
Event = CaseEvent | NumberEvent
