"""Intake's facts as far as clocks need them, each model named like the fact it reads; everything else in a fact is skipped."""

from __future__ import annotations

from datetime import date, datetime

from libs.decider import record


@record
class CaseFact:
    """What every fact of a case says."""

    case: str
    officer: str
    at: datetime
    imported: bool = False


@record
class PinnedLimits:
    """The limits of the procedure a case was filed under, in working days."""

    statutory_days: int
    promised_days: int
    delivery_days: int
    correction_days: int


@record
class GivenInstants:
    """The limits of an imported log as instants, in the virtual time named `timeline`."""

    timeline: str
    promised: datetime | None
    statutory: datetime | None


@record
class CaseFiled(CaseFact):
    """A case begins, under a procedure's limits."""

    pinned: PinnedLimits
    instants: GivenInstants | None = None


@record
class CorrectionsRequested(CaseFact):
    """The applicant was told what is missing."""


@record
class CorrectionsReturned(CaseFact):
    """The applicant handed in what was missing, or part of it."""


@record
class CaseAccepted(CaseFact):
    """The case was taken up; its limits run from `effective`. `by`: decision or silence."""

    effective: datetime
    by: str


@record
class CaseNotAccepted(CaseFact):
    """The case was not taken up."""


@record
class CaseWithdrawn(CaseFact):
    """The applicant took the case back."""


@record
class StepStarted(CaseFact):
    """Step `number` is in an officer's hands; `limit_days` None: it has no limit."""

    number: int
    name: str
    limit_days: int | None


@record
class StepDone(CaseFact):
    """Step `number` is done."""

    number: int


@record
class ClocksSuspended(CaseFact):
    """A procedure of Art. 45 runs from `first` on."""

    reason: str
    first: date


@record
class ClocksResumed(CaseFact):
    """The procedure of Art. 45 ended on `last`."""

    last: date


@record
class LimitExtended(CaseFact):
    """The statutory limit grows by `days` working days, with the promised one if `moves_promise` (Art. 42)."""

    days: int
    moves_promise: bool


@record
class CaseDecided(CaseFact):
    """The decision on the case."""


@record
class ResultDelivered(CaseFact):
    """The result is in the applicant's hands."""


@record
class CaseClosed(CaseFact):
    """Nothing is left to do in the case."""


Fact = (
    CaseFiled
    | CorrectionsRequested
    | CorrectionsReturned
    | CaseAccepted
    | CaseNotAccepted
    | CaseWithdrawn
    | StepStarted
    | StepDone
    | ClocksSuspended
    | ClocksResumed
    | LimitExtended
    | CaseDecided
    | ResultDelivered
    | CaseClosed
)
