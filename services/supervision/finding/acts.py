"""What supervision reads of the facts of a case: acts are remembered in the order recorded, and looked through whenever one is added."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record
from services.supervision.finding import RaiseFinding
from services.supervision.finding.detectors import DETECTORS, Deed, KnownAct


@record
class LogTime:
    """The virtual time in which the cases of an imported log live."""

    timeline: str


@record
class CaseFiled:
    """A case began. The filing is no act on it: a record that begins after its end is odd, not worked on afterwards."""

    case: str
    instants: LogTime | None = None


@record
class ActOnCase:
    """What every act on a case says: who did it, and when."""

    case: str
    officer: str
    at: datetime
    imported: bool = False


@record
class CorrectionsRequested(ActOnCase):
    """Everything missing was told."""


@record
class CorrectionsReturned(ActOnCase):
    """The applicant handed in what was asked."""


@record
class CaseAccepted(ActOnCase):
    """Taken up."""


@record
class CaseNotAccepted(ActOnCase):
    """Not taken up."""


@record
class StepStarted(ActOnCase):
    """A step is in an officer's hands."""


@record
class StepDone(ActOnCase):
    """A step was done; a step of examining or approving counts as that."""

    role: str


@record
class ClocksSuspended(ActOnCase):
    """A procedure of Art. 45 was entered."""


@record
class ClocksResumed(ActOnCase):
    """Its end was entered."""


@record
class LimitExtended(ActOnCase):
    """The limit was extended (Art. 42)."""


@record
class CaseExamined(ActOnCase):
    """The examiner came to a conclusion."""


@record
class CaseApproved(ActOnCase):
    """The approver confirmed it."""


@record
class CaseDecided(ActOnCase):
    """The decision was made."""


@record
class ResultDelivered(ActOnCase):
    """The result was handed over."""


@record
class CaseWithdrawn(ActOnCase):
    """The applicant took the case back."""


@record
class CaseClosed(ActOnCase):
    """Nothing was left to do: the end after which nobody acts."""


@record
class HeardAct:
    """A fact of a case, and which event of which feed says it."""

    fact: CaseFiled | ActOnCase
    source: str
    epoch: int
    sequence: int

    @property
    def node(self) -> str:
        """The node whose feed it is."""
        return self.source.split(":")[2]


@record
class WatchedCase:
    """What is remembered of a case. `timeline` empty: it lives in real time, as far as was heard."""

    timeline: str = ""
    acts: tuple[KnownAct, ...] = ()


def react(remembered: WatchedCase, heard: HeardAct) -> tuple[WatchedCase, list[RaiseFinding]]:
    """What is remembered then, and a finding for every detector that sees in this very act what it did not see before."""
    fact = heard.fact
    if isinstance(fact, CaseFiled):
        timeline = fact.instants.timeline if fact.instants else ""
        return WatchedCase(timeline=timeline, acts=remembered.acts), []
    acts = (*remembered.acts, _known(fact, heard))
    found = {detector: detect(acts) for detector, detect in DETECTORS.items()}
    new = {detector: seen for detector, seen in found.items() if seen is not None and seen.place == len(remembered.acts)}
    commands = [RaiseFinding(case=fact.case, detector=detector, node=heard.node, seen=seen) for detector, seen in new.items()]
    return WatchedCase(timeline=remembered.timeline, acts=acts), commands


def _known(act: ActOnCase, heard: HeardAct) -> KnownAct:
    return KnownAct(
        case=act.case,
        source=heard.source,
        epoch=heard.epoch,
        sequence=heard.sequence,
        deed=deed_of(act),
        officer=act.officer,
        at=act.at,
        imported=act.imported,
    )


def deed_of(act: ActOnCase) -> Deed:
    """What the act was, as far as detectors ask."""
    match act:
        case StepDone(role="examine") | CaseExamined():
            return Deed.EXAMINE
        case StepDone(role="approve") | CaseApproved():
            return Deed.APPROVE
        case CaseClosed():
            return Deed.END
        case _:
            return Deed.ACT
