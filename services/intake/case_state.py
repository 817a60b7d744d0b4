"""What the rules remember of a case: only what a decision needs, made from its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from typing import Any, assert_never

from libs.decider import record
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
    Pinned,
    PinnedStep,
    ResultDelivered,
    StepDone,
    StepRole,
    StepStarted,
)


class Phase(str, Enum):
    """Where a case stands, in the order of the promised kind; the last three are ends."""

    NONE = "none"
    FILED = "filed"
    CORRECTING = "correcting"
    """The notice is out; it is the applicant's turn."""
    RETURNED = "returned"
    """Something came back, not all; it is our turn."""
    ACCEPTED = "accepted"
    EXAMINED = "examined"
    APPROVED = "approved"
    DECIDED = "decided"
    DELIVERED = "delivered"
    NOT_ACCEPTED = "not-accepted"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@record
class Stopped:
    """A procedure of Art. 45: days from `first` to `last` are not counted; `last` None: it still runs."""

    first: date
    last: date | None = None


@record
class Case:
    """A case so far."""

    phase: Phase = Phase.NONE
    pinned: Pinned | None = None
    received: datetime | None = None
    """When materials last came in: silence is counted from here."""
    missing: tuple[str, ...] = ()
    effective: datetime | None = None
    """Limits run from here; None until accepted."""
    step: StepStarted | None = None
    done: tuple[StepDone, ...] = ()
    stops: tuple[Stopped, ...] = ()
    extended: LimitExtended | None = None
    examined: CaseExamined | None = None
    approved: CaseApproved | None = None
    decided: CaseDecided | None = None

    @property
    def suspended(self) -> Stopped | None:
        """The procedure of Art. 45 that runs now."""
        return self.stops[-1] if self.stops and self.stops[-1].last is None else None

    @property
    def next_step(self) -> PinnedStep | None:
        """The procedure's step whose turn it is; None when all are done."""
        steps = self.pinned.steps if self.pinned else ()
        return steps[len(self.done)] if len(self.done) < len(steps) else None

    @property
    def examiners(self) -> frozenset[str]:
        """Everybody who examined this case or a part of it."""
        return self._did(StepRole.EXAMINE) | ({self.examined.officer} if self.examined else set())

    @property
    def approvers(self) -> frozenset[str]:
        """Everybody who approved this case or a part of it."""
        return self._did(StepRole.APPROVE) | ({self.approved.officer} if self.approved else set())

    def _did(self, role: StepRole) -> frozenset[str]:
        return frozenset(who for s in self.done if s.role is role for who in (s.officer, s.second_officer) if who)


def evolve(case: Case, event: CaseEvent) -> Case:
    """The state after `event`; total, also over imported facts in whatever order they came."""
    match event:
        case CaseFiled(pinned=pinned, at=at):
            return _to(case, Phase.FILED, pinned=pinned, received=at)
        case CorrectionsRequested(missing=missing):
            return _to(case, Phase.CORRECTING, missing=missing)
        case CorrectionsReturned(at=at):
            return _to(case, Phase.RETURNED, received=at)
        case CaseAccepted(effective=effective):
            return _to(case, Phase.ACCEPTED, effective=effective)
        case CaseNotAccepted():
            return _to(case, Phase.NOT_ACCEPTED)
        case StepStarted():
            return replace(case, step=event)
        case StepDone():
            return replace(case, step=None, done=(*case.done, event))
        case ClocksSuspended(first=first):
            return replace(case, stops=(*case.stops, Stopped(first=first)))
        case ClocksResumed(last=last):
            return replace(case, stops=(*case.stops[:-1], replace(case.stops[-1], last=last)) if case.stops else ())
        case LimitExtended():
            return replace(case, extended=event)
        case CaseExamined():
            return _to(case, Phase.EXAMINED, examined=event)
        case CaseApproved():
            return _to(case, Phase.APPROVED, approved=event)
        case CaseDecided():
            return _to(case, Phase.DECIDED, decided=event)
        case ResultDelivered():
            return _to(case, Phase.DELIVERED)
        case CaseWithdrawn():
            return _to(case, Phase.WITHDRAWN)
        case CaseClosed():
            return _to(case, Phase.CLOSED)
        case _:
            assert_never(event)


def _to(case: Case, phase: Phase, **changes: Any) -> Case:
    """Nothing opens a closed case again, not even an imported fact that was recorded after its end."""
    return replace(case, phase=case.phase if case.phase is Phase.CLOSED else phase, **changes)
