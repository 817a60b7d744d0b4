"""What the city reads of the sites' facts: one model per fact, the few fields it shows; whatever else a payload has is passed over.

A default stands only where the owner's schema has one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from libs.bus import Reader
from libs.decider import record

Short = Annotated[str, msgspec.Meta(max_length=200)]
"""A name that rows are found by: an index takes no longer one."""
Small = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
"""A version, as its column holds it."""
Aware = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant with its offset."""


@record
class OfCase:
    """Any fact of a case: its number."""

    case: Short


@record
class _Pinned:
    item: Short
    item_name: str


@record
class _Instants:
    timeline: Short


@record
class CaseFiled(OfCase):
    """A case came in, under an item; `instants` and `ref` where it was imported from a log."""

    pinned: _Pinned
    instants: _Instants | None = None
    ref: str = ""
    imported: bool = False


@record
class CorrectionsRequested(OfCase):
    """What is missing was told."""


@record
class CorrectionsReturned(OfCase):
    """Corrections came, perhaps not all."""


@record
class CaseAccepted(OfCase):
    """The case was taken up."""


@record
class CaseNotAccepted(OfCase):
    """The case was not taken up: it is finished."""


@record
class OfSuspension(OfCase):
    """Any fact of a procedure of Art. 45: which one of its case."""

    number: int


@record
class ClocksSuspended(OfSuspension):
    """A procedure of Art. 45 was announced, or runs."""


@record
class ClocksResumed(OfSuspension):
    """The procedure of Art. 45 ended."""


@record
class SuspensionCalledOff(OfSuspension):
    """The procedure of Art. 45 will not be held."""


@record
class StepSentBack(OfCase):
    """The approver gave the case back to its examination."""


@record
class CaseExamined(OfCase):
    """The examiner concluded."""


@record
class CaseApproved(OfCase):
    """The approver confirmed."""


@record
class CaseDecided(OfCase):
    """The decision was made."""


@record
class ResultDelivered(OfCase):
    """The result is in the applicant's hands."""


@record
class CaseWithdrawn(OfCase):
    """The case was taken back: it is finished."""


@record
class CaseClosed(OfCase):
    """Nothing is left to do: the case is finished, and stays closed."""


@record
class OfClock(OfCase):
    """Any fact of a clock: its case and its own name."""

    clock: Short


@record
class ClockStarted(OfClock):
    """A clock runs to `due_at`."""

    kind: str
    label: str
    due_at: Aware | None


@record
class ClockStopped(OfClock):
    """Days are not counted: the clock is due at no moment, unless its limit passes before."""

    due_at: Aware | None = None


@record
class ClockResumed(OfClock):
    """Days are counted again, to a new moment."""

    due_at: Aware | None


@record
class ClockExtended(OfClock):
    """The limit grew, to a new moment."""

    due_at: Aware | None


@record
class ClockYellow(OfClock):
    """The clock is nearly due."""

    kind: str


@record
class ClockRed(OfClock):
    """The clock is past due."""

    kind: str


@record
class ClockEnded(OfClock):
    """What the clock measured was done."""

    kind: str


@record
class ClockCancelled(OfClock):
    """What the clock measured will not happen."""

    kind: str


@record
class CardIssued(OfCase):
    """A yellow or red card to a department, a post and, if somebody held the step, an officer."""

    card: Short
    colour: Literal["yellow", "red"]
    clock_kind: str
    department: str
    post: str
    officer: str
    due_at: Aware
    imported: bool = False


@record
class FindingRaised(OfCase):
    """A detector saw something under a version of its rule; `evidence` names the events."""

    finding: Short
    detector: Short
    rule_version: Small
    evidence: tuple[str, ...]


_INTAKE: Final[tuple[type[OfCase], ...]] = (
    CaseFiled, CorrectionsRequested, CorrectionsReturned, CaseAccepted, CaseNotAccepted, ClocksSuspended, ClocksResumed,
    SuspensionCalledOff, StepSentBack, CaseExamined, CaseApproved, CaseDecided, ResultDelivered, CaseWithdrawn, CaseClosed,
)  # fmt: skip
_DEADLINE: Final[tuple[type[OfCase], ...]] = (
    ClockStarted, ClockStopped, ClockResumed, ClockExtended, ClockYellow, ClockRed, ClockEnded, ClockCancelled,
)  # fmt: skip
_SUPERVISION: Final[tuple[type[OfCase], ...]] = (CardIssued, FindingRaised)
READER: Final = Reader(
    {
        f"liandong.{service}.{model.__name__}.v1": model
        for service, models in (("intake", _INTAKE), ("deadline", _DEADLINE), ("supervision", _SUPERVISION))
        for model in models
    }
)
