"""承诺件: file → accept → steps, the last of which examine and approve → decide → deliver → close, and the ways out (行政许可法 Art. 32, 38, 44)."""

from __future__ import annotations

from typing import Final

from services.intake.case.acceptance import Accept, DeemAccepted, RefuseAcceptance
from services.intake.case.corrections import RequestCorrections, ReturnCorrections
from services.intake.case.decision import Decide
from services.intake.case.delivery import Deliver
from services.intake.case.ending import Close, Withdraw
from services.intake.case.extension import ExtendLimit
from services.intake.case.finishing import FinishStep, SendBack
from services.intake.case.phase import Phase
from services.intake.case.roads import Road, turn
from services.intake.case.steps import HandOver, StartStep
from services.intake.case.suspension import CallOffSuspension, ResumeClocks, SuspendClocks

FILED, CORRECTING, INCOMPLETE = Phase.FILED, Phase.CORRECTING, Phase.INCOMPLETE
ACCEPTED, EXAMINED, APPROVED, DECIDED, DELIVERED = Phase.ACCEPTED, Phase.EXAMINED, Phase.APPROVED, Phase.DECIDED, Phase.DELIVERED
NOT_ACCEPTED, WITHDRAWN = Phase.NOT_ACCEPTED, Phase.WITHDRAWN

_TOLD = {CORRECTING: "told-to-correct", INCOMPLETE: "told-to-correct"}
_WORK = turn(ACCEPTED, EXAMINED, APPROVED, early="not-yet-accepted", late="already-decided")

PROMISED: Final[Road] = {
    Accept: turn(FILED, late="already-accepted", instead=_TOLD),
    RefuseAcceptance: turn(FILED, late="already-accepted", instead=_TOLD),
    DeemAccepted: turn(FILED, INCOMPLETE),
    RequestCorrections: turn(FILED, INCOMPLETE, late="already-accepted", instead={CORRECTING: "already-told-once"}),
    ReturnCorrections: turn(CORRECTING, INCOMPLETE, early="corrections-not-told", late="already-accepted"),
    StartStep: _WORK,
    HandOver: _WORK,
    FinishStep: _WORK,
    SendBack: turn(
        EXAMINED, early="not-yet-accepted", late="already-decided", instead={ACCEPTED: "not-examined", APPROVED: "already-approved"}
    ),
    SuspendClocks: turn(ACCEPTED, EXAMINED, early="not-yet-accepted", late="already-decided", instead={APPROVED: "already-approved"}),
    ResumeClocks: _WORK,
    CallOffSuspension: _WORK,
    ExtendLimit: _WORK,
    Decide: turn(APPROVED, early="not-approved", late="already-decided"),
    Deliver: turn(DECIDED, early="not-decided", late="already-delivered"),
    Withdraw: turn(FILED, CORRECTING, INCOMPLETE, ACCEPTED, EXAMINED, APPROVED, late="already-decided"),
    Close: turn(DELIVERED, NOT_ACCEPTED, WITHDRAWN, early="not-delivered"),
}
