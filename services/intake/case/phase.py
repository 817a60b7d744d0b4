"""Where a case stands, and where each fact leaves it; contracts/phases.toml says the same to those who show it."""

from __future__ import annotations

from enum import Enum
from typing import Final, assert_never

from services.intake.events import (
    CaseAccepted,
    CaseApproved,
    CaseClosed,
    CaseDecided,
    CaseEvent,
    CaseExamined,
    CaseFiled,
    CaseNotAccepted,
    CaseWithdrawn,
    ClocksResumed,
    ClocksSuspended,
    CorrectionsRequested,
    CorrectionsReturned,
    LimitExtended,
    ResultDelivered,
    StepDone,
    StepFellDue,
    StepHandedOver,
    StepSentBack,
    StepStarted,
    SuspensionCalledOff,
)


class Phase(str, Enum):
    """Where a case stands, in the order of the promised kind; the last three are ends."""

    NONE = "none"
    FILED = "filed"
    CORRECTING = "correcting"
    """The notice of what is missing is out; it is the applicant's turn."""
    INCOMPLETE = "incomplete"
    """Some of what was missing came back, not all; it is our turn."""
    ACCEPTED = "accepted"
    EXAMINED = "examined"
    APPROVED = "approved"
    DECIDED = "decided"
    DELIVERED = "delivered"
    NOT_ACCEPTED = "not-accepted"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


ENDS: Final = frozenset({Phase.NOT_ACCEPTED, Phase.WITHDRAWN, Phase.CLOSED})


OUR_TURN: Final = frozenset({Phase.FILED, Phase.INCOMPLETE})
"""Materials lie with us and nobody has spoken: silence here is acceptance, where the law says so."""


def after(phase: Phase, event: CaseEvent) -> Phase:
    """The phase after `event`; total, also over imported facts in whatever order they came; nothing opens a closed case again."""
    return phase if phase is Phase.CLOSED else _left(phase, event)


def _left(phase: Phase, event: CaseEvent) -> Phase:
    match event:
        case CaseFiled():
            return Phase.FILED
        case CorrectionsRequested():
            return Phase.CORRECTING
        case CorrectionsReturned():
            return Phase.INCOMPLETE
        case CaseAccepted():
            return Phase.ACCEPTED
        case CaseNotAccepted():
            return Phase.NOT_ACCEPTED
        case StepFellDue() | StepStarted() | StepHandedOver() | StepDone():
            return phase
        case ClocksSuspended() | ClocksResumed() | SuspensionCalledOff() | LimitExtended():
            return phase
        case StepSentBack():
            return Phase.ACCEPTED
        case CaseExamined():
            return Phase.EXAMINED
        case CaseApproved():
            return Phase.APPROVED
        case CaseDecided():
            return Phase.DECIDED
        case ResultDelivered():
            return Phase.DELIVERED
        case CaseWithdrawn():
            return Phase.WITHDRAWN
        case CaseClosed():
            return Phase.CLOSED
        case _:
            assert_never(event)
