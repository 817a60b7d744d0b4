"""一次告知, 补正: everything that is missing is told once, and nothing else is asked for (行政许可法 Art. 31, 32(1)(4), (5))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.acceptance import taken_up
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.phase import Phase
from services.intake.case.texts import as_listed
from services.intake.events import AcceptedBy, CaseEvent, CorrectionsRequested, CorrectionsReturned
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class RequestCorrections(Asked):
    """一次告知: an officer tells the applicant everything that is missing, in one notice."""

    missing: tuple[str, ...]


@record
class ReturnCorrections(Asked):
    """补正: the applicant handed in what the notice named; `still_missing` is empty when all of it came.

    `waived` are papers that are no longer wanted, with the `reasons`.
    """

    still_missing: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    reasons: str = ""


Command = RequestCorrections | ReturnCorrections


def fold(missing: tuple[str, ...], event: CaseEvent) -> tuple[str, ...]:
    """The materials that are missing after `event`: those that the notice named, less those that came back or are no longer wanted."""
    match event:
        case CorrectionsRequested(missing=named):
            return named
        case CorrectionsReturned(still_missing=left):
            return left
        case _:
            return missing


def already_told(c: RequestCorrections, case: Case) -> bool:
    """Whether the same notice is out."""
    return case.phase is Phase.CORRECTING and set(as_listed(c.missing, case.missing)) == set(case.missing)


def may_tell(c: RequestCorrections, case: Case) -> None:
    """Raises `Refused` where the notice names nothing, something outside the procedure's list, or after a return anything but what is missing."""
    if not c.missing:
        raise refused("nothing-named")
    if case.phase is Phase.INCOMPLETE:
        _the_same_list(as_listed(c.missing, case.missing), case.missing)
    elif not set(as_listed(c.missing, _materials(case))) <= set(_materials(case)):
        raise refused("not-listed")


def _the_same_list(named: tuple[str, ...], missing: tuple[str, ...]) -> None:
    if not set(named) <= set(missing):
        raise refused("already-told-once")
    if len(named) < len(missing):
        raise refused("same-list-again")


def _materials(case: Case) -> tuple[str, ...]:
    return tuple(material.name for material in case.pinned.materials) if case.pinned else ()


def told(c: RequestCorrections, case: Case) -> CorrectionsRequested:
    """The fact that the applicant has been told what is missing, in the words of the procedure's list."""
    return CorrectionsRequested(**said(c), missing=c.missing if c.imported else as_listed(c.missing, (*_materials(case), *case.missing)))


def already_back(c: ReturnCorrections, case: Case) -> bool:
    """Whether nothing has come since the last return, and all is wanted as before: the time to tell runs from that return. Where a record has
    everything back, the return is still to be said here, for it takes the case up.
    """
    same = set(as_listed(c.still_missing, case.missing)) == set(case.missing)
    return case.phase is Phase.INCOMPLETE and bool(case.missing) and not c.waived and same


def may_return(c: ReturnCorrections, case: Case) -> None:
    """Raises `Refused` where something is said to be missing that was not, or where what is no longer wanted is not missing or has no reasons."""
    missing, left, waived = set(case.missing), set(as_listed(c.still_missing, case.missing)), set(as_listed(c.waived, case.missing))
    if not left <= missing:
        raise refused("already-told-once")
    if not waived <= missing - left:
        raise refused("not-missing")
    if waived and not c.reasons:
        raise refused("no-reasons")


def returned(c: ReturnCorrections, case: Case) -> tuple[CaseEvent, ...]:
    """The fact that the corrections came back; with everything returned or no longer wanted the case is taken up, too."""
    if c.imported:
        return (_back(c, c.still_missing, c.waived),)
    left, waived = as_listed(c.still_missing, case.missing), as_listed(c.waived, case.missing)
    taking_up = () if left else taken_up(case, AcceptedBy.DECISION, c.at, said(c))
    return (_back(c, left, waived), *taking_up)


def _back(c: ReturnCorrections, still_missing: tuple[str, ...], waived: tuple[str, ...]) -> CorrectionsReturned:
    return CorrectionsReturned(**said(c), still_missing=still_missing, waived=waived, reasons=c.reasons)


ACTS: Final[Acts] = {
    RequestCorrections: Act(may_tell, told, already_told),
    ReturnCorrections: Act(may_return, returned, already_back),
}
