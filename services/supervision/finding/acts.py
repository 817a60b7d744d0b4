"""What supervision reads of the facts of a case: its acts are remembered in the order recorded, and the detectors look at each as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from libs.decider import record
from services.supervision.finding import RaiseFinding, finding_of
from services.supervision.finding.detectors import Deed, KnownAct, WatchedCase, watched


@record
class LogTime:
    """The virtual time in which the cases of an imported log live."""

    timeline: str


@record
class CaseFiled:
    """A case began. The filing is no act on it: a record that begins after its end is odd, not worked on afterwards."""

    case: str
    instants: LogTime | None = None

    @property
    def timeline(self) -> str:
        """The virtual time in which the case lives; empty: it lives in real time."""
        return self.instants.timeline if self.instants else ""


@record
class ActOnCase:
    """What every act on a case says: who did it, and when."""

    case: str
    officer: str
    at: datetime
    imported: bool = False


@record
class CorrectionsRequested(ActOnCase):
    """The applicant was told everything that is missing."""


@record
class CorrectionsReturned(ActOnCase):
    """The applicant handed in what was asked for."""


@record
class CaseAccepted(ActOnCase):
    """The case was taken up."""


@record
class CaseNotAccepted(ActOnCase):
    """The case was not taken up."""


@record
class StepStarted(ActOnCase):
    """A step is in an officer's hands."""

    role: str


@record
class StepHandedOver(ActOnCase):
    """A step went from one officer's hands into those of `to`."""

    role: str
    to: str


@record
class StepSentBack(ActOnCase):
    """The approver gave the case back to its examination."""


@record
class StepDone(ActOnCase):
    """A step was done; a step whose role is to examine or to approve counts as an examination or an approval."""

    role: str
    second_officer: str


@record
class ClocksSuspended(ActOnCase):
    """The beginning of a procedure of Art. 45 was entered."""


@record
class ClocksResumed(ActOnCase):
    """The end of a procedure of Art. 45 was entered."""


@record
class SuspensionCalledOff(ActOnCase):
    """A procedure of Art. 45 that had been announced was called off."""


@record
class LimitExtended(ActOnCase):
    """The limit of the case was extended (Art. 42)."""


@record
class CaseExamined(ActOnCase):
    """The examiner of the case came to a conclusion."""


@record
class CaseApproved(ActOnCase):
    """The approver confirmed the examiner's conclusion."""


@record
class CaseDecided(ActOnCase):
    """The decision on the case was made, and signed; the record of another system may say only that it was made (`not-stated`)."""

    outcome: str

    @property
    def signed(self) -> bool:
        """Whether the fact says who signed: what another system's record leaves open was entered by somebody, not signed."""
        return not (self.imported and self.outcome == "not-stated")


@record
class ResultDelivered(ActOnCase):
    """The result was handed to the applicant."""


@record
class CaseWithdrawn(ActOnCase):
    """The applicant took the case back."""


@record
class CaseClosed(ActOnCase):
    """The case was closed: the end after which nobody acts on it."""


FilingOrAct = CaseFiled | ActOnCase


def react(remembered: WatchedCase, fact: FilingOrAct, name: str) -> tuple[WatchedCase, Sequence[tuple[str, RaiseFinding]]]:
    """What is remembered of the case after `fact`, whose name is `name` (source#epoch#number), and a finding, with its stream, for every
    detector that sees in this very act what it did not see before.
    """
    if isinstance(fact, CaseFiled):
        return remembered, ()
    after = watched(remembered, _known(fact, len(remembered.acts), name))
    node = fact.case.partition("-")[0]
    new = {rule: seen for rule, seen in after.seen.items() if rule not in remembered.seen}
    commands = [RaiseFinding(case=fact.case, rule=rule, node=node, seen=seen) for rule, seen in new.items()]
    return after, [(finding_of(command), command) for command in commands]


def _known(act: ActOnCase, place: int, evidence: str) -> KnownAct:
    return KnownAct(
        case=act.case,
        place=place,
        evidence=evidence,
        deed=deed_of(act),
        officer=act.officer,
        at=act.at,
        imported=act.imported,
        **_others(act),
    )


class _Others(TypedDict, total=False):
    """Who, besides the officer, an act is of."""

    second_officer: str
    handed_to: str


def _others(act: ActOnCase) -> _Others:
    match act:
        case StepDone():
            return {"second_officer": act.second_officer}
        case StepHandedOver():
            return {"handed_to": act.to}
        case _:
            return {}


def deed_of(act: ActOnCase) -> Deed:
    """What the act was, as far as detectors ask."""
    match act:
        case StepStarted(role="examine") | StepHandedOver(role="examine"):
            return Deed.HOLD_EXAMINING
        case StepStarted(role="approve") | StepHandedOver(role="approve"):
            return Deed.HOLD_APPROVING
        case StepDone(role="examine") | CaseExamined():
            return Deed.EXAMINE
        case StepDone(role="approve") | CaseApproved():
            return Deed.APPROVE
        case CaseDecided(signed=True):
            return Deed.SIGN
        case CaseClosed():
            return Deed.END
        case _:
            return Deed.ACT
