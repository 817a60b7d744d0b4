"""一次告知, 补正: everything that is missing is told once, and nothing else is asked for (行政许可法 Art. 32(1)(4), (5))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.acceptance import accepted_by_decision, silence_passed
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.phase import Phase
from services.intake.events import CaseEvent, CorrectionsRequested, CorrectionsReturned
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class RequestCorrections(Asked):
    """一次告知: an officer tells the applicant everything that is missing, in one notice."""

    missing: tuple[str, ...]


@record
class ReturnCorrections(Asked):
    """补正: the applicant handed in what the notice named; `still_missing` is empty when all of it came."""

    still_missing: tuple[str, ...] = ()


Command = RequestCorrections | ReturnCorrections


def fold(missing: tuple[str, ...], event: CaseEvent) -> tuple[str, ...]:
    """The materials that the last notice named, after `event`."""
    return event.missing if isinstance(event, CorrectionsRequested) else missing


def already_told(c: RequestCorrections, case: Case) -> bool:
    """Whether the same notice is out."""
    return case.phase is Phase.CORRECTING and set(c.missing) == set(case.missing)


def may_tell(c: RequestCorrections, case: Case) -> None:
    """Raises `Refused` where the notice names nothing or more than the one before it, or where silence has been acceptance."""
    if case.phase is Phase.INCOMPLETE and not set(c.missing) <= set(case.missing):
        raise refused("already-told-once")
    if not c.missing:
        raise refused("nothing-named")
    if silence_passed(case, c.at, c.calendar):
        raise refused("silence-was-acceptance")


def told(c: RequestCorrections, _case: Case) -> CorrectionsRequested:
    """The fact that the applicant has been told what is missing."""
    return CorrectionsRequested(**said(c), missing=c.missing)


def may_return(c: ReturnCorrections, case: Case) -> None:
    """Raises `Refused` where something is said to be missing that the notice did not name."""
    if not set(c.still_missing) <= set(case.missing):
        raise refused("already-told-once")


def returned(c: ReturnCorrections, case: Case) -> tuple[CaseEvent, ...]:
    """The fact that the corrections came back; with everything returned the case is taken up, too."""
    back = CorrectionsReturned(**said(c), still_missing=c.still_missing)
    return (back,) if c.still_missing or c.imported else (back, *accepted_by_decision(c, case))


ACTS: Final[Acts] = {
    RequestCorrections: Act(may_tell, told, already_told),
    ReturnCorrections: Act(may_return, returned),
}
