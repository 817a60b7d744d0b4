"""一次告知, 补正: everything that is missing is told once, and nothing else is asked for (行政许可法 Art. 32(1)(4), (5))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.acceptance import accepted_by_decision, silence_passed
from services.intake.case.act import Act, Acts, Asked, AskedByCalendar, said
from services.intake.case.phase import Phase
from services.intake.events import CaseEvent, CorrectionsRequested, CorrectionsReturned
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class RequestCorrections(AskedByCalendar):
    """Everything that is missing, in one notice."""

    missing: tuple[str, ...]


@record
class ReturnCorrections(Asked):
    """The applicant handed in what was asked; `still_missing` is empty when all came."""

    still_missing: tuple[str, ...] = ()


Command = RequestCorrections | ReturnCorrections


def fold(missing: tuple[str, ...], event: CaseEvent) -> tuple[str, ...]:
    """What the notice named."""
    return event.missing if isinstance(event, CorrectionsRequested) else missing


def already_told(c: RequestCorrections, case: Case) -> bool:
    """The same notice is out."""
    return case.phase is Phase.CORRECTING and set(c.missing) == set(case.missing)


def may_tell(c: RequestCorrections, case: Case) -> None:
    """Why not."""
    if case.phase is Phase.INCOMPLETE and not set(c.missing) <= set(case.missing):
        raise refused("already-told-once")
    if not c.missing:
        raise refused("nothing-named")
    if silence_passed(case, c.at, c.calendar):
        raise refused("silence-was-acceptance")


def told(c: RequestCorrections, _case: Case) -> CorrectionsRequested:
    """What then is so."""
    return CorrectionsRequested(**said(c), missing=c.missing)


def may_return(c: ReturnCorrections, case: Case) -> None:
    """Why not."""
    if not set(c.still_missing) <= set(case.missing):
        raise refused("already-told-once")


def returned(c: ReturnCorrections, _case: Case) -> tuple[CaseEvent, ...]:
    """What then is so; with everything returned the case is accepted."""
    back = CorrectionsReturned(**said(c), still_missing=c.still_missing)
    return (back,) if c.still_missing or c.imported else (back, accepted_by_decision(c))


ACTS: Final[Acts] = {
    RequestCorrections: Act(may_tell, told, already_told),
    ReturnCorrections: Act(may_return, returned),
}
