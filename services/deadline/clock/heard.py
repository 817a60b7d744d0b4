"""Intake's facts as far as clocks need them, each model named like the fact it reads; everything else in a fact is skipped."""

from __future__ import annotations

from datetime import date, datetime

from libs.decider import record


@record
class HeardOfCase:
    """What every fact of a case says."""

    case: str
    officer: str
    at: datetime
    imported: bool = False


@record
class PinnedDepartment:
    """The department that a case's procedure belongs to."""

    uscc: str
    name: str


@record
class PinnedLimits:
    """The limits of the procedure a case was filed under, in working days, and the department it belongs to."""

    statutory_days: int
    promised_days: int
    delivery_days: int
    correction_days: int
    department: PinnedDepartment | None = None


@record
class GivenInstants:
    """The limits of an imported log as instants, in the virtual time named `timeline`."""

    timeline: str
    promised: datetime | None
    statutory: datetime | None

    @property
    def limit(self) -> bool:
        """Whether the log gives a limit; a case without any has those of its procedure, in real time."""
        return self.promised is not None or self.statutory is not None


@record
class CaseFiled(HeardOfCase):
    """A case begins, under a procedure's limits; `came`: when an imported one came here."""

    pinned: PinnedLimits
    instants: GivenInstants | None = None
    came: datetime | None = None


@record
class CorrectionsRequested(HeardOfCase):
    """The applicant was told what is missing."""


@record
class CorrectionsReturned(HeardOfCase):
    """The applicant handed in what was missing, or part of it."""


@record
class CaseAccepted(HeardOfCase):
    """The case was taken up; its limits run from `effective`. `by`: decision or silence."""

    effective: datetime
    by: str


@record
class CaseNotAccepted(HeardOfCase):
    """The case was not taken up."""


@record
class CaseWithdrawn(HeardOfCase):
    """The applicant took the case back."""


@record
class StepFellDue(HeardOfCase):
    """Step `number` is due to its post, in nobody's hands yet; `limit_days` None: it has no limit."""

    number: int
    name: str
    post: str
    limit_days: int | None


@record
class StepStarted(HeardOfCase):
    """The step that fell due is in the hands of `officer`."""


@record
class StepHandedOver(HeardOfCase):
    """The step in hand went into the hands of `to`."""

    to: str


@record
class StepDone(HeardOfCase):
    """Step `number` is done."""

    number: int


@record
class StepSentBack(HeardOfCase):
    """Step `number`, an approving one, was given up: an examining step falls due anew."""

    number: int


@record
class ClocksSuspended(HeardOfCase):
    """The procedure of Art. 45 of this number runs from `first` on, for `expected_days` working days as the applicant was told."""

    number: int
    reason: str
    expected_days: int
    first: date
    approver_post: str


@record
class ClocksResumed(HeardOfCase):
    """The procedure of Art. 45 of this number ended on `last`."""

    number: int
    last: date


@record
class SuspensionCalledOff(HeardOfCase):
    """The procedure of Art. 45 of this number was called off before its first day."""

    number: int


@record
class LimitExtended(HeardOfCase):
    """The statutory limit grows by `days` working days, with the promised one if `moves_promise` (Art. 42)."""

    days: int
    moves_promise: bool


@record
class CaseDecided(HeardOfCase):
    """The decision on the case."""


@record
class ResultDelivered(HeardOfCase):
    """The result is in the applicant's hands."""


@record
class CaseClosed(HeardOfCase):
    """Nothing is left to do in the case."""


FactOfCase = (
    CaseFiled
    | CorrectionsRequested
    | CorrectionsReturned
    | CaseAccepted
    | CaseNotAccepted
    | CaseWithdrawn
    | StepFellDue
    | StepStarted
    | StepHandedOver
    | StepDone
    | StepSentBack
    | ClocksSuspended
    | ClocksResumed
    | SuspensionCalledOff
    | LimitExtended
    | CaseDecided
    | ResultDelivered
    | CaseClosed
)
FactOfHolding = StepFellDue | StepStarted | StepHandedOver | StepDone | StepSentBack
"""The facts that say who holds the step of a case."""
