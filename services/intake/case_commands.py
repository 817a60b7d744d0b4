"""What can be asked of a case. Every command says which case, which officer and when (business time, aware).

`imported`: not an act done here now, but one taken from another system's record; it is kept as given (decision 0010).
"""

from __future__ import annotations

from datetime import date, datetime

from libs.decider import record
from libs.workdays import Calendar
from services.intake.events import Channel, Instants, Outcome, Pinned, StepRole, Stopper


@record
class _Asked:
    case: str
    officer: str
    at: datetime
    imported: bool = False


@record
class File(_Asked):
    """收件: materials are handed over. `case`, `applicant` (a random subject id) and `pinned` are made at the edge."""

    node: str
    pinned: Pinned
    channel: Channel
    applicant: str
    materials: tuple[str, ...]
    instants: Instants | None = None
    ref: str = ""


@record
class Accept(_Asked):
    """受理."""

    calendar: Calendar


@record
class RefuseAcceptance(_Asked):
    """不予受理, naming the right agency."""

    reason: str
    right_agency: str
    calendar: Calendar


@record
class RequestCorrections(_Asked):
    """一次告知: everything that is missing, in one notice."""

    missing: tuple[str, ...]
    calendar: Calendar


@record
class ReturnCorrections(_Asked):
    """The applicant handed in what was asked; `still_missing` is empty when all came."""

    still_missing: tuple[str, ...] = ()


@record
class DeemAccepted(_Asked):
    """The limit for telling passed in silence; said by the deadline service."""

    calendar: Calendar


@record
class StartStep(_Asked):
    """An officer takes the next step in hand. `role` is for imports; otherwise the procedure says it."""

    name: str
    role: StepRole = StepRole.WORK


@record
class FinishStep(_Asked):
    """The step is done, by one officer or by two. `role` is for imports; otherwise the procedure says it."""

    name: str
    second_officer: str = ""
    role: StepRole = StepRole.WORK


@record
class SuspendClocks(_Asked):
    """特别程序: one of the eight procedures of Art. 45 begins on `first`; `notice` is the document the applicant got on `notified`."""

    reason: Stopper
    expected_days: int
    notice: str
    notified: date
    first: date


@record
class ResumeClocks(_Asked):
    """The procedure ended on `last`."""

    last: date


@record
class ExtendLimit(_Asked):
    """延长 by `days` working days, approved by `head` in `document`, the applicant told on `told`."""

    days: int
    head: str
    document: str
    told: date
    calendar: Calendar


@record
class Examine(_Asked):
    """审查."""

    recommends: Outcome


@record
class Approve(_Asked):
    """核准."""

    outcome: Outcome


@record
class Decide(_Asked):
    """决定: `document` is its number; a refusal says why."""

    outcome: Outcome
    document: str
    reasons: str = ""


@record
class Deliver(_Asked):
    """送达."""

    how: Channel


@record
class Withdraw(_Asked):
    """撤回 by the applicant."""


@record
class Close(_Asked):
    """办结: nothing is left to do."""


Opening = File | Accept | RefuseAcceptance | RequestCorrections | ReturnCorrections | DeemAccepted
Working = StartStep | FinishStep | SuspendClocks | ResumeClocks | ExtendLimit
Ending = Examine | Approve | Decide | Deliver | Withdraw | Close
Command = Opening | Working | Ending
