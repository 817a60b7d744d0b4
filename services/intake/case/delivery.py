"""送达: the result is handed over (行政许可法 Art. 44)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.phase import Phase
from services.intake.events import Channel, ResultDelivered
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class Deliver(Asked):
    """送达: the applicant has the result; `how` says by which channel."""

    how: Channel


Command = Deliver


def already_delivered(_c: Deliver, case: Case) -> bool:
    """Whether the result is in the applicant's hands."""
    return case.phase is Phase.DELIVERED


def may_deliver(c: Deliver, _case: Case) -> None:
    """Raises `Refused` for a channel that only imports have."""
    if c.how is Channel.INTERNAL:
        raise refused("internal-is-for-imports")


def delivered(c: Deliver, _case: Case) -> ResultDelivered:
    """The fact that the result is in the applicant's hands."""
    return ResultDelivered(**said(c), how=c.how)


ACTS: Final[Acts] = {Deliver: Act(may_deliver, delivered, already_delivered)}
