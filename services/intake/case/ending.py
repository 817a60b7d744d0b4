"""撤回, 办结: the applicant takes the case back; a case with which nothing is left to do is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said, unbound
from services.intake.case.phase import Phase
from services.intake.events import CaseClosed, CaseWithdrawn

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class Withdraw(Asked):
    """撤回: the applicant takes the case back."""


@record
class Close(Asked):
    """办结: nothing is left to do with the case."""


Command = Withdraw | Close


def already_withdrawn(_c: Withdraw, case: Case) -> bool:
    """Whether the applicant took the case back before."""
    return case.phase is Phase.WITHDRAWN


def withdrawn(c: Withdraw, _case: Case) -> CaseWithdrawn:
    """The fact that the applicant has taken the case back."""
    return CaseWithdrawn(**said(c), by_silence=False)


def already_closed(_c: Close, case: Case) -> bool:
    """Whether the case was closed before."""
    return case.phase is Phase.CLOSED


def closed(c: Close, _case: Case) -> CaseClosed:
    """The fact that the case is closed."""
    return CaseClosed(**said(c))


ACTS: Final[Acts] = {Withdraw: Act(unbound, withdrawn, already_withdrawn), Close: Act(unbound, closed, already_closed)}
