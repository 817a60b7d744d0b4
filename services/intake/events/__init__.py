"""What intake promises: the facts of a case from filing to close (行政许可法 Art. 29–45), by topic. A published name or field never changes meaning.

`imported` marks an act taken from another system's record: the same fact, not an act done here now.
"""

from services.intake.events.acceptance import AcceptedBy, CaseAccepted, CaseNotAccepted, RightAgency, WhyDeclined
from services.intake.events.corrections import CorrectionsRequested, CorrectionsReturned
from services.intake.events.decision import CaseDecided, Outcome
from services.intake.events.delivery import ResultDelivered
from services.intake.events.ending import CaseClosed, CaseWithdrawn
from services.intake.events.examination import CaseApproved, CaseExamined
from services.intake.events.extension import LimitExtended
from services.intake.events.filing import (
    Applicant,
    ApplicantPart,
    CaseFiled,
    Channel,
    Duplicates,
    Instants,
    Pinned,
    PinnedDepartment,
    PinnedMaterial,
    PinnedRemedies,
    PinnedStep,
    PinnedStop,
)
from services.intake.events.numbers import NumbersLeased, NumbersVoided
from services.intake.events.steps import StepDone, StepFellDue, StepHandedOver, StepRole, StepSentBack, StepStarted
from services.intake.events.suspension import ClocksResumed, ClocksSuspended, Stopper, SuspensionCalledOff

CaseEvent = (
    CaseFiled
    | CorrectionsRequested
    | CorrectionsReturned
    | CaseAccepted
    | CaseNotAccepted
    | StepFellDue
    | StepStarted
    | StepHandedOver
    | StepDone
    | StepSentBack
    | ClocksSuspended
    | ClocksResumed
    | SuspensionCalledOff
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

__all__ = [
    "AcceptedBy",
    "Applicant",
    "ApplicantPart",
    "CaseAccepted",
    "CaseApproved",
    "CaseClosed",
    "CaseDecided",
    "CaseEvent",
    "CaseExamined",
    "CaseFiled",
    "CaseNotAccepted",
    "CaseWithdrawn",
    "Channel",
    "ClocksResumed",
    "ClocksSuspended",
    "CorrectionsRequested",
    "CorrectionsReturned",
    "Duplicates",
    "Event",
    "Instants",
    "LimitExtended",
    "NumberEvent",
    "NumbersLeased",
    "NumbersVoided",
    "Outcome",
    "Pinned",
    "PinnedDepartment",
    "PinnedMaterial",
    "PinnedRemedies",
    "PinnedStep",
    "PinnedStop",
    "ResultDelivered",
    "RightAgency",
    "StepDone",
    "StepFellDue",
    "StepHandedOver",
    "StepRole",
    "StepSentBack",
    "StepStarted",
    "Stopper",
    "SuspensionCalledOff",
    "WhyDeclined",
]
