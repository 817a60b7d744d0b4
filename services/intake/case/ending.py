"""撤回, 办结: the applicant takes the case back; nothing is left to do."""

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
    """撤回 by the applicant."""


@record
class Close(Asked):
    """办结."""


Command = Withdraw | Close


def already_withdrawn(_c: Withdraw, case: Case) -> bool:
    """It was taken back."""
    return case.phase is Phase.WITHDRAWN


def withdrawn(c: Withdraw, _case: Case) -> CaseWithdrawn:
    """What then is so."""
    return CaseWithdrawn(**said(c), by_silence=False)


def already_closed(_c: Close, case: Case) -> bool:
    """Nothing was left to do before."""
    return case.phase is Phase.CLOSED


def closed(c: Close, _case: Case) -> CaseClosed:
    """What then is so."""
    return CaseClosed(**said(c))


ACTS: Final[Acts] = {Withdraw: Act(unbound, withdrawn, already_withdrawn), Close: Act(unbound, closed, already_closed)}
